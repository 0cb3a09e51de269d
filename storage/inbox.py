"""Inbox items: one event for one person, and the steps that person can undo."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.metadata import Serial, metadata

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
    UniqueConstraint("event_seq", "person_id"),
    Index("ix_inbox_items_history", "person_id", "id"),
    Index(
        "ix_inbox_items_inbox",
        "person_id",
        "starred",
        "id",
        sqlite_where=_in_inbox,
        postgresql_where=_in_inbox,
    ),
    Index("ix_inbox_items_unread", "person_id", "id", sqlite_where=_unread, postgresql_where=_unread),
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
