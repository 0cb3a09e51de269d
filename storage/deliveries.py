"""Deliveries: the outbox. A row is one rule's alert of one event to one channel, and the claim on it."""

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
    Integer,
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

from storage.claims import Claims
from storage.ids import ChannelId, DeliveryId, EventId, EventSeq, Instant, PersonId, WorkspaceId
from storage.metadata import Serial, metadata
from storage.prepared import Prepared

_open = text("state = 'pending'")
_private_sqlite, _private_postgresql = text("private = 1"), text("private")  # as queries say it

deliveries = Table(
    "deliveries",
    metadata,
    Column("seq", Serial, primary_key=True),
    Column("id", String(40), nullable=False, unique=True),  # notif_…, the same from attempt to attempt
    Column("external_id", String(200)),  # of what was sent by hand, as its sender calls it
    Column("event_seq", BigInteger),
    Column("event_id", String(40)),
    Column("event", String(200), nullable=False),
    Column("rule_id", String(128), nullable=False),
    Column("rule_name", Text, nullable=False),
    Column("channel", String(64), nullable=False),
    Column("channel_type", String(16), nullable=False),
    Column("channel_id", BigInteger),  # nothing where there was no channel of that name
    Column("workspace_id", BigInteger),
    Column("private", Boolean, nullable=False, server_default="0"),  # of a letter, which only its readers may see
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("severity", String(8), nullable=False),
    Column("sender_id", BigInteger),
    Column("held_back", BigInteger, nullable=False, server_default="0"),
    Column("held_since", BigInteger),
    Column("state", String(12), nullable=False),  # pending, sent, failed, dropped, cancelled
    Column("run_at", BigInteger, nullable=False),  # when it is due; while it is leased, when the lease ends
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("lease_token", String(32)),
    Column("leased_by", Text),
    Column("error", Text),
    Column("reason", Text),
    Column("receipt", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("fires_at", BigInteger, nullable=False),
    Column("give_up_at", BigInteger, nullable=False),
    Column("settled_at", BigInteger),
    UniqueConstraint("event_seq", "rule_id", "channel"),
    UniqueConstraint("workspace_id", "external_id"),
    Index(
        "ix_deliveries_due",
        *("channel_id", "run_at", "seq", "give_up_at"),
        sqlite_where=_open,
        postgresql_where=_open,
    ),
    Index("ix_deliveries_workspace_id", "workspace_id", "seq"),
    Index("ix_deliveries_workspace_id_state", "workspace_id", "state", "seq"),
    Index("ix_deliveries_workspace_id_channel", "workspace_id", "channel", "state", "seq"),
    Index("ix_deliveries_workspace_id_rule_id", "workspace_id", "rule_id", "state", "seq"),
    Index("ix_deliveries_state", "state", "seq"),
    Index("ix_deliveries_channel", "channel", "state", "seq"),
    Index("ix_deliveries_rule_id", "rule_id", "state", "seq"),
    Index(
        "ix_deliveries_private",
        "workspace_id",
        "seq",
        sqlite_where=_private_sqlite,
        postgresql_where=_private_postgresql,
    ),
    Index("ix_deliveries_settled_at", "settled_at"),
    sqlite_autoincrement=True,
)

delivery_attempts = Table(
    "delivery_attempts",
    metadata,
    Column("delivery_seq", ForeignKey("deliveries.seq", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("began_at", BigInteger, nullable=False),
    Column("took_ms", Integer),
    Column("outcome", String(12)),  # nothing while it is under way
    Column("sentence", Text, nullable=False, server_default=""),
)

delivery_days = Table(
    "delivery_days",
    metadata,
    Column("channel_id", BigInteger, primary_key=True, autoincrement=False),
    Column("day", String(10), primary_key=True),  # in UTC
    Column("sent", BigInteger, nullable=False, server_default="0"),
    Column("failed", BigInteger, nullable=False, server_default="0"),
    Column("dropped", BigInteger, nullable=False, server_default="0"),
)
"""What became of each day's deliveries, for as long as the channel is there."""


class NewDeliveryRow(NamedTuple):
    """One rule's alert of one event to one channel: pending, or settled from the start."""

    id: str
    external_id: str | None
    event_seq: EventSeq | None
    event_id: EventId | None
    event: str
    rule_id: str
    rule_name: str
    channel: str
    channel_type: str
    channel_id: ChannelId | None
    workspace_id: WorkspaceId | None
    private: bool
    title: str
    body: str
    severity: str
    sender_id: PersonId | None
    held_back: int
    held_since: Instant | None
    state: str
    run_at: Instant
    error: str | None
    reason: str | None
    created_at: Instant
    fires_at: Instant
    give_up_at: Instant
    settled_at: Instant | None


class DueRow(NamedTuple):
    """A delivery as its worker gets it. `lease_token` is that of a worker which did not come back."""

    seq: DeliveryId
    id: str
    event_seq: EventSeq | None
    event_id: EventId | None
    event: str
    rule_id: str
    rule_name: str
    channel: str
    channel_type: str
    channel_id: ChannelId
    workspace_id: WorkspaceId | None
    private: bool
    title: str
    body: str
    severity: str
    sender_id: PersonId | None
    held_back: int
    held_since: Instant | None
    run_at: Instant
    attempt: int
    lease_token: str | None
    created_at: Instant
    fires_at: Instant
    give_up_at: Instant


CLAIMS = Claims(deliveries, DueRow, DueRow._fields, group=deliveries.c.channel_id, opened=_open)
"""Each channel is claimed by itself, by its id."""

_ONCE = ["event_seq", "rule_id", "channel"]
_INSERT_EACH = Prepared(
    insert_unless_there(deliveries)
    .inline()
    .values({name: bindparam(name) for name in NewDeliveryRow._fields})
    .on_conflict_do_nothing(index_elements=_ONCE)
)
_NEW = func.json_to_recordset(cast(bindparam("rows", type_=Text), JSON)).table_valued(
    *(column(name, deliveries.c[name].type) for name in NewDeliveryRow._fields), name="new_deliveries"
)
_INSERT_TOGETHER = (
    insert_unless_there(deliveries)
    .from_select(NewDeliveryRow._fields, select(_NEW.render_derived(with_types=True)))
    .on_conflict_do_nothing(index_elements=_ONCE)
)
_insertion = insert_unless_there(delivery_days)
_COUNT = _insertion.on_conflict_do_update(
    index_elements=["channel_id", "day"],
    set_={name: delivery_days.c[name] + _insertion.excluded[name] for name in ("sent", "failed", "dropped")},
)


def insert_many(connection: Connection, rows: Sequence[NewDeliveryRow]) -> None:
    """Put the deliveries into the outbox, those that are there already excepted."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        _INSERT_EACH.many(connection, NewDeliveryRow._fields, rows)
        return
    values = [row._asdict() for row in rows]
    connection.execute(_INSERT_TOGETHER, {"rows": msgspec.json.encode(values).decode()})


def count(
    connection: Connection, channel: ChannelId, day: str, *, sent: int = 0, failed: int = 0, dropped: int = 0
) -> None:
    """Add these to what became of a channel's deliveries on that day."""
    values = {"channel_id": channel, "day": day, "sent": sent, "failed": failed, "dropped": dropped}
    connection.execute(_COUNT, values)
