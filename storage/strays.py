"""Inbox items of workspaces that their person sees no longer: they leave with the right to see them."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, and_, bindparam, delete, exists, not_, select

from storage.ids import ItemId, PersonId, WorkspaceId
from storage.inbox import inbox_items
from storage.people import memberships, people

_IS_MEMBER = exists().where(
    memberships.c.workspace_id == inbox_items.c.workspace_id, memberships.c.person_id == inbox_items.c.person_id
)
_SEES_ALL = exists().where(people.c.id == inbox_items.c.person_id, people.c.admin.is_(True))
_OUTSIDE = and_(inbox_items.c.workspace_id.is_not(None), not_(_IS_MEMBER))

STRAY = and_(_OUTSIDE, not_(_SEES_ALL))
"""Its person is neither a member of its workspace nor an admin."""

_OWN = inbox_items.c.person_id == bindparam("person")
_IN_WORKSPACE = (
    select(inbox_items.c.id)
    .where(_OWN, inbox_items.c.workspace_id == bindparam("workspace"))
    .limit(bindparam("limit"))
)
_IN_OTHERS = select(inbox_items.c.id).where(_OWN, _OUTSIDE).limit(bindparam("limit"))
_AMONG = inbox_items.c.id.in_(bindparam("ids", expanding=True))
_STRAYS = select(inbox_items.c.id, inbox_items.c.workspace_id).where(STRAY, _AMONG)
_REMOVE = delete(inbox_items).where(_AMONG)


class Stray(NamedTuple):
    """An item that is gone, and where it came from."""

    id: ItemId
    workspace_id: WorkspaceId


def of_workspace(connection: Connection, person: PersonId, workspace: WorkspaceId, limit: int) -> list[ItemId]:
    """Items that the person would lose with this workspace."""
    values = {"person": person, "workspace": workspace, "limit": limit}
    return list(connection.execute(_IN_WORKSPACE, values).scalars())


def of_others(connection: Connection, person: PersonId, limit: int) -> list[ItemId]:
    """Items that the person has only as an admin, or no right to."""
    return list(connection.execute(_IN_OTHERS, {"person": person, "limit": limit}).scalars())


def remove(connection: Connection, ids: Sequence[ItemId]) -> list[Stray]:
    """Remove those of the items that are stray, and say which they were."""
    if not ids:
        return []
    found = [Stray._make(row) for row in connection.execute(_STRAYS, {"ids": list(ids)})]
    if found:
        connection.execute(_REMOVE, {"ids": [stray.id for stray in found]})
    return found
