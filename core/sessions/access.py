"""Who may see a session and who may do something to it: the same for every way in."""

from core.caller import Caller, Permission
from core.errors import NotAllowedError, NotFoundError
from storage import responsibilities, sessions
from storage.database import Connection
from storage.ids import SessionId
from storage.sessions import SessionRow, Viewer

_LARGEST = 2**62


def viewer(caller: Caller) -> Viewer:
    """Whose list it is."""
    here = None if caller.admin else caller.workspaces
    return Viewer(caller.person, here, caller.may(Permission.SESSIONS_VIEW_ALL))


def visible(connection: Connection, caller: Caller, number: int) -> SessionRow:
    """The session, if the caller may see it."""
    row = sessions.by_id(connection, SessionId(number)) if 0 < number < _LARGEST else None
    if row is None or not (sees(caller, row) or _answers_for_ticket(connection, caller, row)):
        raise NotFoundError(f"There is no session {number}, or none that you may see.")
    return row


def sees(caller: Caller, session: SessionRow) -> bool:
    own = caller.person in (session.owner_id, session.creator_id)
    return caller.sees(session.workspace_id) and (own or caller.may(Permission.SESSIONS_VIEW_ALL))


def _answers_for_ticket(connection: Connection, caller: Caller, session: SessionRow) -> bool:
    """Whether the session works on a ticket of theirs: who is told what went wrong in it can look at it."""
    if session.ticket_id is None or not caller.sees(session.workspace_id):
        return False
    held = responsibilities.holders(connection, session.workspace_id, "ticket", [session.ticket_id])
    return caller.person in held.get(session.ticket_id, ())


def manageable(connection: Connection, caller: Caller, number: int) -> SessionRow:
    """The session, if the caller may do something to it."""
    row = visible(connection, caller, number)
    if caller.person not in (row.owner_id, row.creator_id) and not caller.may(Permission.SESSIONS_MANAGE_ALL):
        raise NotAllowedError(
            f"Session {number} is somebody else's: you need the permission {Permission.SESSIONS_MANAGE_ALL}."
        )
    require_running_rights(caller)
    return row


def require_running_rights(caller: Caller) -> None:
    """Who can have a session do something can have anything run. A person of the workspace may; an API key only
    if it was given a permission that lets it have things run."""
    if caller.key is not None and not caller.may(Permission.SESSIONS_MANAGE_ALL):
        caller.require(Permission.AUTOMATIONS_MANAGE)
