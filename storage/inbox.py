"""Inbox items: one event for one person, and the steps that person can undo."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Select,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    cast,
    column,
    func,
    not_,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import insert as insert_unless_there

from storage.criteria import Criterion, contains, matches
from storage.ids import EventSeq, Instant, ItemId, PersonId, WorkspaceId
from storage.listing import Match, conditions, is_any
from storage.metadata import Serial, metadata
from storage.people import workspaces

_in_inbox = text("dismissed_at IS NULL")
_unread = text("read_at IS NULL AND dismissed_at IS NULL")
_unstarred = text("starred_at IS NULL")

inbox_items = Table(
    "inbox_items",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("event_seq", BigInteger, nullable=False),
    Column("event", String(200), nullable=False),
    Column("workspace_id", BigInteger),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("severity", String(8), nullable=False),
    Column("reason", Text, nullable=False),
    Column("link", Text),
    Column("link_label", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("read_at", BigInteger),
    Column("starred", Boolean, nullable=False, server_default="0"),
    Column("starred_at", BigInteger),
    Column("dismissed_at", BigInteger),
    Column("snoozed_until", BigInteger),
    Column("source", String(200), nullable=False, server_default=""),  # what it comes from: automation/12, task
    Column("ticket_id", Text),
    UniqueConstraint("event_seq", "person_id"),
    Index("ix_inbox_items_history", "person_id", "starred", "id"),
    Index("ix_inbox_items_person_id_created_at", "person_id", "created_at", "id"),
    Index(
        "ix_inbox_items_inbox",
        "person_id",
        "starred",
        "id",
        "snoozed_until",
        "dismissed_at",  # these two only so that the index answers alone
        sqlite_where=_in_inbox,
        postgresql_where=_in_inbox,
    ),
    Index(
        "ix_inbox_items_unread",
        "person_id",
        "id",
        "snoozed_until",
        "read_at",
        "dismissed_at",
        sqlite_where=_unread,
        postgresql_where=_unread,
    ),
    Index("ix_inbox_items_retention", "created_at", sqlite_where=_unstarred, postgresql_where=_unstarred),
    Index(
        "ix_inbox_items_snoozed",
        "snoozed_until",
        sqlite_where=text("snoozed_until IS NOT NULL"),
        postgresql_where=text("snoozed_until IS NOT NULL"),
    ),
    sqlite_autoincrement=True,
)

undo_steps = Table(
    "undo_steps",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("action", String(32), nullable=False),
    Column("before", Text, nullable=False),  # JSON: per item the columns that the action changed
    Column("at", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)


class NewItemRow(NamedTuple):
    """One event, addressed to one person."""

    person_id: PersonId
    event_seq: EventSeq
    event: str
    workspace_id: WorkspaceId | None
    title: str
    body: str
    severity: str
    reason: str
    link: str | None
    link_label: str | None
    created_at: Instant
    source: str = ""
    ticket_id: str | None = None
    read_at: Instant | None = None  # what comes from a muted source is read from the start


class ItemRow(NamedTuple):
    """An inbox item, as stored, with its workspace's slug."""

    id: ItemId
    event: str
    workspace: str | None
    title: str
    body: str
    severity: str
    reason: str
    link: str | None
    link_label: str | None
    created_at: Instant
    read_at: Instant | None
    starred: bool
    starred_at: Instant | None
    dismissed_at: Instant | None
    snoozed_until: Instant | None
    source: str
    ticket_id: str | None


class Narrowing(NamedTuple):
    """Which of a person's items a list shows. The inbox itself is what is neither dismissed nor asleep; the
    history is everything."""

    history: bool = False
    criteria: tuple[Criterion, ...] = ()


class Place(NamedTuple):
    """The last item of a page: the next page begins below it."""

    starred: bool
    id: ItemId


EVERYTHING = Narrowing(history=True)

_ABOVE_ALL = 2**62

