"""Sessions: one row for each, with where it stands, where it works, and what it belongs to."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, text

from storage.metadata import Serial, metadata

_in_flight = text("state IN ('queued', 'running', 'asking')")
_with_open_request = text("pr_url IS NOT NULL AND pr_settled_at IS NULL")

sessions = Table(
    "sessions",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("workspace_id", ForeignKey("workspaces.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(8), nullable=False),  # develop, chat, bot
    Column("state", String(10), nullable=False),  # queued, running, asking, waiting, done, failed, cancelled
    Column("outcome", String(12)),  # of the last run; none before one has ended
    Column("detail", Text, nullable=False, server_default=""),  # what it is doing, or why it is where it is
    Column("title", Text, nullable=False),
    Column("prompt", Text, nullable=False, server_default=""),
    Column("owner_id", ForeignKey("people.id"), nullable=False),
    Column("creator_id", ForeignKey("people.id"), nullable=False),
    Column("ticket_id", String(200)),
    Column("bot_id", BigInteger),
    Column("bot_name", Text),
    Column("instructions", Text, nullable=False, server_default=""),  # the bot's, as they were at the start
    Column("provider", String(64), nullable=False),
    Column("model", Text),
    Column("workflow", Text),  # its name
    Column("workflow_snapshot", Text),  # its definition as it was at the start, JSON
    Column("parameters", Text, nullable=False, server_default="{}"),
    Column("modes", Text, nullable=False, server_default="[]"),
    Column("auto_complete", Boolean, nullable=False, server_default="0"),
    Column("only_if_unchanged", Boolean, nullable=False, server_default="0"),
    Column("automation_id", BigInteger),
    Column("execution_id", BigInteger),
    Column("worker", Text),  # the server that runs it
    Column("stop_asked_at", BigInteger),
    Column("workdir", Text),
    Column("branch", Text),
    Column("base_ref", Text),
    Column("base_sha", String(64)),
    Column("tree_before", String(64)),
    Column("head_before", String(64)),
    Column("resume_id", Text),
    Column("denied_tools", Integer, nullable=False, server_default="0"),
    Column("failed_tools", Integer, nullable=False, server_default="0"),
    Column("pr_url", Text),
    Column("pr_state", String(8)),  # open, merged, closed, unknown
    Column("pr_checked_at", BigInteger),
    Column("pr_settled_at", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("started_at", BigInteger),
    Column("ended_at", BigInteger),  # of the last run
    Column("updated_at", BigInteger, nullable=False),
    Index("ix_sessions_workspace_id_id", "workspace_id", "id"),
    Index("ix_sessions_owner_id_id", "owner_id", "id"),
    Index("ix_sessions_automation_id_id", "automation_id", "id"),
    Index("ix_sessions_in_flight", "state", "id", sqlite_where=_in_flight, postgresql_where=_in_flight),
    Index(
        "ix_sessions_open_request",
        "pr_checked_at",
        sqlite_where=_with_open_request,
        postgresql_where=_with_open_request,
    ),
    sqlite_autoincrement=True,
)
