"""Inbox items: one event for one person, and the steps that person can undo."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    cast,
    column,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import insert as insert_unless_there

from storage import search
from storage.criterion import Criterion
from storage.ids import EventSeq, Instant, ItemId, PersonId, WorkspaceId
from storage.metadata import Serial, metadata
from storage.people import workspaces
from storage.prepared import Prepared

_in_inbox = text("dismissed_at IS NULL")
_unread = text("read_at IS NULL AND dismissed_at IS NULL")
_snoozed = text("snoozed_until IS NOT NULL AND dismissed_at IS NULL")
_dismissed = text("dismissed_at IS NOT NULL")
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
        "starred",
        "id",
        "snoozed_until",
        "read_at",
        "dismissed_at",
        sqlite_where=_unread,
        postgresql_where=_unread,
    ),
    Index(
        "ix_inbox_items_asleep",
        "person_id",
        "starred",
        "id",
        sqlite_where=_snoozed,
        postgresql_where=_snoozed,
    ),
    Index(
        "ix_inbox_items_dismissed",
        "person_id",
        "starred",
        "id",
        sqlite_where=_dismissed,
        postgresql_where=_dismissed,
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

_OWN = inbox_items.c.person_id == bindparam("person")
_ITEM = select(
    *(
        workspaces.c.slug.label("workspace") if name == "workspace" else inbox_items.c[name]
        for name in ItemRow._fields
    )
).select_from(inbox_items.outerjoin(workspaces, workspaces.c.id == inbox_items.c.workspace_id))
_ONE = _ITEM.where(_OWN, inbox_items.c.id == bindparam("id"))
_EVENT_OF = select(inbox_items.c.event_seq).where(_OWN, inbox_items.c.id == bindparam("id"))
_INSERT_EACH = Prepared(
    insert_unless_there(inbox_items)
    .inline()
    .values({name: bindparam(name) for name in NewItemRow._fields})
    .on_conflict_do_nothing(index_elements=["event_seq", "person_id"])
)
_NEW = func.json_to_recordset(cast(bindparam("rows", type_=Text), JSON)).table_valued(
    *(column(name, inbox_items.c[name].type) for name in NewItemRow._fields), name="new_items"
)
_INSERT_TOGETHER = (
    insert_unless_there(inbox_items)
    .from_select(NewItemRow._fields, select(_NEW.render_derived(with_types=True)))
    .on_conflict_do_nothing(index_elements=["event_seq", "person_id"])
)
_NUMBERS = select(inbox_items.c.id, inbox_items.c.event_seq, inbox_items.c.person_id).where(
    inbox_items.c.event_seq.between(bindparam("first"), bindparam("last"))
)
_ADDRESSED = (
    select(inbox_items.c.id, inbox_items.c.person_id, inbox_items.c.workspace_id)
    .where(inbox_items.c.event_seq.between(bindparam("first"), bindparam("last")))
    .order_by(inbox_items.c.event_seq, inbox_items.c.person_id)
)


def insert_items(connection: Connection, rows: Sequence[NewItemRow]) -> None:
    """Put the items into their inboxes, those that are there already excepted. Their words are put beside them on
    PostgreSQL; on SQLite `storage.indexing` does that later."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        _INSERT_EACH.many(connection, NewItemRow._fields, rows)
        return
    values = [row._asdict() for row in rows]  # one statement, so that the triggers run once
    connection.execute(_INSERT_TOGETHER, {"rows": msgspec.json.encode(values).decode()})
    if search.state(connection).current:
        search.put(connection, _entries(connection, rows), 0)


def addressed(
    connection: Connection, first: EventSeq, last: EventSeq
) -> list[tuple[ItemId, PersonId, WorkspaceId | None]]:
    """The items that these events became, and whose they are."""
    return [
        (ItemId(item), PersonId(person), None if workspace is None else WorkspaceId(workspace))
        for item, person, workspace in connection.execute(_ADDRESSED, {"first": first, "last": last})
    ]


def _entries(connection: Connection, rows: Sequence[NewItemRow]) -> list[search.Entry]:
    """The items as the index takes them, with the ids that they were given."""
    seqs = [row.event_seq for row in rows]
    ids = {
        (seq, person): item
        for item, seq, person in connection.execute(_NUMBERS, {"first": min(seqs), "last": max(seqs)})
    }
    return [
        search.Entry(
            ids[row.event_seq, row.person_id], *(getattr(row, name) for name in search.Entry._fields[1:])
        )
        for row in rows
    ]


def one(connection: Connection, person: PersonId, item: ItemId) -> ItemRow | None:
    found = connection.execute(_ONE, {"person": person, "id": item}).one_or_none()
    return None if found is None else ItemRow._make(found)


def event_of(connection: Connection, person: PersonId, item: ItemId) -> EventSeq | None:
    """The event that became this item of the person's."""
    found = connection.execute(_EVENT_OF, {"person": person, "id": item}).scalar_one_or_none()
    return None if found is None else EventSeq(found)
