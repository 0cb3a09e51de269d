"""Where a person stands: what they may do and where they belong, as every way in asks it.

This is the one place that decides what an asker is: a person with all that they hold, or an API key with no more
than was put into it and no more than its owner still holds."""

from dataclasses import dataclass
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

from core.caller import Caller, Permission
from core.people import words
from storage.database import Connection
from storage.ids import KeyId, PersonId, WorkspaceId
from storage.people import PersonRow, grants_of, person_by_id
from storage.workspaces import all_workspaces, workspaces_of

EVERYTHING = frozenset(Permission)


@dataclass(frozen=True, slots=True)
class Standing:
    """A person, what they have been granted, and their workspaces."""

    person: PersonRow
    granted: frozenset[Permission]
    workspaces: frozenset[WorkspaceId]

    @property
    def permissions(self) -> frozenset[Permission]:
        return EVERYTHING if self.person.admin else self.granted


def standing_of(connection: Connection, person: PersonId) -> Standing | None:
    row = person_by_id(connection, person)
    if row is None:
        return None
    granted = known_permissions(grants_of(connection, [person])[person])
    return Standing(row, granted, workspaces_of(connection, person))


def in_person(standing: Standing) -> Caller:
    """The person themselves, as the kernel knows them."""
    row, zone = standing.person, _zone(standing.person)
    return Caller(row.id, row.name, row.admin, standing.permissions, standing.workspaces, "socket", zone=zone)


def by_key(connection: Connection, standing: Standing, key: KeyId, allowed: frozenset[Permission]) -> Caller:
    """The person through one of their keys. It is never admin; one that manages people for an admin sees all
    workspaces, since without that it could not manage who belongs to them."""
    row = standing.person
    permissions = allowed & standing.permissions
    everywhere = row.admin and Permission.PEOPLE_MANAGE in permissions
    workspaces = all_workspaces(connection) if everywhere else standing.workspaces
    return Caller(row.id, row.name, False, permissions, workspaces, f"key:{key}", key, _zone(row))


def known_permissions(names: list[str]) -> frozenset[Permission]:
    """Those of them that this version knows: a permission that was dropped grants nothing."""
    return words.permissions(name for name in names if name in EVERYTHING)


def _zone(row: PersonRow) -> tzinfo:
    """Where their days begin. This machine may not know a zone that another one took."""
    try:
        return ZoneInfo(row.time_zone)
    except (ValueError, KeyError, OSError):
        return UTC
