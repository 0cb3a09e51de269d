"""Deliveries: the outbox. A row is one rule's alert of one event to one channel, and the claim on it."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.metadata import Serial, metadata

_open = text("state = 'pending'")

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
    Index("ix_deliveries_due", "channel_id", "run_at", sqlite_where=_open, postgresql_where=_open),
    Index("ix_deliveries_workspace_id", "workspace_id", "seq", "state"),
    Index("ix_deliveries_state", "state", "seq"),
    Index("ix_deliveries_channel", "channel", "seq"),
    Index("ix_deliveries_rule_id", "rule_id", "seq"),
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
