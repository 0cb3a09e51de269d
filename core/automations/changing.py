"""What a change of an automation makes of it: the whole that it is to be, when it then runs, and what becomes of
runs that were due by its old schedule."""

from typing import Any, Final

import msgspec
from msgspec import UNSET

from core.api.automations import AutomationChange, AutomationCreation
from core.automations.checking import GOVERNED
from core.automations.cron import zone_data_version
from core.automations.fitting import fits
from core.automations.schedules import next_of
from storage import automations as store
from storage import executions, sessions
from storage.automations import AutomationRow
from storage.database import Connection
from storage.executions import NewExecutionRow
from storage.ids import Instant

_SCHEDULE: Final = ("type", "cron", "zone", "run_at", "enabled")


def wish(connection: Connection, row: AutomationRow, change: AutomationChange) -> AutomationCreation:
    """The automation as it is to be: as it is, but for what is named and what then does not fit any more."""
    bots = store.bot_names(connection, [] if row.bot_id is None else [row.bot_id])
    fields: dict[str, Any] = {
        "name": row.name,
        "workspace": "",
        "type": row.type,
        "kind": row.kind,
        "prompt": row.prompt,
        "workflow": row.workflow,
        "bot": None if row.bot_id is None else bots.get(row.bot_id),
        "parameters": msgspec.json.decode(row.parameters),
        "provider": row.provider,
        "model": row.model,
        "modes": msgspec.json.decode(row.modes),
        "ticket": row.ticket_id,
        "auto_complete": row.auto_complete,
        "only_if_unchanged": row.only_if_unchanged,
        "run_missed": row.run_missed,
        "parallel": row.parallel,
        "cron": row.cron,
        "tz": row.zone,
        "signature": row.signature,
    }
    named = {
        name: value
        for name, value in msgspec.structs.asdict(change).items()
        if value is not UNSET and name != "revision"
    }
    fields |= named
    type_, kind = fields["type"], fields["kind"]
    for field in GOVERNED:
        if field not in named and not fits(field, type_, kind):
            fields[field] = [] if field == "modes" else None
    if named.get("workflow") is not None and "prompt" not in named:
        fields["prompt"] = None
    if named.get("prompt") is not None and "workflow" not in named:
        fields["workflow"] = None
    if named.get("auto_complete") is False and "only_if_unchanged" not in named:
        fields["only_if_unchanged"] = None
    if "at" not in named and "tz" in named and row.wall_time is not None and fits("at", type_, kind):
        fields["at"] = row.wall_time
    return msgspec.convert(fields, AutomationCreation)


def replanned(
    connection: Connection, row: AutomationRow, values: dict[str, object], now: Instant
) -> dict[str, object]:
    """What of the row changes with its new values: a count of failures ends, and a new schedule is planned from
    here on."""
    then = AutomationRow(
        **{**row._asdict(), **{name: values.get(name, getattr(row, name)) for name in _SCHEDULE}}
    )
    if then == row:
        return {"failures": 0}
    note_dropped(connection, row, "superseded", "The automation was changed before it ran.", now)
    due = first_due(connection, then, now) if then.enabled else None
    return {"failures": 0, "next_run_at": due, "last_scheduled_for": now, "zone_data": zone_data_version()}


def first_due(connection: Connection, row: AutomationRow, now: Instant) -> Instant | None:
    """When an automation that is switched on, or planned anew, is due. A loop waits for what runs of it."""
    if row.type == "loop" and (
        executions.is_unfinished(connection, row.id) or sessions.in_flight(connection, row.id) is not None
    ):
        return None
    return next_of(row, now)


def note_dropped(connection: Connection, row: AutomationRow, outcome: str, reason: str, now: Instant) -> None:
    """Say in the ledger what becomes of a run that is due or claimed, and that will not be."""
    executions.drop_owed(connection, row.id, outcome, reason, now)
    if row.next_run_at is not None and row.next_run_at <= now:
        dropped = NewExecutionRow(
            automation_id=row.id,
            workspace_id=row.workspace_id,
            trigger="loop" if row.type == "loop" else "schedule",
            created_at=now,
            scheduled_for=row.next_run_at,
            finished_at=now,
            outcome=outcome,
            reason=reason,
        )
        executions.add(connection, dropped)
