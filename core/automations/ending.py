"""What the end of a run means for its automation: the count of failures, whether it goes on, and who is told."""

from typing import Final, NamedTuple

from core.automations.schedules import after_run
from core.automations.telling import both_changed, changed, tell
from core.ids import Entropy
from storage import automations as store
from storage import executions
from storage.automations import AutomationRow
from storage.database import Connection
from storage.ids import ExecutionId, Instant, SessionId

SERVER: Final = "server"
STRIKES: Final = {"recurring": 3, "loop": 3, "one-time": 1}
"""After how many failures in a row an automation is disabled; the other types never are."""

COUNTED: Final = frozenset({"schedule", "loop", "catch-up"})
"""The triggers whose failures count."""

_RAN_ONCE = {
    "succeeded": "It has run, as it was to do once.",
    "cancelled": "It has run once, and was stopped.",
    "interrupted": "It has run once, and the server stopped meanwhile.",
    "skipped": "Its one run was skipped: a session was still going.",
    "missed": "It was missed: the server was not running at its time.",
}


class End(NamedTuple):
    """How an execution ended. `gone` when the bot or the workflow that the automation names is gone."""

    execution: ExecutionId
    trigger: str | None
    outcome: str
    reason: str
    started_at: Instant
    session: SessionId | None = None
    gone: bool = False


def after_end(connection: Connection, row: AutomationRow, end: End, now: Instant, entropy: Entropy) -> None:
    """Draw the consequences, in the transaction that notes the end."""
    failures = _failures(row, end)
    values: dict[str, object] = {} if failures == row.failures else {"failures": failures}
    if end.outcome == "failed":
        tell(
            connection,
            row,
            "automation:failed",
            reason=end.reason,
            now=now,
            entropy=entropy,
            execution=end.execution,
            session=end.session,
            failures=failures or None,
        )
    if values:
        store.change(connection, row.id, values)
    if row.enabled:
        _go_on(connection, row._replace(failures=failures), end, now, entropy)
    both_changed(connection, row, end.execution, now)


def disable(
    connection: Connection,
    row: AutomationRow,
    reason: str,
    now: Instant,
    entropy: Entropy,
    *,
    execution: ExecutionId | None = None,
    session: SessionId | None = None,
) -> None:
    """Switch an automation off for a reason that its creator is told."""
    _switch_off(connection, row, reason, now)
    tell(
        connection,
        row,
        "automation:disabled",
        reason=reason,
        now=now,
        entropy=entropy,
        execution=execution,
        session=session,
        failures=row.failures or None,
    )
    changed(connection, row.id, row.workspace_id, now)


def _failures(row: AutomationRow, end: End) -> int:
    if end.outcome == "succeeded":
        return 0
    counts = end.outcome == "failed" and end.trigger in COUNTED and row.type in STRIKES
    return row.failures + 1 if counts else row.failures


def _go_on(connection: Connection, row: AutomationRow, end: End, now: Instant, entropy: Entropy) -> None:
    """Whether it runs again, and a loop when."""
    counted = end.outcome == "failed" and end.trigger in COUNTED
    if counted and row.type in STRIKES and (end.gone or row.failures >= STRIKES[row.type]):
        reason = end.reason if end.gone or row.type == "one-time" else _three(row.failures, end.reason)
        disable(connection, row, reason, now, entropy, execution=end.execution, session=end.session)
    elif row.type == "one-time" and row.next_run_at is None and end.trigger in COUNTED:
        _switch_off(connection, row, _RAN_ONCE.get(end.outcome, _RAN_ONCE["succeeded"]), now)
    elif row.type == "loop" and end.outcome != "skipped":
        rest(connection, row, after_run(end.outcome, row.failures, end.started_at, now))


def rest(connection: Connection, row: AutomationRow, until: Instant) -> None:
    """Let a loop go on then, if nothing of it runs any more."""
    if row.next_run_at is None and not executions.is_unfinished(connection, row.id):
        due = max(until, (row.last_scheduled_for or 0) + 1)
        store.change(connection, row.id, {"next_run_at": due})


def _three(failures: int, reason: str) -> str:
    return f"It failed {failures} times in a row, the last time so: {reason}"


def _switch_off(connection: Connection, row: AutomationRow, reason: str, now: Instant) -> None:
    values = {
        "enabled": False,
        "next_run_at": None,
        "disabled_reason": reason,
        "disabled_at": now,
        "disabled_by": SERVER,
    }
    store.change(connection, row.id, values)
    executions.drop_owed(connection, row.id, "disabled", reason, now)
