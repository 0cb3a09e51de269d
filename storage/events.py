"""Recorded events, in the order in which they were committed, and the dispatcher's place in them."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table, Text, UniqueConstraint

from storage.metadata import Serial, metadata

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
