"""What the world learns of a session: its events, with who and what it is filled in, and the change feed."""

from collections.abc import Mapping

from core.events.record import NewEvent, record
from core.ids import Entropy
from storage import changes, people
from storage.changes import NewChange
from storage.database import Connection
from storage.ids import Instant, PersonId, SessionId, WorkspaceId
from storage.sessions import SessionRow


def tell(
    connection: Connection,
    session: SessionRow,
    event: str,
    more: Mapping[str, object],
    *,
    now: Instant,
    entropy: Entropy,
    recipients: tuple[PersonId, ...] | None = None,
    actor: PersonId | None = None,
    external_id: str | None = None,
    shown: bool = False,
) -> None:
    """Record an event of the session; with `shown`, whoever shows the session must look again."""
    payload = {
        **_about(connection, session),
        **{name: value for name, value in more.items() if value is not None},
    }
    told = NewEvent(
        event,
        payload,
        workspace=session.workspace_id,
        ticket=session.ticket_id,
        external_id=external_id,
        recipients=recipients,
        actor=actor,
    )
    also = [_change(session.id, session.workspace_id, now)] if shown else []
    record(connection, told, now=now, entropy=entropy, also=also)


def changed(connection: Connection, session: SessionId, workspace: WorkspaceId, now: Instant) -> None:
    """Whoever shows the session must look again."""
    changes.append(connection, [_change(session, workspace, now)])


def _change(session: SessionId, workspace: WorkspaceId, now: Instant) -> NewChange:
    return NewChange("sessions", str(session), None, workspace, now)


def _about(connection: Connection, session: SessionRow) -> dict[str, object]:
    names = people.names(connection, {session.owner_id, session.creator_id})
    about = {
        "sessionId": session.id,
        "sessionTitle": session.title,
        "sessionOwner": names.get(session.owner_id),
        "sessionCreator": names.get(session.creator_id),
        "agentName": session.bot_name,
        "taskId": session.ticket_id,
        "automationId": session.automation_id,
        "executionId": session.execution_id,
    }
    return {name: value for name, value in about.items() if value is not None}
