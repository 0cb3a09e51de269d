"""Runs whose sessions have ended come to their end in the ledger.

It is read from the sessions, again and again, and never told by them: so nothing is lost with a server that is
killed between a session's end and this."""

from typing import Final

from core.automations.ending import End, after_end
from core.automations.telling import both_changed
from core.ids import Entropy
from storage import automations as store
from storage import executions
from storage.database import Connection
from storage.executions import Ended
from storage.ids import Instant

_OUTCOMES: Final = {
    "succeeded": "succeeded",
    "failed": "failed",
    "timed_out": "failed",
    "cancelled": "cancelled",
    "interrupted": "interrupted",
}
"""The outcome of an execution by that of its session's run."""

_OF_STATES: Final = {"done": "succeeded", "failed": "failed", "cancelled": "cancelled"}
"""The same where no run of the session has ended: it was put aside before it began."""

_WITHOUT_WORDS: Final = {
    "failed": "The session failed.",
    "cancelled": "The session was stopped.",
    "interrupted": "The server stopped while the session ran.",
}


def settle(connection: Connection, now: Instant, entropy: Entropy, limit: int) -> int:
    """Note the end of some runs, and say how many."""
    found = executions.ended(connection, limit)
    for ended in found:
        _settle(connection, ended, now, entropy)
    return len(found)


def _settle(connection: Connection, ended: Ended, now: Instant, entropy: Entropy) -> None:
    outcome, reason = verdict(ended)
    row = store.these(connection, [ended.automation_id])[ended.automation_id]
    kept = store.locked(connection, ended.automation_id)
    at = now if ended.ended_at is None else min(ended.ended_at, now)
    if not executions.finish(connection, ended.id, outcome, reason, at):
        return
    execution = executions.by_id(connection, ended.id)
    if kept is None or execution is None:
        both_changed(connection, row, ended.id, now)
        return
    started = execution.started_at or at
    end = End(ended.id, execution.trigger, outcome, reason, started, ended.session_id)
    after_end(connection, kept, end, now, entropy)


def verdict(ended: Ended) -> tuple[str, str]:
    """The outcome of a run, and the reason for it, from how its session stands."""
    if ended.state is None:
        return "interrupted", "Its session is not there any more."
    outcome = _OUTCOMES.get(ended.outcome or "") or _OF_STATES.get(ended.state, "interrupted")
    if outcome == "succeeded":
        return outcome, ""
    return outcome, ended.detail or _WITHOUT_WORDS[outcome]
