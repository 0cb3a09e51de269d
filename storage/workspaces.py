"""Workspaces and who belongs to them. The tables stand beside those of people."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as insert_unless_there

from storage.criteria import Criterion, contains
from storage.ids import Instant, PersonId, WorkspaceId
from storage.listing import Match, conditions
from storage.people import WorkspaceRow, memberships, people, workspaces

_ADD = insert_unless_there(workspaces).on_conflict_do_nothing().returning(workspaces.c.id)
_JOIN = insert_unless_there(memberships).on_conflict_do_nothing().returning(memberships.c.person_id)
_OF_PERSON = select(memberships.c.workspace_id).where(memberships.c.person_id == bindparam("person"))
_SLUGS_OF = (
    select(memberships.c.person_id, workspaces.c.slug)
    .join(workspaces, workspaces.c.id == memberships.c.workspace_id)
    .where(memberships.c.person_id.in_(bindparam("ids", expanding=True)))
    .order_by(workspaces.c.slug)
)
_MEMBERS_OF = (
    select(memberships.c.workspace_id, people.c.name)
    .join(people, people.c.id == memberships.c.person_id)
    .where(memberships.c.workspace_id.in_(bindparam("ids", expanding=True)), people.c.left_at.is_(None))
    .order_by(people.c.name)
)
_MATCHES: dict[str, Match] = {
    "text": lambda wanted: contains((workspaces.c.slug, workspaces.c.name), wanted.texts),
    "member": lambda wanted: workspaces.c.id.in_(
        select(memberships.c.workspace_id)
        .join(people)
        .where(people.c.name.in_(wanted.texts), people.c.left_at.is_(None))
    ),
}


def add_workspace(connection: Connection, slug: str, name: str, now: Instant) -> WorkspaceId | None:
    """The new workspace, or nothing when the slug is taken."""
    values = {"slug": slug, "name": name, "created_at": now}
    return connection.execute(_ADD, values).scalar_one_or_none()


def all_workspaces(connection: Connection) -> frozenset[WorkspaceId]:
    return frozenset(connection.execute(select(workspaces.c.id)).scalars())


def workspaces_of(connection: Connection, person: PersonId) -> frozenset[WorkspaceId]:
    """Those that the person is a member of."""
    return frozenset(connection.execute(_OF_PERSON, {"person": person}).scalars())


def slugs_of(connection: Connection, ids: Collection[PersonId]) -> dict[PersonId, list[str]]:
    """What each of these people is a member of."""
    found: dict[PersonId, list[str]] = {person: [] for person in ids}
    for row in connection.execute(_SLUGS_OF, {"ids": list(ids)}):
        found[row.person_id].append(row.slug)
    return found


def members_of(connection: Connection, ids: Collection[WorkspaceId]) -> dict[WorkspaceId, list[str]]:
    """The names of each workspace's members, without those who left."""
    found: dict[WorkspaceId, list[str]] = {workspace: [] for workspace in ids}
    for row in connection.execute(_MEMBERS_OF, {"ids": list(ids)}):
        found[row.workspace_id].append(row.name)
    return found


def add_membership(connection: Connection, workspace: WorkspaceId, person: PersonId, now: Instant) -> bool:
    """Whether the person has become a member, and was none before."""
    values = {"workspace_id": workspace, "person_id": person, "since": now}
    return connection.execute(_JOIN, values).scalar_one_or_none() is not None


def remove_membership(connection: Connection, workspace: WorkspaceId, person: PersonId) -> bool:
    """Whether the person was a member, and is none any more."""
    mine = (memberships.c.workspace_id == workspace, memberships.c.person_id == person)
    return connection.execute(delete(memberships).where(*mine)).rowcount == 1


def workspaces_page(
    connection: Connection,
    criteria: Sequence[Criterion],
    *,
    among: Collection[WorkspaceId] | None,
    limit: int,
    after: str,
) -> list[WorkspaceRow]:
    """Workspaces in order of slug, all of them or those among the given ones."""
    statement = select(*(workspaces.c[name] for name in WorkspaceRow._fields))
    statement = statement.where(workspaces.c.slug > after, *conditions(_MATCHES, criteria))
    if among is not None:
        statement = statement.where(workspaces.c.id.in_(list(among)))
    statement = statement.order_by(workspaces.c.slug).limit(limit)
    return [WorkspaceRow._make(row) for row in connection.execute(statement)]
