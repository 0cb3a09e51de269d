"""What the world learns of an automation: its events, with what they are about filled in, and the change feed."""

from collections.abc import Iterable

from core.events.record import NewEvent, record
from core.ids import Entropy
from storage import changes, people
from storage.automations import AutomationRow
from storage.changes import NewChange
from storage.database import Connection
from storage.ids import AutomationId, ExecutionId, Instant, SessionId, WorkspaceId


def tell(
    connection: Connection,
    row: AutomationRow,
    event: str,
    *,
    reason: str,
    now: Instant,
    entropy: Entropy,
    execution: ExecutionId | None = None,
    session: SessionId | None = None,
    failures: int | None = None,
) -> None:
    """Record that a run failed or was skipped, or that the automation was disabled."""
    creator = people.names(connection, {row.creator_id}).get(row.creator_id)
    about = {
        "automationId": row.id,
        "automationName": row.name,
        "automationCreator": creator,
        "executionId": execution,
        "sessionId": session,
        "sessionOwner": None if session is None else creator,
        "taskId": row.ticket_id,
        "reason": reason,
        "failures": failures,
    }
    payload = {name: value for name, value in about.items() if value is not None}
    told = NewEvent(event, payload, workspace=row.workspace_id, ticket=row.ticket_id)
    record(connection, told, now=now, entropy=entropy)


def changed(connection: Connection, automation: AutomationId, workspace: WorkspaceId, now: Instant) -> None:
    """Whoever shows the automation must look again."""
    changes.append(connection, [NewChange("automations", str(automation), None, workspace, now)])


def both_changed(connection: Connection, row: AutomationRow, execution: ExecutionId, now: Instant) -> None:
    """Whoever shows the automation or its history must look again."""
    all_changed(connection, row, [execution], now)


def all_changed(
    connection: Connection, row: AutomationRow, executions: Iterable[ExecutionId], now: Instant
) -> None:
    """The same of several runs."""
    feed = [("executions", execution) for execution in executions]
    changes.append(
        connection,
        [
            NewChange(topic, str(subject), None, row.workspace_id, now)
            for topic, subject in [*feed, ("automations", row.id)]
        ],
    )
