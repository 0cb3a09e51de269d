"""The ledger of automations: every occurrence, as a run or as the reason why there was none."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.metadata import Serial, metadata

_unfinished = text("outcome IS NULL")

executions = Table(
    "executions",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("automation_id", ForeignKey("automations.id", ondelete="CASCADE"), nullable=False),
    Column("workspace_id", BigInteger, nullable=False),
    Column("trigger", String(10)),  # schedule, run-now, webhook, catch-up, loop; none where it was not recorded
    Column("actor_id", BigInteger),  # who pressed Run Now
    Column("fingerprint", String(8)),  # of a webhook's token
    Column("scheduled_for", BigInteger),
    Column("missed_count", Integer, nullable=False, server_default="0"),
    Column("iteration", BigInteger),
    Column("parameters", Text, nullable=False, server_default="{}"),
    Column("created_at", BigInteger, nullable=False),
    Column("started_at", BigInteger),
    Column("finished_at", BigInteger),
    Column("outcome", String(12)),  # none while it runs
    Column("reason", Text, nullable=False, server_default=""),
    Column("session_id", BigInteger),  # the session that it started, or the one that was in its way
    UniqueConstraint("automation_id", "scheduled_for"),
    Index("ix_executions_automation_id_id", "automation_id", "id"),
    Index("ix_executions_workspace_id_id", "workspace_id", "id"),
    Index("ix_executions_session_id", "session_id"),
    Index("ix_executions_unfinished", "automation_id", sqlite_where=_unfinished, postgresql_where=_unfinished),
    sqlite_autoincrement=True,
)

webhook_calls = Table(
    "webhook_calls",
    metadata,
    Column("automation_id", ForeignKey("automations.id", ondelete="CASCADE"), nullable=False),
    Column("delivery", String(200), nullable=False),  # the sender's own id of the call
    Column("at", BigInteger, nullable=False),
    Column("status", Integer, nullable=False),
    Column("answer", Text, nullable=False),
    PrimaryKeyConstraint("automation_id", "delivery"),
    Index("ix_webhook_calls_at", "at"),
)
"""What a call was answered, so that the same call again is answered alike and runs nothing."""
