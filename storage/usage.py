"""The cost ledger: one row for each turn that used something. Rows are added and never changed."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table, Text

from storage.metadata import Serial, metadata

usage = Table(
    "usage",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("workspace_id", ForeignKey("workspaces.id", ondelete="CASCADE"), nullable=False),
    Column("session_id", BigInteger, nullable=False),
    Column("turn_id", BigInteger, nullable=False, unique=True),
    Column("ticket_id", String(200)),
    Column("automation_id", BigInteger),
    Column("purpose", String(16), nullable=False),
    Column("provider", String(64), nullable=False),
    Column("model", Text),
    Column("cost", BigInteger),  # millionths of a dollar; none where it is unknown
    Column("source", String(8), nullable=False),  # reported, priced, unknown
    Column("input_tokens", BigInteger),
    Column("cached_tokens", BigInteger),
    Column("output_tokens", BigInteger),
    Index("ix_usage_at", "at"),
    Index("ix_usage_workspace_id_at", "workspace_id", "at"),
    Index("ix_usage_session_id", "session_id"),
    Index("ix_usage_ticket_id", "ticket_id"),
    sqlite_autoincrement=True,
)

conversation_totals = Table(
    "conversation_totals",
    metadata,
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("conversation", String(200), primary_key=True),
    Column("cost", BigInteger),
    Column("input_tokens", BigInteger),
    Column("cached_tokens", BigInteger),
    Column("output_tokens", BigInteger),
)
"""What a provider last said a conversation had used by then: the next turn is charged the difference."""
