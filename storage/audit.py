"""The append-only record of who did what to which thing, refused attempts included."""

from sqlalchemy import BigInteger, Column, Index, String, Table, Text

from storage.metadata import Serial, metadata

audit = Table(
    "audit",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("actor", String(128), nullable=False),  # a person's name, or "server"
    Column("via", String(64), nullable=False),  # "socket", "key:<id>", "server"
    Column("action", String(64), nullable=False),
    Column("target", Text, nullable=False),
    Column("outcome", String(16), nullable=False),  # "done" or "refused"
    Column("detail", Text, nullable=False, server_default="{}"),
    Index("ix_audit_action_id", "action", "id"),
    sqlite_autoincrement=True,
)
