"""Bots, and what each person has pinned for a quick launch."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from storage.metadata import Serial, metadata

bots = Table(
    "bots",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("workspace_id", ForeignKey("workspaces.id", ondelete="CASCADE"), nullable=False),
    Column("name", String(64), nullable=False),
    Column("provider", String(64), nullable=False),
    Column("model", Text),
    Column("instructions", Text, nullable=False, server_default=""),
    Column("creator_id", ForeignKey("people.id"), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    UniqueConstraint("workspace_id", "name"),
    sqlite_autoincrement=True,
)

pins = Table(
    "pins",
    metadata,
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String(12), primary_key=True),  # automation, bot
    Column("target_id", BigInteger, primary_key=True),
    Column("position", Integer, nullable=False),
    Index("ix_pins_target", "kind", "target_id"),
)
