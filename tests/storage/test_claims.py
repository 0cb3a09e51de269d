"""The claim kernel, on both engines, with a clock that is told the time."""

from core.clock import SECOND
from storage import claims
from storage.claims import Job, JobState
from storage.database import Database
from storage.ids import Instant, JobId

NOW = Instant(1_000_000 * SECOND)
LEASE = 30 * SECOND


def at(seconds: int) -> Instant:
    return Instant(NOW + seconds * SECOND)


async def add(database: Database, key: str, *, due: int = 0, max_attempts: int = 0) -> JobId | None:
    return await database.write(
        lambda c: claims.enqueue(c, "mail", key, "{}", run_at=at(due), now=NOW, max_attempts=max_attempts)
    )


async def take(database: Database, token: str, *, seconds: int = 0, limit: int = 10) -> list[Job]:
    return await database.write(
        lambda c: claims.claim(
            c, "mail", limit, worker=f"worker {token}", token=token, now=at(seconds), lease=LEASE
        )
    )


async def finish(database: Database, job: Job, token: str) -> bool:
    return await database.write(lambda c: claims.finish(c, job.id, token, NOW))


async def fail(database: Database, job: Job, token: str, retry: int | None) -> JobState | None:
    retry_at = None if retry is None else at(retry)
    return await database.write(lambda c: claims.fail(c, job.id, token, now=NOW, error="no", retry_at=retry_at))


async def test_a_job_is_claimed_once_and_settled_once(database: Database) -> None:
    await add(database, "a")
    (job,) = await take(database, "one")
    assert (job.queue, job.key, job.payload, job.attempt) == ("mail", "a", "{}", 1)
    assert await take(database, "two") == []
    assert await finish(database, job, "one")
    assert not await finish(database, job, "one")
    assert await take(database, "two", seconds=1000) == []


async def test_a_key_is_there_once_even_when_its_job_is_settled(database: Database) -> None:
    assert await add(database, "a") is not None
    assert await add(database, "a") is None
    (job,) = await take(database, "one")
    await finish(database, job, "one")
    assert await add(database, "a") is None


async def test_the_longest_due_comes_first_and_the_rest_stays(database: Database) -> None:
    await add(database, "later", due=-1)
    await add(database, "sooner", due=-3)
    await add(database, "between", due=-2)
    assert [job.key for job in await take(database, "one", limit=2)] == ["sooner", "between"]
    assert [job.key for job in await take(database, "two", limit=2)] == ["later"]


async def test_a_delayed_job_waits_for_its_time(database: Database) -> None:
    await add(database, "a", due=60)
    assert await take(database, "one", seconds=59) == []
    assert await database.read(lambda c: claims.next_due(c, "mail")) == at(60)
    assert len(await take(database, "one", seconds=60)) == 1


async def test_another_queue_is_left_alone(database: Database) -> None:
    await add(database, "a")
    taken = await database.write(
        lambda c: claims.claim(c, "chat", 10, worker="w", token="one", now=NOW, lease=LEASE)
    )
    assert taken == []


async def test_a_worker_whose_lease_has_ended_is_fenced_off(database: Database) -> None:
    await add(database, "a")
    (slow,) = await take(database, "slow")
    assert await take(database, "quick", seconds=29) == []
    (quick,) = await take(database, "quick", seconds=30)
    assert (quick.id, quick.attempt) == (slow.id, 2)
    assert not await finish(database, slow, "slow")
    assert await fail(database, slow, "slow", 5) is None
    assert await database.write(lambda c: claims.heartbeat(c, [slow.id], "slow", at(99))) == set()
    assert await database.write(lambda c: claims.release(c, [slow.id], "slow", NOW)) == 0
    assert await finish(database, quick, "quick")


async def test_a_heartbeat_keeps_what_is_still_held(database: Database) -> None:
    await add(database, "a")
    await add(database, "b")
    first, second = await take(database, "one")
    await finish(database, second, "one")
    held = await database.write(lambda c: claims.heartbeat(c, [first.id, second.id], "one", at(60)))
    assert held == {first.id}
    assert await take(database, "two", seconds=59) == []
    assert [job.key for job in await take(database, "two", seconds=60)] == ["a"]


async def test_a_late_worker_may_still_finish_what_nobody_else_took(database: Database) -> None:
    await add(database, "a")
    (job,) = await take(database, "one")
    assert await database.write(lambda c: claims.finish(c, job.id, "one", at(500)))


async def test_a_failed_job_comes_back_when_it_is_to_be_tried_again(database: Database) -> None:
    await add(database, "a")
    (job,) = await take(database, "one")
    assert await fail(database, job, "one", 10) is JobState.READY
    assert await take(database, "one", seconds=9) == []
    (again,) = await take(database, "one", seconds=10)
    assert again.attempt == 2


async def test_a_failed_job_without_another_attempt_is_dead(database: Database) -> None:
    await add(database, "given up")
    await add(database, "used up", max_attempts=1)
    first, second = await take(database, "one")
    assert await fail(database, first, "one", None) is JobState.DEAD
    assert await fail(database, second, "one", 10) is JobState.DEAD
    assert await take(database, "one", seconds=1000) == []
    assert await database.read(lambda c: claims.count(c, "mail")) == {JobState.DEAD: 2}


async def test_a_job_that_takes_its_workers_with_it_is_dead_after_its_last_attempt(database: Database) -> None:
    await add(database, "poison", max_attempts=2)
    await take(database, "one")
    assert len(await take(database, "two", seconds=30)) == 1
    assert await take(database, "three", seconds=60) == []
    assert await database.read(lambda c: claims.count(c, "mail")) == {JobState.DEAD: 1}
    assert await database.read(lambda c: claims.next_due(c, "mail")) is None


async def test_who_buries_first_is_told_which_jobs_died(database: Database) -> None:
    await add(database, "poison", max_attempts=1)
    await take(database, "one")
    buried = await database.write(lambda c: claims.bury(c, "mail", at(30)))
    assert [job.key for job in buried] == ["poison"]


async def test_a_job_that_is_given_back_has_not_been_attempted(database: Database) -> None:
    await add(database, "a", max_attempts=1)
    (job,) = await take(database, "one")
    assert await database.write(lambda c: claims.release(c, [job.id], "one", NOW)) == 1
    (again,) = await take(database, "two")
    assert again.attempt == 1


async def test_a_held_job_waits_until_it_is_resumed(database: Database) -> None:
    job = await add(database, "a")
    assert job is not None
    assert await database.write(lambda c: claims.hold(c, "mail", [job])) == {job}
    assert await take(database, "one") == []
    assert await database.read(lambda c: claims.next_due(c, "mail")) is None
    assert await database.write(lambda c: claims.resume(c, "mail", [job], NOW)) == {job}
    assert [taken.key for taken in await take(database, "one")] == ["a"]


async def test_only_a_job_that_has_not_begun_is_withdrawn(database: Database) -> None:
    await add(database, "a")
    await add(database, "b")
    assert await database.write(lambda c: claims.withdraw(c, "mail", "a"))
    assert await add(database, "a", due=5) is not None
    await take(database, "one")
    assert not await database.write(lambda c: claims.withdraw(c, "mail", "b"))
