"""Sessions from the queue to their end, with real small processes."""

import asyncio
import json
from functools import partial
from pathlib import Path

import pytest

from core.clock import DAY
from core.config import SessionSettings
from core.errors import ConflictError, InvalidError
from core.provider_settings import ProviderSettings
from core.sessions.retention import clear
from core.sessions.supervision.marks import marked
from storage import workers
from storage.ids import SessionId
from tests.core.sessions.git.repositories import commit, git
from tests.core.sessions.studio import Studio


def repository(folder: Path) -> Path:
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch", "main")
    commit(folder, readme="hello")
    return folder


async def test_a_session_runs_and_waits_for_a_person(studio: Studio) -> None:
    async with studio.running():
        session = await studio.create("echo hello; echo more")

        ended = await studio.ended(session)

    assert (ended.state, ended.outcome) == ("waiting", "succeeded")
    assert (ended.turns[0].text, ended.turns[0].exit_code) == ("hello\nmore", 0)
    assert (ended.turns[0].author, ended.stages[0].state) == ("ann", "passed")
    assert await studio.output(ended) == "hello\nmore\n"


async def test_a_session_without_a_folder_works_in_a_private_one(studio: Studio) -> None:
    async with studio.running():
        ended = await studio.ended(await studio.create("pwd > here"))

    place = studio.home / "sessions" / str(ended.id)
    assert (place / "work" / "here").read_text().strip() == ended.workdir
    assert place.stat().st_mode & 0o077 == 0


async def test_what_fails_says_why_and_is_an_event(studio: Studio) -> None:
    async with studio.running():
        ended = await studio.ended(await studio.create("echo no; exit 3", ticket="T-7"))

    (event,) = await studio.events("session:failed")
    told = json.loads(event.payload)
    assert (ended.state, ended.outcome, ended.turns[0].exit_code) == ("failed", "failed", 3)
    assert (told["sessionId"], told["outcome"], told["taskId"]) == (ended.id, "failed", "T-7")
    assert told["reason"] == ended.detail != ""
    assert await studio.road.told() == {}


async def test_nobody_is_told_of_the_end_but_who_asked_for_it(studio: Studio) -> None:
    async with studio.running():
        await studio.ended(await studio.create("true", notify=True, title="Ask me"))
        await studio.ended(await studio.create("true"))
        await studio.road.dispatcher.catch_up()

    titles = [item.title for item in await studio.road.items("ann")]
    assert titles == ["Session finished: Ask me"]


async def test_a_command_gets_its_arguments_as_they_are(studio: Studio, tmp_path: Path) -> None:
    async with studio.running():
        ended = await studio.ended(
            await studio.run_command("printf", "%s|", "a b", "$(id)", "{{date}}", "", folder=str(tmp_path))
        )

    assert (ended.state, ended.provider, ended.workdir) == ("done", "shell", str(tmp_path))
    assert await studio.output(ended) == "a b|$(id)|{{date}}||"
    assert ended.parameters == {"argv": ["printf", "%s|", "a b", "$(id)", "{{date}}", ""]}


async def test_the_owner_of_a_command_is_told_how_it_ended(studio: Studio) -> None:
    async with studio.running():
        await studio.ended(await studio.run_command("sh", "-c", "exit 4", title="Build"))
        await studio.road.dispatcher.catch_up()

    (item,) = await studio.road.items("ann")
    assert (item.title, item.severity) == ("Session failed: Build", "critical")
    assert "exit code 4" in item.body


async def test_a_command_that_is_not_there_is_said_to_be_missing(studio: Studio) -> None:
    async with studio.running():
        ended = await studio.ended(await studio.run_command("no-such-program"))

    assert ended.state == "failed"
    assert "no-such-program was not found" in ended.detail


async def test_so_many_run_at_once_and_the_others_wait(studio: Studio, tmp_path: Path) -> None:
    hold = tmp_path / "hold"
    hold.touch()
    waits = f"while [ -e {hold} ]; do sleep 0.02; done"
    async with studio.running():
        first, second = await studio.create(waits), await studio.create(waits)
        third, fourth = await studio.create("true"), await studio.create("true")
        for session in (first, second):
            await studio.until(session, lambda now: now.state == "running")
        waiting = [(await studio.show(session)).state for session in (third, fourth)]
        hold.unlink()
        ended = [await studio.ended(session) for session in (third, fourth)]

    assert waiting == ["queued", "queued"]
    assert [stage.state for session in ended for stage in session.stages] == ["passed", "passed"]


