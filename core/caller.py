"""Who is asking: the person, what they may do, and by which way they came."""

from dataclasses import dataclass
from datetime import UTC, tzinfo
from enum import StrEnum

from core.errors import NotAllowedError
from storage.ids import KeyId, PersonId, WorkspaceId


class Permission(StrEnum):
    """The catalogue of permissions."""

    AUTOMATIONS_VIEW_OWN = "automations.view_own"
    AUTOMATIONS_VIEW_ALL = "automations.view_all"
    AUTOMATIONS_MANAGE = "automations.manage"
    AUTOMATIONS_MANAGE_ALL = "automations.manage_all"
    KEYS_MANAGE = "keys.manage"
    CHANNELS_MANAGE = "channels.manage"
    PEOPLE_MANAGE = "people.manage"
    SESSIONS_VIEW_ALL = "sessions.view_all"
    SESSIONS_MANAGE_ALL = "sessions.manage_all"


DEFAULT_PERMISSIONS = frozenset({Permission.AUTOMATIONS_VIEW_OWN, Permission.AUTOMATIONS_MANAGE})
"""What a member of the socket's group may do from the first connection."""


@dataclass(frozen=True, slots=True)
class Caller:
    """One authenticated asker. An API key is its owner with no more than the key's permissions, and never admin
    beyond them."""

    person: PersonId
    name: str
    admin: bool
    permissions: frozenset[Permission]
    workspaces: frozenset[WorkspaceId]
    via: str  # "socket" or "key:<id>"
    key: KeyId | None = None
    zone: tzinfo = UTC  # where their days begin

    def may(self, permission: Permission) -> bool:
        return self.admin or permission in self.permissions

    def require(self, permission: Permission) -> None:
        if not self.may(permission):
            raise NotAllowedError(f"You need the permission {permission} for this; ask an admin for it.")

    def sees(self, workspace: WorkspaceId) -> bool:
        return self.admin or workspace in self.workspaces
