"""After a server was killed: what it left is interrupted once, and its processes are ended."""

import json
import os
import subprocess
from collections.abc import Iterator
from functools import partial

import pytest

from core.api.approvals import ApprovalAnswer
from core.api.sessions import SessionDetail
from core.clock import HOUR, SECOND
from core.config import SessionSettings
from core.errors import ConflictError
from core.sessions.runs.mending import KILLED, mend
from core.sessions.supervision.command import MARK
from core.sessions.supervision.marks import boot_id, identity_of
from storage import approvals, sessions, turns, workers
from storage.approvals import NewApprovalRow
from storage.database import Connection
from storage.ids import Instant, SessionId
from storage.turns import NewTurnRow
from storage.workers import WorkerRow
from tests.core.sessions.studio import Studio

DEAD = "run_of_the_dead"


@pytest.fixture
def left_behind() -> Iterator["subprocess.Popen[bytes]"]:
    """A process that a server started before it was killed."""
    process = subprocess.Popen(["sleep", "600"], env={**os.environ, MARK: DEAD}, start_new_session=True)
    yield process
    process.kill()
    process.wait()


async def killed(studio: Studio, pid: int | None = None, *, home: str | None = None) -> SessionDetail:
    """A session as a server left it that was killed while it ran it."""
    session = await studio.create("sleep 600", ticket="T-7")
    now = studio.road.clock.now()
    dead = WorkerRow(f"{boot_id()}:1:dead", home or studio.shop.worker.home, boot_id(), now)

    def unit(connection: Connection) -> None:
        workers.see(connection, dead)
        assert workers.claim(connection, SessionId(session.id), dead.name, now)
        (stage,) = turns.stages_of(connection, SessionId(session.id))
        turns.change_stage(connection, stage.id, {"state": "running", "started_at": now})
        turn = turns.promised(connection, SessionId(session.id), stage.id)
        assert turn is not None
        begun: dict[str, object] = {"worker": dead.name, "started_at": now, "mark": DEAD}
        if pid is not None:
            identity = identity_of(pid)
            begun |= {"pid": identity.pid, "pid_started": identity.started, "boot": identity.boot}
        turns.change_turn(connection, turn.id, begun)

    await studio.road.database.write(unit)
    return session


async def test_what_ran_is_ended_and_said_to_be_interrupted(
    studio: Studio, left_behind: "subprocess.Popen[bytes]"
) -> None:
    session = await killed(studio, left_behind.pid)

    async with studio.running():
        ended = await studio.ended(session)

    assert left_behind.wait(10) != 0
    assert (ended.state, ended.outcome, ended.detail) == ("waiting", "interrupted", KILLED)
    assert (ended.turns[0].outcome, ended.stages[0].state) == ("interrupted", "interrupted")
    assert ended.can_resume


async def test_a_process_whose_number_was_never_written_is_found_by_its_mark(
    studio: Studio, left_behind: "subprocess.Popen[bytes]"
) -> None:
    await killed(studio)

    await mend(studio.shop, at_start=True)

    assert left_behind.wait(10) != 0


async def test_a_copy_of_a_home_ends_nothing_of_the_home_that_it_was_copied_from(
    studio: Studio, left_behind: "subprocess.Popen[bytes]"
) -> None:
    """On PostgreSQL nothing is copied: servers share what is there."""
    session = await killed(studio, left_behind.pid, home="the original")
    studio.road.clock.advance(60 * SECOND)

    await mend(studio.shop, at_start=True)

    alone = studio.road.database.engine == "sqlite"
    assert (await studio.show(session)).outcome == "interrupted"
    assert (left_behind.poll() is None) is alone


async def test_the_owner_is_told_once(studio: Studio) -> None:
    await killed(studio)

    mended = [await mend(studio.shop, at_start=True) for _ in range(2)]
    await studio.road.dispatcher.catch_up()

    (event,) = await studio.events("session:stopped")
    told = json.loads(event.payload)
    assert mended == [1, 0]
    assert (told["outcome"], told["reason"], told["taskId"]) == ("interrupted", KILLED, "T-7")
    assert [item.title for item in await studio.road.items("ann")] == ["Session interrupted: sleep 600"]