_MATCHES: dict[str, Match] = {
    "event": lambda wanted: matches(inbox_items.c.event, wanted.texts),
    "severity": lambda wanted: inbox_items.c.severity.in_(wanted.texts),
    "workspace": lambda wanted: func.coalesce(inbox_items.c.workspace_id, 0).in_(wanted.values),
    "since": lambda wanted: inbox_items.c.created_at >= wanted.instant,
    "until": lambda wanted: inbox_items.c.created_at < wanted.instant,
    "reason": lambda wanted: contains((inbox_items.c.reason,), wanted.texts),
    "from": lambda wanted: or_(*(_comes_from(source) for source in wanted.texts)),
    "ticket": lambda wanted: is_any(inbox_items.c.ticket_id, wanted, wanted.texts, ""),
    "has": lambda wanted: inbox_items.c.link.is_not(None),
    "text": lambda wanted: contains((inbox_items.c.title, inbox_items.c.body, inbox_items.c.event), wanted.texts),
}
_OWN = inbox_items.c.person_id == bindparam("person")
_AWAKE = or_(inbox_items.c.snoozed_until.is_(None), inbox_items.c.snoozed_until <= bindparam("now"))
_STAYS = inbox_items.c.dismissed_at.is_(None)
_ORDER = (inbox_items.c.starred.desc(), inbox_items.c.id.desc())
_ITEM = select(
    *(
        workspaces.c.slug.label("workspace") if name == "workspace" else inbox_items.c[name]
        for name in ItemRow._fields
    )
).select_from(inbox_items.outerjoin(workspaces, workspaces.c.id == inbox_items.c.workspace_id))
_SECTION = (inbox_items.c.starred == bindparam("starred"), inbox_items.c.id < bindparam("id"))
_IDS = select(inbox_items.c.id).where(_OWN).order_by(*_ORDER)
_HISTORY = _ITEM.where(_OWN).order_by(*_ORDER).limit(bindparam("limit"))
_INBOX = _HISTORY.where(_STAYS, _AWAKE)
_TOP = {True: _HISTORY, False: _INBOX}
_BELOW = {True: _HISTORY.where(*_SECTION), False: _INBOX.where(*_SECTION)}
_INDEX = {True: _IDS, False: _IDS.where(_STAYS, _AWAKE)}
_OWN_BY_ID = inbox_items.c.person_id + 0 == bindparam("person")  # not by the index of the person: the ids are few
_IDS_AMONG = inbox_items.c.id.in_(bindparam("ids", expanding=True))
_ONE = _ITEM.where(_OWN, inbox_items.c.id == bindparam("id"))
_INSERT = insert_unless_there(inbox_items).on_conflict_do_nothing(index_elements=["event_seq", "person_id"])
_NEW = func.json_to_recordset(cast(bindparam("rows", type_=Text), JSON)).table_valued(
    *(column(name, inbox_items.c[name].type) for name in NewItemRow._fields), name="new_items"
)
_INSERT_TOGETHER = (
    insert_unless_there(inbox_items)
    .from_select(NewItemRow._fields, select(_NEW.render_derived(with_types=True)))
    .on_conflict_do_nothing(index_elements=["event_seq", "person_id"])
)
_ADDRESSED = (
    select(inbox_items.c.id, inbox_items.c.person_id, inbox_items.c.workspace_id)
    .where(inbox_items.c.event_seq.between(bindparam("first"), bindparam("last")))
    .order_by(inbox_items.c.event_seq, inbox_items.c.person_id)
)
_COUNT_ALL = select(func.count()).select_from(inbox_items).where(_OWN)
_COUNT = _COUNT_ALL.where(_STAYS, _AWAKE)
_UNREAD = inbox_items.c.read_at.is_(None)
_STARRED = inbox_items.c.starred.is_(True)
_STARRED_COUNT = {True: _COUNT_ALL.where(_STARRED), False: _COUNT.where(_STARRED)}


def insert_items(connection: Connection, rows: Sequence[NewItemRow]) -> None:
    """Put the items into their inboxes, those that are there already excepted."""
    if rows:
        values = [row._asdict() for row in rows]
        if connection.dialect.name == "sqlite":
            connection.execute(_INSERT, values)
        else:  # one statement, so that the triggers run once
            connection.execute(_INSERT_TOGETHER, {"rows": msgspec.json.encode(values).decode()})