async def test_what_waits_the_longest_is_next(studio: Studio, tmp_path: Path) -> None:
    studio.rules = SessionSettings(at_once=1)
    log = tmp_path / "log"
    sessions = [await studio.create(f"echo {number} >> {log}") for number in range(4)]

    async with studio.running():
        for session in sessions:
            await studio.ended(session)

    assert log.read_text().split() == ["0", "1", "2", "3"]


async def test_stopping_ends_every_process(studio: Studio) -> None:
    async with studio.running():
        session = await studio.create("sleep 600 & sleep 600")
        await studio.until(session, lambda now: bool(now.turns and now.turns[0].started_at))
        row = await studio.turn(session)

        await studio.sessions.stop(studio.ann, session.id)
        ended = await studio.ended(session)

    assert (ended.state, ended.outcome, ended.turns[0].outcome) == ("cancelled", "cancelled", "cancelled")
    assert marked(row.mark) == []
    assert [event.name for event in await studio.events("session:stopped")] == ["session:stopped"]


async def test_what_is_queued_is_stopped_at_once(studio: Studio) -> None:
    session = await studio.create()

    stopped = await studio.sessions.stop(studio.ann, session.id)

    assert (stopped.state, stopped.outcome) == ("cancelled", "cancelled")
    with pytest.raises(ConflictError, match="nothing to stop"):
        await studio.sessions.stop(studio.ann, session.id)


async def test_a_time_limit_ends_a_turn(studio: Studio) -> None:
    studio.configured["shell"] = ProviderSettings(timeout_s=0.2)
    studio.begin_anew()
    async with studio.running():
        ended = await studio.ended(await studio.create("exec sleep 600"))

    assert (ended.state, ended.outcome, ended.turns[0].outcome) == ("failed", "timed_out", "timed_out")


async def test_a_stop_of_the_server_interrupts_and_a_resume_goes_on(studio: Studio, tmp_path: Path) -> None:
    hold = tmp_path / "hold"
    hold.touch()
    async with studio.running():
        session = await studio.create(f"test -e {hold} && sleep 600; echo done")
        await studio.until(session, lambda now: bool(now.turns and now.turns[0].started_at))
    interrupted = await studio.show(session)
    hold.unlink()
    studio.begin_anew()
    async with studio.running():
        await studio.resume(session)
        ended = await studio.ended(session)

    assert (interrupted.state, interrupted.outcome, interrupted.can_resume) == ("waiting", "interrupted", True)
    assert (interrupted.turns[0].outcome, interrupted.stages[0].state) == ("interrupted", "interrupted")
    assert (ended.state, ended.outcome) == ("waiting", "succeeded")
    assert [(stage.attempt, stage.state) for stage in ended.stages] == [(1, "interrupted"), (2, "passed")]
    assert ended.turns[-1].text == "done"


async def test_skipping_the_only_stage_leaves_nothing_to_run(studio: Studio) -> None:
    async with studio.running():
        failed = await studio.ended(await studio.create("exit 1"))

    left = await studio.resume(failed, skip=True)

    assert (left.state, left.stages[0].state, left.can_resume) == ("waiting", "skipped", False)


async def test_a_develop_session_works_in_a_worktree_of_its_own(studio: Studio, tmp_path: Path) -> None:
    folder = repository(tmp_path / "shop")
    await studio.set_up(folder=str(folder))
    async with studio.running():
        ended = await studio.ended(await studio.create("echo new > new.txt", kind="develop", title="A change"))

    assert (ended.branch, ended.base) == (f"callboard/{ended.id}-a-change", "main")
    assert ended.workdir == str(studio.home / "worktrees" / "shop" / str(ended.id))
    assert [change.path for change in ended.changes or []] == ["new.txt"]
    assert not (folder / "new.txt").exists()


async def test_a_chat_works_in_the_folder_itself(studio: Studio, tmp_path: Path) -> None:
    folder = repository(tmp_path / "shop")
    await studio.set_up(folder=str(folder))
    async with studio.running():
        ended = await studio.ended(await studio.create("echo new > new.txt"))

    assert (ended.workdir, ended.branch) == (str(folder), None)
    assert (folder / "new.txt").exists()


