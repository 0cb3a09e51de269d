"""A loop's pull request that was closed without merging: told once per iteration, however the loop goes on."""

from core.events.record import NewEvent, record
from core.ids import Entropy
from storage import automations as store
from storage import executions, people
from storage.database import Connection
from storage.ids import Instant
from storage.sessions import SessionRow


def tell_closed(connection: Connection, session: SessionRow, url: str, now: Instant, entropy: Entropy) -> bool:
    """Tell that the session's pull request was closed. Whether the session is of a loop: of others nobody is told
    here."""
    if session.automation_id is None:
        return False
    row = store.these(connection, [session.automation_id]).get(session.automation_id)
    if row is None or row.type != "loop":
        return False
    execution = executions.of_session(connection, session.id)
    names = people.names(connection, {row.creator_id, session.owner_id, session.creator_id})
    about = {
        "sessionId": session.id,
        "sessionTitle": session.title,
        "sessionOwner": names.get(session.owner_id),
        "sessionCreator": names.get(session.creator_id),
        "taskId": session.ticket_id,
        "automationId": row.id,
        "automationCreator": names.get(row.creator_id),
        "executionId": None if execution is None else execution.id,
        "iteration": None if execution is None else execution.iteration,
        "url": url,
        "title": row.name,
    }
    closed = NewEvent(
        "pr:closed",
        {name: value for name, value in about.items() if value is not None},
        workspace=session.workspace_id,
        ticket=session.ticket_id,
        external_id=f"pr-closed:{session.id}",
    )
    record(connection, closed, now=now, entropy=entropy)
    return True