def addressed(
    connection: Connection, first: EventSeq, last: EventSeq
) -> list[tuple[ItemId, PersonId, WorkspaceId | None]]:
    """The items that these events became, and whose they are."""
    return [
        (ItemId(item), PersonId(person), None if workspace is None else WorkspaceId(workspace))
        for item, person, workspace in connection.execute(_ADDRESSED, {"first": first, "last": last})
    ]


def page(
    connection: Connection,
    person: PersonId,
    narrowing: Narrowing,
    below: Place | None,
    limit: int,
    now: Instant,
) -> list[ItemRow]:
    """A page of the person's inbox, or of their history."""
    values: dict[str, object] = {"person": person, "limit": limit, "now": now}
    if below is None:
        return _rows(connection, _TOP[narrowing.history], narrowing, values)
    section = _BELOW[narrowing.history]
    rows = _rows(connection, section, narrowing, values | below._asdict())
    if below.starred and len(rows) < limit:
        rest = {"starred": False, "id": _ABOVE_ALL, "limit": limit - len(rows)}
        rows += _rows(connection, section, narrowing, values | rest)
    return rows


def index(connection: Connection, person: PersonId, narrowing: Narrowing, now: Instant) -> list[int]:
    """The ids of all that the page would come to, in its order."""
    statement = listing(narrowing, now)
    return list(connection.execute(statement, {"person": person, "now": now}).scalars())


def listing(narrowing: Narrowing, now: Instant, *more: ColumnElement[Any]) -> Select[Any]:
    """The question for the ids of all that the page would come to, in its order, and for more of them."""
    return _narrowed(_INDEX[narrowing.history].add_columns(*more), narrowing, now)


def starred_count(connection: Connection, person: PersonId, narrowing: Narrowing, now: Instant) -> int:
    """How many items at the top of the index are starred."""
    statement = _narrowed(_STARRED_COUNT[narrowing.history], narrowing, now)
    return int(connection.execute(statement, {"person": person, "now": now}).scalar_one())


def these(
    connection: Connection, person: PersonId, narrowing: Narrowing, ids: Sequence[int], now: Instant
) -> list[ItemRow]:
    """Those of the items that are the person's and that the filter lets through, in no particular order."""
    statement = _ITEM.where(_OWN_BY_ID, _IDS_AMONG)
    if not narrowing.history:
        statement = statement.where(_STAYS, _AWAKE)
    return _rows(connection, statement, narrowing, {"person": person, "ids": list(ids), "now": now})


def one(connection: Connection, person: PersonId, item: ItemId) -> ItemRow | None:
    found = connection.execute(_ONE, {"person": person, "id": item}).one_or_none()
    return None if found is None else ItemRow._make(found)


def _rows(
    connection: Connection, statement: Select[Any], narrowing: Narrowing, values: Mapping[str, Any]
) -> list[ItemRow]:
    statement = _narrowed(statement, narrowing, values["now"])
    return [ItemRow._make(row) for row in connection.execute(statement, values)]


def _narrowed(statement: Select[Any], narrowing: Narrowing, now: Instant) -> Select[Any]:
    if not narrowing.criteria:
        return statement

    def in_state(wanted: Criterion) -> ColumnElement[bool]:
        return or_(*(_state(state, now) for state in wanted.texts))

    return statement.where(*conditions({**_MATCHES, "is": in_state}, narrowing.criteria))


def _comes_from(source: str) -> ColumnElement[bool]:
    """This source, or all of its kind where only the kind is named."""
    exactly = inbox_items.c.source == source
    if "/" in source:
        return exactly
    return or_(exactly, inbox_items.c.source.startswith(f"{source}/", autoescape=True))


def _state(state: str, now: Instant) -> ColumnElement[bool]:
    match state:
        case "unread":
            return _UNREAD
        case "read":
            return not_(_UNREAD)
        case "starred":
            return _STARRED
        case "dismissed":
            return not_(_STAYS)
        case "snoozed":
            return and_(_STAYS, inbox_items.c.snoozed_until.is_not(None), inbox_items.c.snoozed_until > now)
        case "all":
            return true()
        case _:
            raise LookupError(f"an inbox item cannot be {state}")
