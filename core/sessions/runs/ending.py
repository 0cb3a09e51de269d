"""How a run ends: where its session goes then, decided by a table, and written together with the event."""

from dataclasses import dataclass
from typing import Final

from core.api.sessions import SessionState
from core.sessions.asking import close
from core.sessions.runs.courses import course_of
from core.sessions.states import HELD
from core.sessions.telling import changed, tell
from core.sessions.turns import Outcome
from core.sessions.workshop import Workshop
from core.text import clean, cut
from storage import approvals, sessions, turns
from storage.database import Connection
from storage.ids import Instant
from storage.sessions import SessionRow

_STATES: Final[dict[Outcome, SessionState]] = {
    Outcome.SUCCEEDED: "waiting",
    Outcome.FAILED: "failed",
    Outcome.TIMED_OUT: "failed",
    Outcome.CANCELLED: "cancelled",
    Outcome.INTERRUPTED: "waiting",
}
_EVENTS: Final[dict[Outcome, str]] = {
    Outcome.SUCCEEDED: "session:finished",
    Outcome.FAILED: "session:failed",
    Outcome.TIMED_OUT: "session:failed",
    Outcome.CANCELLED: "session:stopped",
    Outcome.INTERRUPTED: "session:stopped",
}
_LONGEST_REASON = 500

STOPPED: Final = "It was stopped."
INTERRUPTED: Final = "The server was stopped while it ran."
FAULT: Final = "Something went wrong in the server; its log says more."


@dataclass(frozen=True, slots=True)
class RunEnd:
    """How a run went. `open_for` is why a run that succeeded is left to a person; `changed` is whether files did,
    and nothing where that is not known."""

    outcome: Outcome
    reason: str = ""
    summary: str = ""
    open_for: str = ""
    complete: bool = False
    only_if_unchanged: bool = False
    changed: bool | None = None


def decide(end: RunEnd) -> tuple[SessionState, str]:
    """Where the session goes, and why it is there."""
    state = _STATES[end.outcome]
    if end.outcome is not Outcome.SUCCEEDED:
        return state, end.reason
    if end.open_for:
        return state, end.open_for
    if not end.complete:
        return state, ""
    if end.only_if_unchanged and end.changed is not False:
        return (
            state,
            "Files have changed: look at them." if end.changed else "It is not known whether files changed.",
        )
    return "done", ""


def write_end(connection: Connection, shop: Workshop, session: SessionRow, end: RunEnd, now: Instant) -> bool:
    """Write the end of a run: false when the run was not this server's any more."""
    worker = session.worker
    state, detail = decide(end)
    values = {
        "state": state,
        "outcome": end.outcome.value,
        "detail": detail,
        "worker": None,
        "stop_asked_at": None,
        "ended_at": now,
    }
    if worker is None or not sessions.move(connection, session.id, HELD, values, now, worker=worker):
        return False
    for approval in approvals.open_of(connection, session.id):
        close(connection, approval, "cancelled", now=now, entropy=shop.entropy)
    turns.leave_stages(connection, session.id, _stage_state(end.outcome), end.reason, now)
    if end.outcome is Outcome.CANCELLED:
        call_off(connection, session, end.reason, now)
    announce(connection, shop, session, end, detail, now)
    return True


def call_off(connection: Connection, session: SessionRow, why: str, now: Instant) -> None:
    """What a person added to the session and had stopped before it began is not done with what they say next."""
    for stage in course_of(turns.stages_of(connection, session.id)).added:
        cancelled = {"detail": why, "ended_at": now}
        turns.change_stage(connection, stage.id, {"state": "cancelled", **cancelled})
        turn = turns.promised(connection, session.id, stage.id)
        if turn is not None:
            turns.change_turn(connection, turn.id, {"outcome": Outcome.CANCELLED.value, **cancelled})


def announce(
    connection: Connection, shop: Workshop, session: SessionRow, end: RunEnd, detail: str, now: Instant
) -> None:
    """Record the event of the end. Its owner is told where they asked for it, and of what nobody meant to end."""
    told = {
        "outcome": end.outcome.value,
        "reason": cut(clean(detail or end.reason), _LONGEST_REASON) or None,
        "summary": cut(clean(end.summary[:_LONGEST_REASON]), _LONGEST_REASON) or None,
    }
    names_owner = session.notify or end.outcome is Outcome.INTERRUPTED
    recipients = (session.owner_id,) if names_owner else None
    event = _EVENTS[end.outcome]
    tell(connection, session, event, told, now=now, entropy=shop.entropy, recipients=recipients)
    changed(connection, session.id, session.workspace_id, now)


def _stage_state(outcome: Outcome) -> str:
    return {Outcome.INTERRUPTED: "interrupted", Outcome.CANCELLED: "cancelled"}.get(outcome, "failed")
