"""What a person does to a session that is there: each in one transaction, with the reason where it cannot be."""

from collections.abc import Collection, Mapping

from core.errors import ConflictError
from core.ids import run_mark
from core.sessions.runs.courses import COMPLETION, MESSAGE, again, is_command
from core.sessions.runs.ending import RunEnd, announce, call_off
from core.sessions.stages.planning import plan
from core.sessions.stages.work import Commands
from core.sessions.states import HELD, OPEN, OVER
from core.sessions.telling import changed
from core.sessions.turns import Outcome
from core.sessions.workshop import Workshop
from core.sessions.workspace_settings import load
from core.text import storable
from storage import sessions, turns
from storage.database import Connection
from storage.ids import Instant, PersonId
from storage.sessions import IN_FLIGHT, SessionRow
from storage.turns import NewStageRow, NewTurnRow, StageRow

STOPPED = "It was stopped before it began."


def say(connection: Connection, shop: Workshop, session: SessionRow, prompt: str, author: PersonId) -> None:
    """Add what a person says next, and queue the session."""
    stages = turns.stages_of(connection, session.id)
    if session.state in IN_FLIGHT:
        raise ConflictError(f"Session {session.id} is at work: wait until it has answered, or stop it first.")
    if is_command(stages):
        raise ConflictError(f"Session {session.id} is a command: there is nobody to talk to.")
    if session.kind == "develop" and session.state not in ("waiting", "failed"):
        raise ConflictError(f"Session {session.id} is {session.state}: start another one to go on with its work.")
    now = shop.clock.now()
    (planned,) = plan("chat", (), storable(prompt), None, {})
    number = stages[-1].number + 1
    stage = turns.add_stage(
        connection, NewStageRow(session.id, number, MESSAGE, planned.kind, "Message", planned.spec)
    )
    turn = NewTurnRow(
        session_id=session.id,
        number=turns.next_number(connection, session.id),
        stage_id=stage,
        purpose="main" if session.kind == "develop" else "chat",
        prompt=storable(prompt),
        provider=session.provider,
        model=session.model,
        mark=run_mark(shop.entropy),
        created_at=now,
        author_id=author,
    )
    turns.add_turn(connection, turn)
    _queue(connection, session, now)


def stop(connection: Connection, shop: Workshop, session: SessionRow) -> None:
    """Cancel it where it waits for its turn; otherwise ask the server that runs it."""
    now = shop.clock.now()
    cancelled = {"state": "cancelled", "outcome": Outcome.CANCELLED.value, "detail": STOPPED, "ended_at": now}
    if sessions.move(connection, session.id, ("queued",), cancelled, now):
        call_off(connection, session, STOPPED, now)
        announce(connection, shop, session, RunEnd(Outcome.CANCELLED, STOPPED), STOPPED, now)
        return
    asked = {"stop_asked_at": session.stop_asked_at or now, "detail": "It is being stopped."}
    if not sessions.move(connection, session.id, HELD, asked, now):
        raise ConflictError(f"Session {session.id} is {session.state}: there is nothing to stop.")
    changed(connection, session.id, session.workspace_id, now)


def resume(connection: Connection, shop: Workshop, session: SessionRow, *, skip: bool) -> None:
    """Queue what it did not get past: once more, or without the stage in which it ended."""
    if session.state not in OPEN:
        raise ConflictError(f"Session {session.id} is {session.state}: it cannot be resumed.")
    now = shop.clock.now()
    found = again(turns.stages_of(connection, session.id), skip=skip)
    if found is None:
        raise ConflictError(f"Session {session.id} has nothing left to do: say what is next, or complete it.")
    if found.skipped is not None:
        left_out = {"state": "skipped", "detail": "Left out by a person.", "ended_at": now}
        turns.change_stage(connection, found.skipped.id, left_out)
    if found.stage is None:
        _move(connection, session, OPEN, {"state": "waiting", "detail": ""}, now)
        return
    if found.stage.state != "pending":
        turns.add_stage(connection, _next_attempt(found.stage))
    _queue(connection, session, now)


def complete(connection: Connection, shop: Workshop, session: SessionRow) -> None:
    """Call it done: at once, or, where the workspace has commands for this, when they have been run."""
    if session.state not in OPEN:
        raise ConflictError(f"Session {session.id} is {session.state}: it cannot be completed.")
    now = shop.clock.now()
    stages = turns.stages_of(connection, session.id)
    if _hooks(load(connection, session.workspace_id).commands) and not is_command(stages):
        number = stages[-1].number + 1
        turns.add_stage(connection, NewStageRow(session.id, number, COMPLETION, "complete", "Complete", "{}"))
        _queue(connection, session, now)
        return
    _move(connection, session, OPEN, {"state": "done", "detail": ""}, now)


def _queue(connection: Connection, session: SessionRow, now: Instant) -> None:
    queued = {"state": "queued", "detail": "", "worker": None, "stop_asked_at": None}
    _move(connection, session, OVER, queued, now)


def _move(
    connection: Connection,
    session: SessionRow,
    before: Collection[str],
    values: Mapping[str, object],
    now: Instant,
) -> None:
    if not sessions.move(connection, session.id, before, values, now):
        raise ConflictError(f"Session {session.id} has just been changed by somebody else: look at it again.")
    changed(connection, session.id, session.workspace_id, now)


def _next_attempt(row: StageRow) -> NewStageRow:
    return NewStageRow(row.session_id, row.number, row.name, row.kind, row.title, row.spec, row.attempt + 1)


def _hooks(commands: Commands) -> bool:
    return bool(commands.hooks.get("on_done"))
