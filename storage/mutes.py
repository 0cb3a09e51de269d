"""The sources that a person has muted, and until when."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from storage.criteria import Criterion, contains, matches
from storage.ids import Instant, MuteId, PersonId, WorkspaceId
from storage.listing import Match, conditions
from storage.metadata import Serial, metadata
from storage.people import workspaces

mutes = Table(
    "mutes",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("source", Text, nullable=False),
    Column("event", String(200)),
    Column("workspace_id", BigInteger),
    Column("until", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Index("ix_mutes_person_id_source", "person_id", "source"),
    sqlite_autoincrement=True,
)


class NewMuteRow(NamedTuple):
    """A source that a person no longer wants to be called for, wholly or as to one event or one workspace."""

    person_id: PersonId
    source: str
    event: str | None
    workspace_id: WorkspaceId | None
    until: Instant | None
    created_at: Instant


class MuteRow(NamedTuple):
    """A mute, as stored, with what its workspace is called."""

    id: MuteId
    source: str
    event: str | None
    workspace: str | None
    until: Instant | None
    created_at: Instant


class MutedRow(NamedTuple):
    """What addressing asks of a mute."""

    person_id: PersonId
    source: str
    event: str | None
    workspace_id: WorkspaceId | None


_MATCHES: dict[str, Match] = {
    "text": lambda wanted: contains((mutes.c.source, mutes.c.event), wanted.texts),
    "from": lambda wanted: or_(*(_is_of(source) for source in wanted.texts)),
    "event": lambda wanted: matches(func.coalesce(mutes.c.event, ""), wanted.texts),
    "workspace": lambda wanted: func.coalesce(workspaces.c.slug, "").in_(wanted.texts),
}


def _is_of(source: str) -> ColumnElement[bool]:
    """Whether it is this source, or one of its kind."""
    return or_(mutes.c.source == source, mutes.c.source.startswith(f"{source}/", autoescape=True))


_HOLDS = or_(mutes.c.until.is_(None), mutes.c.until > bindparam("now"))
_OWN = mutes.c.person_id == bindparam("person")
_MUTE = select(
    *(workspaces.c.slug.label("workspace") if name == "workspace" else mutes.c[name] for name in MuteRow._fields)
).select_from(mutes.outerjoin(workspaces, workspaces.c.id == mutes.c.workspace_id))
_PAGE = _MUTE.where(_OWN, _HOLDS, mutes.c.id > bindparam("after")).order_by(mutes.c.id).limit(bindparam("limit"))
_BY_ID = _MUTE.where(mutes.c.id == bindparam("mute"))
_SAME = select(mutes.c.id).where(
    _OWN,
    mutes.c.source == bindparam("source"),
    mutes.c.event.is_not_distinct_from(bindparam("event", type_=String)),
    mutes.c.workspace_id.is_not_distinct_from(bindparam("workspace", type_=BigInteger)),
)
_ADD = insert(mutes).returning(mutes.c.id)
_PUT_OFF = update(mutes).where(mutes.c.id == bindparam("mute")).values(until=bindparam("to"))
_REMOVE = delete(mutes).where(_OWN, mutes.c.id == bindparam("mute"))
_REMOVE_ENDED = delete(mutes).where(_OWN, mutes.c.until <= bindparam("now"))
_REMOVE_OF_WORKSPACE = delete(mutes).where(_OWN, mutes.c.workspace_id == bindparam("workspace"))
_COUNT = select(func.count()).select_from(mutes).where(_OWN)
_ANY = select(mutes.c.id).limit(1)
_OF_PEOPLE = select(*(mutes.c[name] for name in MutedRow._fields)).where(
    _HOLDS, mutes.c.person_id.in_(bindparam("people", expanding=True))
)


def page(
    connection: Connection,
    person: PersonId,
    criteria: Sequence[Criterion],
    *,
    limit: int,
    after: int,
    now: Instant,
) -> list[MuteRow]:
    """What the person has muted and is still muted, in the order in which it was."""
    statement = _PAGE.where(*conditions(_MATCHES, criteria))
    values = {"person": person, "limit": limit, "after": after, "now": now}
    return [MuteRow._make(row) for row in connection.execute(statement, values)]


def put(connection: Connection, row: NewMuteRow) -> MuteId:
    """Mute the source. The same one again has the new end."""
    wanted = {"person": row.person_id, "source": row.source, "event": row.event, "workspace": row.workspace_id}
    there = connection.execute(_SAME, wanted).scalar_one_or_none()
    if there is None:
        return MuteId(connection.execute(_ADD, row._asdict()).scalar_one())
    connection.execute(_PUT_OFF, {"mute": there, "to": row.until})
    return MuteId(there)


def existing(connection: Connection, mute: MuteId) -> MuteRow:
    return MuteRow._make(connection.execute(_BY_ID, {"mute": mute}).one())


def remove(connection: Connection, person: PersonId, mute: MuteId) -> bool:
    """Whether the mute was the person's, and is gone."""
    return connection.execute(_REMOVE, {"person": person, "mute": mute}).rowcount == 1


def remove_ended(connection: Connection, person: PersonId, now: Instant) -> None:
    connection.execute(_REMOVE_ENDED, {"person": person, "now": now})


def remove_of_workspace(connection: Connection, person: PersonId, workspace: WorkspaceId) -> None:
    """Forget what the person has muted in this workspace alone."""
    connection.execute(_REMOVE_OF_WORKSPACE, {"person": person, "workspace": workspace})


def count(connection: Connection, person: PersonId) -> int:
    return int(connection.execute(_COUNT, {"person": person}).scalar_one())


def of_people(connection: Connection, people: Collection[PersonId], now: Instant) -> list[MutedRow]:
    """What these people have muted at this moment."""
    if connection.execute(_ANY).first() is None:
        return []
    found = connection.execute(_OF_PEOPLE, {"people": list(people), "now": now})
    return [MutedRow._make(row) for row in found]
