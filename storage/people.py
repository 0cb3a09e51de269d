"""People, their permissions, workspaces and who belongs to them."""

from collections.abc import Collection, Mapping, Sequence
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
    and_,
    bindparam,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as insert_unless_there

from storage.criteria import Criterion, contains
from storage.ids import Instant, PersonId, WorkspaceId
from storage.listing import Match, conditions
from storage.metadata import Serial, metadata
from storage.prepared import Prepared

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
    Column("alert_words", String(8), nullable=False, server_default="full"),  # full, title, count
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
    alert_words: str
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
_PEOPLE_BY_NAMES = _PERSON.where(people.c.name.in_(bindparam("names", expanding=True)))
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
_MEMBERS = select(memberships.c.person_id).where(memberships.c.workspace_id == bindparam("workspace"))
_PRESENT = select(people.c.id).where(_HERE, people.c.id.in_(bindparam("ids", expanding=True)))
_NAME = Prepared(select(people.c.name).where(people.c.id == bindparam("id")))
_FEW = 3
_NAMES = select(people.c.id, people.c.name).where(people.c.id.in_(bindparam("ids", expanding=True)))
_SLUGS = select(workspaces.c.id, workspaces.c.slug).where(workspaces.c.id.in_(bindparam("ids", expanding=True)))

_ABLE_ADMINS = _ADMINS.where(people.c.uid.is_not(None)).with_for_update()
_ADD_PERSON = insert_unless_there(people).on_conflict_do_nothing().returning(people.c.id)
_GRANTS_OF = (
    select(grants.c.person_id, grants.c.permission)
    .where(grants.c.person_id.in_(bindparam("ids", expanding=True)))
    .order_by(grants.c.permission)
)
_STANDINGS = {"admin": people.c.admin.is_(True), "left": people.c.left_at.is_not(None), "here": _HERE}
_MATCHES: dict[str, Match] = {
    "text": lambda wanted: contains((people.c.name, people.c.display_name), wanted.texts),
    "name": lambda wanted: people.c.name.in_(wanted.texts),
    "permission": lambda wanted: people.c.id.in_(
        select(grants.c.person_id).where(grants.c.permission.in_(wanted.texts))
    ),
    "workspace": lambda wanted: people.c.id.in_(
        select(memberships.c.person_id).join(workspaces).where(workspaces.c.slug.in_(wanted.texts))
    ),
    "is": lambda wanted: or_(*(_STANDINGS[standing] for standing in wanted.texts)),
}


def person_by_name(connection: Connection, name: str) -> PersonRow | None:
    """The person of this name, whether or not they have left."""
    if not _namelike(name):
        return None
    return _person(connection.execute(_PERSON_BY_NAME, {"name": name}).one_or_none())


def people_by_names(connection: Connection, names: Collection[str]) -> dict[str, PersonRow]:
    """The people of these names, whether or not they have left, by their names."""
    found = connection.execute(_PEOPLE_BY_NAMES, {"names": [name for name in names if _namelike(name)]})
    return {row.name: PersonRow._make(row) for row in found}


def person_by_id(connection: Connection, person: PersonId) -> PersonRow | None:
    return _person(connection.execute(_PERSON_BY_ID, {"id": person}).one_or_none())


def person_by_uid(connection: Connection, uid: int) -> PersonRow | None:
    return _person(connection.execute(_PERSON_BY_UID, {"uid": uid}).one_or_none())


def workspace_by_slug(connection: Connection, slug: str) -> WorkspaceRow | None:
    if not _namelike(slug):
        return None
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


def members(connection: Connection, workspace: WorkspaceId) -> frozenset[PersonId]:
    """Whom a membership row names, admins or not."""
    return frozenset(connection.execute(_MEMBERS, {"workspace": workspace}).scalars())


def present(connection: Connection, ids: Collection[PersonId]) -> set[PersonId]:
    """Those of them who have not left."""
    return set(connection.execute(_PRESENT, {"ids": list(ids)}).scalars())


def names(connection: Connection, ids: Collection[PersonId]) -> dict[PersonId, str]:
    """What they are called, whether or not they have left."""
    if len(ids) <= _FEW:
        found = {person: _NAME.scalar(connection, {"id": person}) for person in ids}
        return {person: name for person, name in found.items() if name is not None}
    return {PersonId(row.id): row.name for row in connection.execute(_NAMES, {"ids": list(ids)})}


def slugs(connection: Connection, ids: Collection[WorkspaceId]) -> dict[WorkspaceId, str]:
    """What these workspaces are called in paths."""
    return {WorkspaceId(row.id): row.slug for row in connection.execute(_SLUGS, {"ids": list(ids)})}


def anybody(connection: Connection) -> bool:
    """Whether there is anybody at all: a home that nobody has founded yet has no people."""
    return connection.execute(select(people.c.id).limit(1)).first() is not None


def able_admins(connection: Connection) -> list[PersonId]:
    """The admins who have not left and can connect with an account, held until the end of the transaction so that
    two of them cannot take each other's place at once."""
    return list(connection.execute(_ABLE_ADMINS).scalars())


def add_person(
    connection: Connection, name: str, *, uid: int | None, display_name: str, admin: bool, now: Instant
) -> PersonId | None:
    """The new person, or nothing when the name or the uid is taken."""
    values = {"name": name, "uid": uid, "display_name": display_name, "admin": admin, "created_at": now}
    return connection.execute(_ADD_PERSON, values).scalar_one_or_none()


def change_person(connection: Connection, person: PersonId, values: Mapping[str, object]) -> None:
    """Set these columns of a person."""
    connection.execute(update(people).where(people.c.id == person).values(dict(values)))


def grants_of(connection: Connection, ids: Collection[PersonId]) -> dict[PersonId, list[str]]:
    """What each of them has been granted, in order of name; admins hold more than that."""
    granted: dict[PersonId, list[str]] = {person: [] for person in ids}
    for row in connection.execute(_GRANTS_OF, {"ids": list(ids)}):
        granted[row.person_id].append(row.permission)
    return granted


def set_grants(connection: Connection, person: PersonId, permissions: Collection[str]) -> None:
    """Grant exactly these."""
    connection.execute(delete(grants).where(grants.c.person_id == person))
    if permissions:
        rows = [{"person_id": person, "permission": permission} for permission in sorted(permissions)]
        connection.execute(insert(grants), rows)


def people_page(
    connection: Connection,
    criteria: Sequence[Criterion],
    *,
    sharing: Collection[WorkspaceId] | None,
    also: PersonId,
    limit: int,
    after: str,
) -> list[PersonRow]:
    """People in order of name. With `sharing`, only `also` and those here who belong to one of these."""
    statement = _PERSON.where(people.c.name > after, *conditions(_MATCHES, criteria))
    if sharing is not None:
        members = select(memberships.c.person_id).where(memberships.c.workspace_id.in_(list(sharing)))
        statement = statement.where(or_(people.c.id == also, and_(_HERE, people.c.id.in_(members))))
    statement = statement.order_by(people.c.name).limit(limit)
    return [PersonRow._make(row) for row in connection.execute(statement)]


def _namelike(text: str) -> bool:
    """Whether something may be called so at all: names hold no text that a database refuses to look for."""
    return text.isascii() and "\0" not in text


def _person(row: Row[tuple[object, ...]] | None) -> PersonRow | None:
    return None if row is None else PersonRow._make(row)