@pytest.mark.parametrize(
    ("prompt", "state"),
    [("true", "done"), ("echo x > x.txt", "waiting"), ("git commit -q --allow-empty -m x", "waiting")],
)
async def test_completing_only_if_nothing_changed(
    studio: Studio, tmp_path: Path, prompt: str, state: str
) -> None:
    await studio.set_up(folder=str(repository(tmp_path / "shop")))
    async with studio.running():
        session = await studio.create(prompt, kind="develop", auto_complete=True, only_if_unchanged=True)
        ended = await studio.ended(session)

    assert (ended.state, ended.outcome) == (state, "succeeded")
    assert bool(ended.detail) is (state == "waiting")


async def test_in_doubt_files_have_changed(studio: Studio) -> None:
    async with studio.running():
        session = await studio.create("true", auto_complete=True, only_if_unchanged=True)
        ended = await studio.ended(session)

    assert (ended.state, ended.detail) == ("waiting", "It is not known whether files changed.")


async def test_what_is_done_on_completion_may_keep_it_open(studio: Studio) -> None:
    await studio.set_up(hooks={"on_start": [["true"]], "on_done": [["sh", "-c", "echo no; exit 5"]]})
    async with studio.running():
        ended = await studio.ended(await studio.create("true", auto_complete=True))
        again = await studio.sessions.complete(studio.ann, ended.id)
        still = await studio.ended(again)

    assert (ended.state, ended.outcome) == ("waiting", "succeeded")
    assert "exit code 5" in ended.detail
    assert again.state in ("queued", "running")
    assert still.state == "waiting"
    assert len(await studio.events("hook:failed")) == 2


async def test_a_person_completes_what_waits(studio: Studio) -> None:
    async with studio.running():
        ended = await studio.ended(await studio.create())

    done = await studio.sessions.complete(studio.ann, ended.id)

    assert done.state == "done"
    with pytest.raises(ConflictError, match="cannot be completed"):
        await studio.sessions.complete(studio.ann, ended.id)


async def test_output_goes_and_rows_stay_after_their_days(studio: Studio) -> None:
    async with studio.running():
        old = await studio.ended(await studio.create("echo old", auto_complete=True))
        kept = await studio.ended(await studio.create("echo kept"))
    studio.road.clock.advance(91 * DAY)

    cleared = await clear(studio.shop)

    assert cleared == 1
    assert await studio.output(old) == ""
    assert await studio.output(kept) == "kept\n"
    assert (await studio.show(old)).turns[0].text == "old"


async def test_a_command_of_nothing_or_in_no_folder_is_refused(studio: Studio) -> None:
    with pytest.raises(InvalidError, match="argv"):
        await studio.run_command()
    with pytest.raises(InvalidError, match="folder"):
        await studio.run_command("true", folder="relative")


class Faulty:
    """Rules that cannot be read, and tell when somebody has tried."""

    def __init__(self) -> None:
        self.tried = asyncio.Event()

    @property
    def at_once(self) -> int:
        self.tried.set()
        raise RuntimeError("the rules cannot be read")


async def test_a_fault_in_looking_for_work_ends_nothing_that_runs(studio: Studio, tmp_path: Path) -> None:
    faulty = Faulty()
    hold = tmp_path / "hold"
    hold.touch()
    async with studio.running():
        session = await studio.create(f"while [ -e {hold} ]; do sleep 0.02; done")
        await studio.until(session, lambda now: now.state == "running")
        studio.rules = faulty  # type: ignore[assignment]
        studio.runner.wake()
        await faulty.tried.wait()
        studio.rules = SessionSettings()
        hold.unlink()
        ended = await studio.ended(session)

    assert ended.outcome == "succeeded"


async def test_of_two_servers_that_want_a_session_one_gets_it(studio: Studio) -> None:
    session, now = SessionId((await studio.create()).id), studio.road.clock.now()

    got = await asyncio.gather(
        *(
            studio.road.database.write(partial(workers.claim, session=session, worker=worker, now=now))
            for worker in ("one", "other")
        )
    )

    assert sorted(got) == [False, True]
    assert await studio.road.database.read(lambda connection: workers.queued(connection, 10)) == []
