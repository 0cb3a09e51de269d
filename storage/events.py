"""Recorded events, in the order in which they were committed, and the dispatcher's place in them."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as insert_unless_there

from storage.criteria import Criterion, contains, matches
from storage.ids import EventId, EventSeq, Instant, PersonId, WorkspaceId
from storage.listing import Match, conditions
from storage.metadata import Serial, metadata
from storage.order import take_turn
from storage.prepared import Prepared, PreparedRows

events = Table(
    "events",
    metadata,
    Column("seq", Serial, primary_key=True),
    Column("id", String(64), nullable=False, unique=True),
    Column(
        "origin", String(32), nullable=False
    ),  # whose ids `external_id` is unique among: "ws:<id>" or "server"
    Column("external_id", Text),
    Column("name", String(200), nullable=False),
    Column("workspace_id", ForeignKey("workspaces.id", ondelete="CASCADE")),
    Column("mission_id", Text),
    Column("ticket_id", Text),
    Column("payload", Text, nullable=False),
    Column("recipients", Text),  # a JSON list of person ids, where the recorder named them
    Column("actor_id", BigInteger),
    Column("recorded_at", BigInteger, nullable=False),
    UniqueConstraint("origin", "external_id"),
    Index("ix_events_workspace_id_seq", "workspace_id", "seq"),
    Index("ix_events_name_seq", "name", "seq"),
    Index("ix_events_recorded_at", "recorded_at"),
    sqlite_autoincrement=True,
)

cursors = Table(
    "cursors",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("position", BigInteger, nullable=False),
)


RESTORED = "restored"
"""In the place of a follower: the last event that a restored home had in its backup."""


class NewEventRow(NamedTuple):
    """An event to record."""

    id: EventId
    origin: str
    external_id: str | None
    name: str
    workspace_id: WorkspaceId | None
    mission_id: str | None
    ticket_id: str | None
    payload: str
    recipients: str | None
    actor_id: PersonId | None
    recorded_at: Instant


class EventRow(NamedTuple):
    """An event, as stored."""

    seq: EventSeq
    id: EventId
    name: str
    workspace_id: WorkspaceId | None
    mission_id: str | None
    ticket_id: str | None
    payload: str
    recipients: str | None
    actor_id: PersonId | None
    recorded_at: Instant


_MATCHES: dict[str, Match] = {
    "event": lambda wanted: matches(events.c.name, wanted.texts),
    "ticket": lambda wanted: func.coalesce(events.c.ticket_id, "").in_(wanted.texts),
    "mission": lambda wanted: func.coalesce(events.c.mission_id, "").in_(wanted.texts),
    "since": lambda wanted: events.c.recorded_at >= wanted.instant,
    "until": lambda wanted: events.c.recorded_at < wanted.instant,
    "text": lambda wanted: contains((events.c.name, events.c.payload), wanted.texts),
}
_EVENT = select(*(events.c[name] for name in EventRow._fields))
_INSERT_NEW = PreparedRows(events, NewEventRow._fields)
_INSERT_ONCE = (
    insert_unless_there(events)
    .on_conflict_do_nothing(index_elements=["origin", "external_id"])
    .returning(events.c.id)
)
_BY_EXTERNAL_ID = select(events.c.id).where(
    events.c.origin == bindparam("origin"), events.c.external_id == bindparam("external_id")
)
_AFTER = _EVENT.where(events.c.seq > bindparam("seq")).order_by(events.c.seq).limit(bindparam("limit"))
_NAMED = literal(",").concat(func.replace(func.trim(events.c.recipients, "[]"), " ", "")).concat(",")
_OPEN = or_(
    events.c.name != "system:notice",
    events.c.recipients.is_(None),
    events.c.actor_id == bindparam("reader"),
    _NAMED.like(bindparam("among")),
)
"""A notice is a letter: its sender and those whom it names can read it, and nobody else in the workspace."""
_BY_ID = _EVENT.where(events.c.id == bindparam("of_id"))
_THESE = _EVENT.where(events.c.seq.in_(bindparam("seqs", expanding=True)))
_PAGE = (
    _EVENT.where(events.c.workspace_id == bindparam("workspace"), events.c.seq < bindparam("before"), _OPEN)
    .order_by(events.c.seq.desc())
    .limit(bindparam("limit"))
)
_POSITION = select(cursors.c.position).where(cursors.c.name == bindparam("cursor"))
_POSITION_LOCKED = _POSITION.with_for_update()
_START = insert_unless_there(cursors).on_conflict_do_nothing(index_elements=["name"])
_MOVE = update(cursors).where(cursors.c.name == bindparam("cursor")).values(position=bindparam("to"))
_RESTORED = select(cursors.c.position).where(cursors.c.name == RESTORED)
_BEYOND = func.coalesce(_POSITION.scalar_subquery(), 0)
_PENDING = Prepared(select(events.c.seq).where(events.c.seq > _BEYOND).limit(1))
_BEHIND = select(func.count()).select_from(events).where(events.c.seq > _BEYOND)


def append(connection: Connection, row: NewEventRow) -> EventId:
    """Record the event, unless its origin has recorded one of this external id already, and answer the id of the
    one that is there."""
    if row.external_id is None:
        append_new(connection, [row])
        return row.id
    take_turn(connection)
    recorded = connection.execute(_INSERT_ONCE, row._asdict()).scalar_one_or_none()
    if recorded is None:
        recorded = connection.execute(_BY_EXTERNAL_ID, row._asdict()).scalar_one()
    return EventId(recorded)


def append_new(connection: Connection, rows: Sequence[NewEventRow]) -> None:
    """Record events that have no external id, in this order."""
    take_turn(connection)
    _INSERT_NEW.run(connection, rows)


def after(connection: Connection, seq: EventSeq, limit: int) -> list[EventRow]:
    """The next events in the order in which they were committed."""
    return [EventRow._make(row) for row in connection.execute(_AFTER, {"seq": seq, "limit": limit})]


def by_id(connection: Connection, event: str) -> EventRow | None:
    """The event of this id, whoever may read it."""
    found = connection.execute(_BY_ID, {"of_id": event}).one_or_none()
    return None if found is None else EventRow._make(found)


def these(connection: Connection, seqs: Collection[EventSeq]) -> list[EventRow]:
    """Those of these that are kept, in no order."""
    return [EventRow._make(row) for row in connection.execute(_THESE, {"seqs": list(seqs)})] if seqs else []


def page(
    connection: Connection,
    workspace: WorkspaceId,
    reader: PersonId,
    criteria: tuple[Criterion, ...],
    before: EventSeq | None,
    limit: int,
) -> list[EventRow]:
    """The workspace's events that meet the criteria and are not meant for others alone, newest first."""
    values = {"workspace": workspace, "reader": reader, "among": f"%,{reader},%", "limit": limit}
    found = connection.execute(
        _PAGE.where(*conditions(_MATCHES, criteria)) if criteria else _PAGE,
        {**values, "before": 2**62 if before is None else before},
    )
    return [EventRow._make(row) for row in found]


def position(connection: Connection, cursor: str) -> EventSeq:
    """Where this follower is, held until the transaction ends, so that no other follows under the same name."""
    at = connection.execute(_POSITION_LOCKED, {"cursor": cursor}).scalar_one_or_none()
    if at is None:
        connection.execute(_START, {"name": cursor, "position": 0})
        at = connection.execute(_POSITION_LOCKED, {"cursor": cursor}).scalar_one()
    return EventSeq(at)


def move(connection: Connection, cursor: str, to: EventSeq) -> None:
    connection.execute(_MOVE, {"cursor": cursor, "to": to})


def restored(connection: Connection) -> EventSeq:
    """The last event that was restored from a backup: what it caused may have been sent then."""
    return EventSeq(connection.execute(_RESTORED).scalar_one_or_none() or 0)


def pending(connection: Connection, cursor: str) -> bool:
    """Whether there is an event that this follower has not seen."""
    return _PENDING.one(connection, {"cursor": cursor}) is not None


def behind(connection: Connection, cursor: str) -> int:
    """How many events this follower has not seen."""
    return int(connection.execute(_BEHIND, {"cursor": cursor}).scalar_one())
