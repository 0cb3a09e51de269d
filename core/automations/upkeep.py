"""What keeps automations true to the world: loops that rest go on, what names something gone is disabled, and new
zone data moves the runs that it concerns."""

from typing import NamedTuple

from core.automations.cron import zone_data_version
from core.automations.ending import disable, rest
from core.automations.schedules import after_run, following
from core.errors import InvalidError
from core.ids import Entropy
from storage import automations as store
from storage import executions, sessions
from storage.automations import AutomationRow, Orphan
from storage.database import Connection
from storage.ids import AutomationId, Instant


class Swept(NamedTuple):
    """How far a sweep has come, nothing when it is through, and how many it changed."""

    after: AutomationId | None
    changed: int


def wake_loops(connection: Connection, now: Instant, after: AutomationId, limit: int) -> Swept:
    """Let loops go on of which nothing runs, whatever became of the word that their session has ended."""
    rows = store.resting_loops(connection, after, limit)
    changed = 0
    for row in rows:
        if executions.is_unfinished(connection, row.id):
            continue
        if not row.parallel and sessions.in_flight(connection, row.id) is not None:
            continue
        rest(connection, row, _due_again(connection, row, now))
        changed += 1
    return Swept(rows[-1].id if len(rows) == limit else None, changed)


def disable_orphans(
    connection: Connection, now: Instant, entropy: Entropy, after: AutomationId, limit: int
) -> Swept:
    """Disable automations whose bot or workflow is gone."""
    found = store.orphans(connection, after, limit)
    rows = store.these(connection, [orphan.id for orphan in found])
    for orphan in found:
        disable(connection, rows[orphan.id], _lament(orphan), now, entropy)
    return Swept(found[-1].id if len(found) == limit else None, len(found))


def take_up_zone_data(connection: Connection, after: AutomationId, limit: int) -> Swept:
    """Compute next runs anew that other zone data gave, and count those that are another time now."""
    version = zone_data_version()
    rows = store.outdated(connection, version, after, limit)
    changed = 0
    for row in rows:
        planned = row.next_run_at
        if planned is None:
            continue
        then = _planned_anew(row, planned)
        if store.plan(connection, row.id, planned, then, version) and then != planned:
            changed += 1
    return Swept(rows[-1].id if len(rows) == limit else None, changed)


def _due_again(connection: Connection, row: AutomationRow, now: Instant) -> Instant:
    last = executions.last_run(connection, row.id)
    if last is None or last.finished_at is None or last.outcome is None:
        return now
    started = last.started_at or last.finished_at
    return after_run(last.outcome, row.failures, started, last.finished_at)


def _planned_anew(row: AutomationRow, planned: Instant) -> Instant | None:
    accounted = Instant(planned - 1) if row.last_scheduled_for is None else row.last_scheduled_for
    try:
        return following(row.cron or "", row.zone or "UTC", accounted)
    except InvalidError:
        return planned  # which says so, and why, when it is due


def _lament(orphan: Orphan) -> str:
    if orphan.workflow is not None:
        return f"Its workflow {orphan.workflow} is gone."
    return "Its bot is gone."
