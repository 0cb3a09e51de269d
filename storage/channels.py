"""Channels: those that were made over the API with their settings, and of all of them how they do."""

from sqlalchemy import BigInteger, Boolean, Column, String, Table, Text

from storage.metadata import Serial, metadata

channels = Table(
    "channels",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("type", String(16), nullable=False),
    Column("source", String(8), nullable=False),  # file, api
    Column("settings", Text, nullable=False, server_default="{}"),  # of one from a file, these are in the file
    Column("present", Boolean, nullable=False, server_default="1"),  # of one from a file: it still names it
    Column("disabled_at", BigInteger),
    Column("disabled_reason", Text),
    Column("paused_until", BigInteger),
    Column("pause_reason", Text),
    Column("last_state", String(8)),
    Column("last_at", BigInteger),
    Column("last_error", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)
