"""The claim kernel over the outbox, on both engines, with a clock that is told the time."""

import asyncio

from sqlalchemy import select

from core.clock import SECOND
from storage.database import Database
from storage.deliveries import CLAIMS, DueRow, deliveries, insert_many
from storage.engines import Postgres
from storage.ids import Instant
from tests.storage.outbox import CHANNEL, delivery

NOW = Instant(1_000_000 * SECOND)
LEASE = 30 * SECOND


def at(seconds: int) -> Instant:
    return Instant(NOW + seconds * SECOND)


async def add(database: Database, number: int, *, due: int = 0, state: str = "pending") -> None:
    await database.write(lambda c: insert_many(c, [delivery(number, run_at=at(due), state=state)]))


async def take(
    database: Database, token: str, *, seconds: int = 0, limit: int = 10, channel: int = CHANNEL
) -> list[DueRow]:
    return await database.write(
        lambda c: CLAIMS.claim(
            c, channel, limit, worker=f"worker {token}", token=token, now=at(seconds), lease=LEASE
        )
    )


async def settle(database: Database, due: DueRow, token: str, **values: object) -> bool:
    written = values or {"state": "sent"}
    return await database.write(lambda c: CLAIMS.settle(c, due.seq, token, written))


async def test_what_is_due_is_claimed_once_and_settled_once(database: Database) -> None:
    await add(database, 1)
    (due,) = await take(database, "one")
    assert (due.id, due.title, due.attempt, due.lease_token) == ("notif_1", "Delivery 1", 1, None)
    assert await take(database, "two") == []
    assert await settle(database, due, "one")
    assert not await settle(database, due, "one")
    assert await take(database, "two", seconds=1000) == []


async def test_the_longest_due_comes_first_and_the_rest_stays(database: Database) -> None:
    await add(database, 1, due=-1)
    await add(database, 2, due=-3)
    await add(database, 3, due=-2)
    assert [due.id for due in await take(database, "one", limit=2)] == ["notif_2", "notif_3"]
    assert [due.id for due in await take(database, "two", limit=2)] == ["notif_1"]


async def test_what_is_delayed_waits_for_its_time(database: Database) -> None:
    await add(database, 1, due=60)
    assert await take(database, "one", seconds=59) == []
    assert await database.read(lambda c: CLAIMS.next_due(c, CHANNEL)) == at(60)
    assert len(await take(database, "one", seconds=60)) == 1


async def test_while_it_is_leased_it_is_next_due_when_the_lease_ends(database: Database) -> None:
    await add(database, 1)
    await take(database, "one")
    assert await database.read(lambda c: CLAIMS.next_due(c, CHANNEL)) == at(30)


async def test_another_channel_is_left_alone(database: Database) -> None:
    await add(database, 1)
    assert await take(database, "one", channel=CHANNEL + 1) == []
    assert await database.read(lambda c: CLAIMS.next_due(c, CHANNEL + 1)) is None


async def test_what_is_settled_is_no_work(database: Database) -> None:
    for number, state in enumerate(("sent", "failed", "dropped", "cancelled")):
        await add(database, number, state=state)
    assert await take(database, "one", seconds=1000) == []
    assert await database.read(lambda c: CLAIMS.next_due(c, CHANNEL)) is None


async def test_a_worker_whose_lease_has_ended_is_fenced_off(database: Database) -> None:
    await add(database, 1)
    (slow,) = await take(database, "slow")
    assert await take(database, "quick", seconds=29) == []
    (quick,) = await take(database, "quick", seconds=30)
    assert (quick.seq, quick.attempt, quick.lease_token) == (slow.seq, 2, "slow")
    assert not await settle(database, slow, "slow")
    assert not await settle(database, slow, "slow", run_at=at(5))
    assert await database.write(lambda c: CLAIMS.heartbeat(c, [slow.seq], "slow", at(99))) == set()
    assert await database.write(lambda c: CLAIMS.release(c, [slow.seq], "slow", NOW)) == 0
    assert await settle(database, quick, "quick")


async def test_who_was_settled_by_somebody_else_is_fenced_off(database: Database) -> None:
    await add(database, 1)
    (due,) = await take(database, "one")
    cancelling = deliveries.update().values(state="cancelled")
    await database.write(lambda c: c.execute(cancelling).rowcount)
    assert not await settle(database, due, "one")
    assert await database.write(lambda c: CLAIMS.heartbeat(c, [due.seq], "one", at(99))) == set()


async def test_a_heartbeat_keeps_what_is_still_held(database: Database) -> None:
    await add(database, 1)
    await add(database, 2)
    first, second = await take(database, "one")
    await settle(database, second, "one")
    held = await database.write(lambda c: CLAIMS.heartbeat(c, [first.seq, second.seq], "one", at(60)))
    assert held == {first.seq}
    assert await take(database, "two", seconds=59) == []
    assert [due.id for due in await take(database, "two", seconds=60)] == ["notif_1"]


async def test_a_late_worker_may_still_settle_what_nobody_else_took(database: Database) -> None:
    await add(database, 1)
    (due,) = await take(database, "one")
    assert await settle(database, due, "one", state="sent", settled_at=at(500))


async def test_what_did_not_work_comes_back_when_it_is_to_be_tried_again(database: Database) -> None:
    await add(database, 1)
    (due,) = await take(database, "one")
    assert await settle(database, due, "one", run_at=at(10), error="no")
    assert await take(database, "one", seconds=9) == []
    (again,) = await take(database, "one", seconds=10)
    assert (again.attempt, again.lease_token) == (2, None)


async def test_what_is_settled_is_written_and_has_no_lease(database: Database) -> None:
    await add(database, 1)
    (due,) = await take(database, "one")
    await settle(database, due, "one", state="failed", error="refused", settled_at=at(1))
    columns = [deliveries.c[name] for name in ("state", "error", "settled_at", "lease_token", "leased_by")]
    found = await database.read(lambda c: tuple(c.execute(select(*columns)).one()))
    assert found == ("failed", "refused", at(1), None, None)


async def test_what_is_given_back_has_not_been_attempted(database: Database) -> None:
    await add(database, 1)
    (due,) = await take(database, "one")
    assert await database.write(lambda c: CLAIMS.release(c, [due.seq], "one", NOW)) == 1
    (again,) = await take(database, "two")
    assert (again.attempt, again.lease_token) == (1, None)


async def test_workers_on_two_servers_never_claim_the_same(postgresql: Postgres) -> None:
    servers = [Database(postgresql), Database(postgresql)]
    await servers[0].write(lambda c: insert_many(c, [delivery(number, run_at=NOW) for number in range(40)]))
    claimed = await asyncio.gather(*(take(server, f"{name}", limit=4) for server in servers for name in range(5)))
    assert sorted(due.seq for taken in claimed for due in taken) == list(range(1, 41))
    for server in servers:
        await server.close()
