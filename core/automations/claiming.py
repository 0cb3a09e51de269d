"""What is due is claimed: its row in the ledger and the time of the next run, in one transaction.

A time never moves on without a row, and no automation has two rows for one time. On PostgreSQL several servers
claim at once: each takes rows that no other has locked."""

from functools import partial
from typing import NamedTuple

from core.api.automations import Trigger
from core.automations.ending import disable
from core.automations.missing import MOST_COUNTED, Missed, judge
from core.automations.schedules import ONE_TIME_GRACE, following
from core.errors import InvalidError
from core.ids import Entropy
from storage import automations as store
from storage import changes, executions
from storage.automations import AutomationRow, Move
from storage.changes import NewChange
from storage.database import Connection
from storage.executions import NewExecutionRow
from storage.ids import Instant

_MOST_STEPS = 1_000  # then the writer is let go


class Claimed(NamedTuple):
    """What one automation's due time comes to."""

    rows: list[NewExecutionRow]
    move: Move
    steps: int = 1


def claim_due(connection: Connection, now: Instant, entropy: Entropy, limit: int) -> int:
    """Claim some of what is due, and say how many automations that concerned."""
    claimed: list[Claimed] = []
    steps = 0
    for row in store.due(connection, now, limit):
        if steps > _MOST_STEPS:
            break
        claimed.append(_claimed(connection, row, now, entropy))
        steps += claimed[-1].steps
    executions.claim(connection, [row for one in claimed for row in one.rows])
    store.move_on(connection, [one.move for one in claimed])
    feed = [
        NewChange("automations", str(row.automation_id), None, row.workspace_id, now)
        for one in claimed
        for row in one.rows[-1:]
    ]
    changes.append(connection, feed)
    return len(claimed)


def _claimed(connection: Connection, row: AutomationRow, now: Instant, entropy: Entropy) -> Claimed:
    at = row.next_run_at
    if at is None:
        raise ValueError("What is due has a time.")
    match row.type:
        case "recurring":
            return _recurring(connection, row, at, now, entropy)
        case "one-time":
            return _once(connection, row, at, now, entropy)
        case "loop":
            return Claimed([_noted(row, "loop", at, now)], Move(row.id, None, at))
        case _:
            return Claimed([], Move(row.id, None, now))


def _recurring(
    connection: Connection, row: AutomationRow, at: Instant, now: Instant, entropy: Entropy
) -> Claimed:
    try:
        then = partial(following, row.cron or "", row.zone or "UTC")
        verdict = judge(at, now, then, run_missed=row.run_missed)
    except InvalidError as error:
        reason = f"Its schedule cannot be read any more: {error.sentence}"
        disable(connection, row, reason, now, entropy)
        ended = _noted(row, "schedule", at, now)._replace(finished_at=now, outcome="disabled", reason=reason)
        return Claimed([ended], Move(row.id, None, at))
    rows = []
    if verdict.missed is not None:
        rows.append(_missed(row, verdict.missed, now))
    if verdict.run is not None:
        rows.append(_noted(row, verdict.trigger, verdict.run, now, verdict.missed_count))
    last = verdict.run or (verdict.missed.latest if verdict.missed else at)
    return Claimed(rows, Move(row.id, verdict.following, last), verdict.steps)


def _once(connection: Connection, row: AutomationRow, at: Instant, now: Instant, entropy: Entropy) -> Claimed:
    late = now - max(at, row.last_scheduled_for or at)
    move = Move(row.id, None, max(at, row.last_scheduled_for or at))
    if late <= ONE_TIME_GRACE:
        return Claimed([_noted(row, "schedule", at, now)], move)
    if row.run_missed:
        return Claimed([_noted(row, "catch-up", at, now, 1)], move)
    disable(connection, row, "It was missed: the server was not running at its time.", now, entropy)
    return Claimed([_missed(row, Missed(at, 1), now)], move)


def _noted(row: AutomationRow, trigger: Trigger, at: Instant, now: Instant, missed: int = 0) -> NewExecutionRow:
    return NewExecutionRow(
        automation_id=row.id,
        workspace_id=row.workspace_id,
        trigger=trigger,
        created_at=now,
        scheduled_for=at,
        missed_count=missed,
    )


def _missed(row: AutomationRow, missed: Missed, now: Instant) -> NewExecutionRow:
    number = missed.number
    how_many = f"{number:,}{'+' if number >= MOST_COUNTED - 1 else ''} runs were" if number > 1 else "A run was"
    reason = f"{how_many} missed: the server was not running."
    noted = _noted(row, "schedule", missed.latest, now, number)
    return noted._replace(finished_at=now, outcome="missed", reason=reason)
