"""Who may see and change which automations. What one may not see is not there, whichever way one comes."""

from core.caller import Caller, Permission
from core.errors import NotAllowedError, NotFoundError
from core.ids import row_number
from core.people.audit import HiddenError
from storage import automations as store
from storage.automations import AutomationRow, Seen
from storage.database import Connection
from storage.ids import AutomationId, PersonId, WorkspaceId


def seen_by(caller: Caller) -> Seen:
    """What the caller's lists are narrowed to."""
    workspaces = None if caller.admin else caller.workspaces
    if caller.may(Permission.AUTOMATIONS_VIEW_ALL):
        return Seen(workspaces, None)
    caller.require(Permission.AUTOMATIONS_VIEW_OWN)
    return Seen(workspaces, caller.person)


def visible(connection: Connection, caller: Caller, number: str) -> AutomationRow:
    """The automation of this number, if the caller may see it."""
    row = store.by_id(connection, number_of(number))
    return _visible(caller, row, number)


def manageable(connection: Connection, caller: Caller, number: str) -> AutomationRow:
    """The automation of this number, if the caller may change it; locked for this transaction."""
    row = _visible(caller, store.locked(connection, number_of(number)), number)
    if not manages(caller, row):
        sentence = "You may see this automation and not change it: it takes the permission"
        needed = Permission.AUTOMATIONS_MANAGE if row.creator_id == caller.person else _OF_OTHERS
        raise NotAllowedError(f"{sentence} {needed}; ask an admin for it.")
    return row


def manages(caller: Caller, row: AutomationRow) -> bool:
    if caller.may(_OF_OTHERS):
        return True
    return row.creator_id == caller.person and caller.may(Permission.AUTOMATIONS_MANAGE)


def may_see(caller: Caller, workspace: WorkspaceId, creator: PersonId) -> bool:
    if not caller.sees(workspace):
        return False
    if caller.may(Permission.AUTOMATIONS_VIEW_ALL):
        return True
    return creator == caller.person and caller.may(Permission.AUTOMATIONS_VIEW_OWN)


def number_of(text: str) -> AutomationId:
    """The number in a path; no automation has what is no number."""
    return AutomationId(row_number(text) or 0)


_OF_OTHERS = Permission.AUTOMATIONS_MANAGE_ALL


def _visible(caller: Caller, row: AutomationRow | None, number: str) -> AutomationRow:
    sentence = f"There is no automation {number[:20]}, or none that you may see."
    if row is None:
        raise NotFoundError(sentence)
    if not may_see(caller, row.workspace_id, row.creator_id):
        raise HiddenError(sentence)
    return row
