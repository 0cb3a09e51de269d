"""People, their permissions, workspaces and who belongs to them."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Row,
    String,
    Table,
    Text,
    bindparam,
    or_,
    select,
)

from storage.ids import Instant, PersonId, WorkspaceId
from storage.metadata import Serial, metadata

people = Table(
    "people",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("uid", BigInteger, unique=True),
    Column("display_name", Text, nullable=False, server_default=""),
    Column("time_zone", String(64), nullable=False, server_default="UTC"),
    Column("desktop_alerts", String(8), nullable=False, server_default="never"),
    Column("quiet_from", String(5)),
    Column("quiet_to", String(5)),
    Column("admin", Boolean, nullable=False, server_default="0"),
    Column("created_at", BigInteger, nullable=False),
    Column("left_at", BigInteger),
)

grants = Table(
    "grants",
    metadata,
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("permission", String(64), primary_key=True),
)

workspaces = Table(
    "workspaces",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("slug", String(64), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

memberships = Table(
    "memberships",
    metadata,
    Column("workspace_id", ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("since", BigInteger, nullable=False),
)

responsibilities = Table(
    "responsibilities",
    metadata,
    Column("workspace_id", ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True),
    Column("subject_kind", String(16), primary_key=True),
    Column("subject_id", String(128), primary_key=True),
    Column("role", String(16), primary_key=True),
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
)
"""Who holds which role for a ticket, session, automation or merge: what addressing asks, so that it needs
to know nothing of the areas that own those things."""


class PersonRow(NamedTuple):
    """A person, as stored."""

    id: PersonId
    name: str
    uid: int | None
    display_name: str
    time_zone: str
    desktop_alerts: str
    quiet_from: str | None
    quiet_to: str | None
    admin: bool
    created_at: Instant
    left_at: Instant | None


class WorkspaceRow(NamedTuple):
    """A workspace, as stored."""

    id: WorkspaceId
    slug: str
    name: str
    created_at: Instant


_PERSON = select(*(people.c[name] for name in PersonRow._fields))
_WORKSPACE = select(*(workspaces.c[name] for name in WorkspaceRow._fields))
_PERSON_BY_NAME = _PERSON.where(people.c.name == bindparam("name"))
_PERSON_BY_ID = _PERSON.where(people.c.id == bindparam("id"))
_PERSON_BY_UID = _PERSON.where(people.c.uid == bindparam("uid"))
_WORKSPACE_BY_SLUG = _WORKSPACE.where(workspaces.c.slug == bindparam("slug"))
_HERE = people.c.left_at.is_(None)
_ADMINS = select(people.c.id).where(_HERE, people.c.admin.is_(True)).order_by(people.c.id)
_HOLDERS = (
    select(people.c.id)
    .where(
        _HERE,
        or_(
            people.c.admin.is_(True),
            people.c.id.in_(select(grants.c.person_id).where(grants.c.permission == bindparam("permission"))),
        ),
    )
    .order_by(people.c.id)
)
_MEMBERS_AND_ADMINS = (
    select(people.c.id)
    .where(
        _HERE,
        or_(
            people.c.admin.is_(True),
            people.c.id.in_(
                select(memberships.c.person_id).where(memberships.c.workspace_id == bindparam("workspace"))
            ),
        ),
    )
    .order_by(people.c.id)
)
_PRESENT = select(people.c.id).where(_HERE, people.c.id.in_(bindparam("ids", expanding=True)))
_NAMES = select(people.c.id, people.c.name).where(people.c.id.in_(bindparam("ids", expanding=True)))
_SLUGS = select(workspaces.c.id, workspaces.c.slug).where(workspaces.c.id.in_(bindparam("ids", expanding=True)))


def person_by_name(connection: Connection, name: str) -> PersonRow | None:
    """The person of this name, whether or not they have left."""
    return _person(connection.execute(_PERSON_BY_NAME, {"name": name}).one_or_none())


def person_by_id(connection: Connection, person: PersonId) -> PersonRow | None:
    return _person(connection.execute(_PERSON_BY_ID, {"id": person}).one_or_none())


def person_by_uid(connection: Connection, uid: int) -> PersonRow | None:
    return _person(connection.execute(_PERSON_BY_UID, {"uid": uid}).one_or_none())


def workspace_by_slug(connection: Connection, slug: str) -> WorkspaceRow | None:
    row = connection.execute(_WORKSPACE_BY_SLUG, {"slug": slug}).one_or_none()
    return None if row is None else WorkspaceRow._make(row)


def admins(connection: Connection) -> list[PersonId]:
    """The admins who have not left."""
    return list(connection.execute(_ADMINS).scalars())


def holders(connection: Connection, permission: str) -> list[PersonId]:
    """Who holds the permission and has not left: admins hold them all."""
    return list(connection.execute(_HOLDERS, {"permission": permission}).scalars())


def members_and_admins(connection: Connection, workspace: WorkspaceId) -> list[PersonId]:
    """The workspace's audience, without those who left."""
    return list(connection.execute(_MEMBERS_AND_ADMINS, {"workspace": workspace}).scalars())


def present(connection: Connection, ids: Collection[PersonId]) -> set[PersonId]:
    """Those of them who have not left."""
    return set(connection.execute(_PRESENT, {"ids": list(ids)}).scalars())


def names(connection: Connection, ids: Collection[PersonId]) -> dict[PersonId, str]:
    """What they are called, whether or not they have left."""
    return {person: name for person, name in connection.execute(_NAMES, {"ids": list(ids)})}


def slugs(connection: Connection, ids: Collection[WorkspaceId]) -> dict[WorkspaceId, str]:
    """What these workspaces are called in paths."""
    return {workspace: slug for workspace, slug in connection.execute(_SLUGS, {"ids": list(ids)})}


def _person(row: Row[tuple[object, ...]] | None) -> PersonRow | None:
    return None if row is None else PersonRow._make(row)
