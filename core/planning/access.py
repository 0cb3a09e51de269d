"""Who sees tickets and missions: whoever belongs to their workspace. To everybody else there are none."""

from core.caller import Caller
from core.errors import NotAllowedError, NotFoundError
from core.people.words import quoted
from core.people.workspaces import visible_workspace
from core.text import storable
from storage import missions, responsibilities, tickets
from storage.database import Connection
from storage.ids import WorkspaceId
from storage.missions import MissionRow
from storage.people import WorkspaceRow
from storage.tickets import TicketRow


def visible_ticket(connection: Connection, caller: Caller, slug: str, id: str) -> tuple[WorkspaceRow, TicketRow]:
    workspace = visible_workspace(connection, caller, slug)
    row = tickets.by_id(connection, workspace.id, storable(id))
    if row is None:
        raise NotFoundError(f"There is no ticket {quoted(id)} in {workspace.slug}.")
    return workspace, row


def visible_mission(
    connection: Connection, caller: Caller, slug: str, id: str
) -> tuple[WorkspaceRow, MissionRow]:
    workspace = visible_workspace(connection, caller, slug)
    row = missions.by_id(connection, workspace.id, storable(id))
    if row is None:
        raise NotFoundError(f"There is no mission {quoted(id)} in {workspace.slug}.")
    return workspace, row


def require_deleting_ticket(connection: Connection, caller: Caller, row: TicketRow) -> None:
    creator = responsibilities.holder(connection, row.workspace_id, "ticket", row.id, "creator")
    if not caller.admin and caller.person != creator:
        raise NotAllowedError("Only who made a ticket deletes it, or an admin: cancel it instead.")


def require_deleting_mission(caller: Caller, row: MissionRow) -> None:
    if not caller.admin and caller.person != row.creator_id:
        raise NotAllowedError("Only who made a mission deletes it, or an admin: cancel it instead.")


def among(caller: Caller, workspace: WorkspaceRow | None) -> list[WorkspaceId] | None:
    """Those whose tickets a list is of: one workspace, or all of the caller's; all there are, for an admin."""
    if workspace is not None:
        return [workspace.id]
    return None if caller.admin else sorted(caller.workspaces)