async def test_a_question_that_nobody_waits_for_is_cancelled(studio: Studio) -> None:
    session = await killed(studio)
    now = studio.road.clock.now()
    choices = '[{"id":"allow","name":"Allow","kind":"allow_once"}]'
    asked = NewApprovalRow(
        studio.road.workspace,
        SessionId(session.id),
        None,
        None,
        "May I?",
        "",
        choices,
        studio.ann.person,
        now,
        Instant(now + HOUR),
    )

    def ask(connection: Connection) -> int:
        sessions.move(connection, SessionId(session.id), ("running",), {"state": "asking"}, now)
        return approvals.add(connection, asked)

    approval = await studio.road.database.write(ask)
    await mend(studio.shop, at_start=True)

    assert (await studio.approvals.show(studio.ann, approval)).state == "cancelled"
    assert (await studio.show(session)).state == "waiting"
    with pytest.raises(ConflictError, match="cancelled"):
        await studio.approvals.answer(studio.ann, approval, ApprovalAnswer("allow"))


async def test_the_queue_goes_on(studio: Studio) -> None:
    await killed(studio)
    waiting = await studio.create("echo next")

    async with studio.running():
        ended = await studio.ended(waiting)

    assert ended.turns[0].text == "next"


async def test_another_server_takes_over_when_one_has_not_been_seen_for_a_minute(studio: Studio) -> None:
    """Only on PostgreSQL can there be another server that may still be there."""
    session = await killed(studio, home="elsewhere")
    alone = studio.road.database.engine == "sqlite"

    at_start = await mend(studio.shop, at_start=True)
    studio.road.clock.advance(59 * SECOND)
    early = await mend(studio.shop, at_start=False)
    studio.road.clock.advance(SECOND)
    late = await mend(studio.shop, at_start=False)

    assert [at_start, early, late] == ([1, 0, 0] if alone else [0, 0, 1])
    assert (await studio.show(session)).outcome == "interrupted"


async def test_a_run_that_was_taken_over_ends_without_a_word(studio: Studio) -> None:
    async with studio.running():
        session = await studio.create("sleep 600")
        await studio.until(session, lambda now: bool(now.turns and now.turns[0].started_at))
        row = await studio.turn(session)

        def take(connection: Connection) -> None:
            sessions.change(connection, row.session_id, {"worker": "another"}, studio.road.clock.now())

        await studio.road.database.write(take)
        await studio.until(session, lambda now: now.turns[0].outcome is not None)

    after = await studio.show(session)
    assert (after.state, after.outcome, after.turns[0].outcome) == ("running", None, "interrupted")
    assert await studio.events("session:stopped") == []


async def test_what_is_this_servers_and_does_not_run_is_let_go(studio: Studio) -> None:
    studio.rules = SessionSettings(at_once=1)
    async with studio.running():
        first = await studio.create("sleep 600")
        await studio.until(first, lambda now: now.state == "running")
        lost = await studio.create()
        claimed = partial(
            workers.claim,
            session=SessionId(lost.id),
            worker=studio.shop.worker.name,
            now=studio.road.clock.now(),
        )
        assert await studio.road.database.write(claimed)
        ended = await studio.ended(lost)

    assert (ended.state, ended.outcome) == ("waiting", "interrupted")


async def test_a_new_turn_keeps_its_number_to_itself(studio: Studio) -> None:
    session = await studio.create()

    def unit(connection: Connection) -> int:
        number = turns.next_number(connection, SessionId(session.id))
        now = studio.road.clock.now()
        turns.add_turn(
            connection, NewTurnRow(SessionId(session.id), number, None, "chat", "", "shell", None, "m", now)
        )
        return turns.next_number(connection, SessionId(session.id))

    assert await studio.road.database.write(unit) == 3
