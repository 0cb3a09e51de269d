"""What the world learns of a session: its events, with who and what it is filled in, and the change feed."""

from collections.abc import Mapping, Sequence

from core.events.record import NewEvent, record, record_all
from core.ids import Entropy
from storage import changes, people
from storage.changes import NewChange
from storage.database import Connection
from storage.ids import Instant, PersonId, SessionId, WorkspaceId
from storage.sessions import NewSessionRow, SessionRow


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
    names = people.names(connection, {session.owner_id, session.creator_id})
    payload = _about(session.id, session, names) | {
        name: value for name, value in more.items() if value is not None
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


def tell_created(
    connection: Connection,
    created: Sequence[tuple[SessionId, NewSessionRow]],
    *,
    now: Instant,
    entropy: Entropy,
) -> None:
    """Record that there are these new sessions, which whoever shows sessions must look at."""
    names = people.names(connection, {who for _, row in created for who in (row.owner_id, row.creator_id)})
    told = [
        NewEvent(
            "session:created",
            _about(session, row, names),
            workspace=row.workspace_id,
            ticket=row.ticket_id,
            actor=row.creator_id,
        )
        for session, row in created
    ]
    also = [_change(session, row.workspace_id, now) for session, row in created]
    record_all(connection, told, now=now, entropy=entropy, also=also)


def changed(connection: Connection, session: SessionId, workspace: WorkspaceId, now: Instant) -> None:
    """Whoever shows the session must look again."""
    changes.append(connection, [_change(session, workspace, now)])


def _change(session: SessionId, workspace: WorkspaceId, now: Instant) -> NewChange:
    return NewChange("sessions", str(session), None, workspace, now)


def _about(
    number: SessionId, session: SessionRow | NewSessionRow, names: Mapping[PersonId, str]
) -> dict[str, object]:
    about = {
        "sessionId": number,
        "sessionTitle": session.title,
        "sessionOwner": names.get(session.owner_id),
        "sessionCreator": names.get(session.creator_id),
        "agentName": session.bot_name,
        "taskId": session.ticket_id,
        "automationId": session.automation_id,
        "executionId": session.execution_id,
    }
    return {name: value for name, value in about.items() if value is not None}
