"""Approvals: what an agent, a step or a plan may not do before a person has said so."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table, Text, text

from storage.metadata import Serial, metadata

_open = text("state = 'open'")

approvals = Table(
    "approvals",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("workspace_id", ForeignKey("workspaces.id", ondelete="CASCADE"), nullable=False),
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE")),
    Column("turn_id", BigInteger),
    Column("stage_id", BigInteger),
    Column("title", Text, nullable=False),
    Column("detail", Text, nullable=False, server_default=""),
    Column("choices", Text, nullable=False),  # a JSON list
    Column("state", String(10), nullable=False),  # open, allowed, refused, expired, cancelled
    Column("answer", Text),
    Column("approver_id", ForeignKey("people.id"), nullable=False),
    Column("answered_by", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("answered_at", BigInteger),
    Index("ix_approvals_open", "expires_at", sqlite_where=_open, postgresql_where=_open),
    Index("ix_approvals_approver_id_id", "approver_id", "id"),
    Index("ix_approvals_session_id_id", "session_id", "id"),
    sqlite_autoincrement=True,
)
