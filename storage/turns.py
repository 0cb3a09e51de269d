"""What a session is made of: its stages, in order, and the turns that were run for them."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from storage.metadata import Serial, metadata

_running = text("outcome IS NULL AND started_at IS NOT NULL")

stages = Table(
    "stages",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("attempt", Integer, nullable=False, server_default="1"),
    Column("name", String(64), nullable=False),  # the step's id, or the phase
    Column("kind", String(12), nullable=False),
    Column("title", Text, nullable=False),
    Column("spec", Text, nullable=False, server_default="{}"),  # what it is to do, JSON
    Column("state", String(12), nullable=False),
    Column("detail", Text, nullable=False, server_default=""),
    Column("started_at", BigInteger),
    Column("ended_at", BigInteger),
    UniqueConstraint("session_id", "number", "attempt"),
    sqlite_autoincrement=True,
)

turns = Table(
    "turns",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("stage_id", BigInteger),
    Column("purpose", String(16), nullable=False),
    Column("prompt", Text, nullable=False),
    Column("author_id", BigInteger),  # the person whose words the prompt is, where a person wrote it
    Column("provider", String(64), nullable=False),
    Column("model", Text),
    Column("outcome", String(12)),
    Column("detail", Text, nullable=False, server_default=""),
    Column("text", Text, nullable=False, server_default=""),
    Column("exit_code", Integer),
    Column("resume_id", Text),
    Column("mark", String(64), nullable=False),
    Column("worker", Text),
    Column("pid", BigInteger),
    Column("pid_started", BigInteger),
    Column("boot", String(64)),
    Column("denied_tools", Integer, nullable=False, server_default="0"),
    Column("failed_tools", Integer, nullable=False, server_default="0"),
    Column("output_bytes", BigInteger, nullable=False, server_default="0"),
    Column("created_at", BigInteger, nullable=False),
    Column("started_at", BigInteger),
    Column("ended_at", BigInteger),
    UniqueConstraint("session_id", "number"),
    Index("ix_turns_running", "worker", sqlite_where=_running, postgresql_where=_running),
    sqlite_autoincrement=True,
)
