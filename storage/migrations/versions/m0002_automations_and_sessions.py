"""Automations and their ledger; sessions with their stages, turns, approvals and costs; workflows and bots."""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeEngine

revision = "0002"
down_revision = "0001"


def _id() -> TypeEngine[int]:
    """SQLite numbers only a column declared INTEGER."""
    return BigInteger().with_variant(Integer(), "sqlite")


def _create_partial_index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=text(where), postgresql_where=text(where))


def upgrade() -> None:
    op.create_table(
        "sessions",
        Column("id", _id(), nullable=False),
        Column("workspace_id", _id(), nullable=False),
        Column("kind", String(8), nullable=False),
        Column("state", String(10), nullable=False),
        Column("outcome", String(12)),
        Column("detail", Text, server_default="", nullable=False),
        Column("title", Text, nullable=False),
        Column("prompt", Text, server_default="", nullable=False),
        Column("owner_id", _id(), nullable=False),
        Column("creator_id", _id(), nullable=False),
        Column("ticket_id", String(200)),
        Column("bot_id", BigInteger),
        Column("bot_name", Text),
        Column("instructions", Text, server_default="", nullable=False),
        Column("provider", String(64), nullable=False),
        Column("model", Text),
        Column("workflow", Text),
        Column("workflow_snapshot", Text),
        Column("parameters", Text, server_default="{}", nullable=False),
        Column("modes", Text, server_default="[]", nullable=False),
        Column("auto_complete", Boolean, server_default="0", nullable=False),
        Column("only_if_unchanged", Boolean, server_default="0", nullable=False),
        Column("automation_id", BigInteger),
        Column("execution_id", BigInteger),
        Column("notify", Boolean, server_default="0", nullable=False),
        Column("worker", Text),
        Column("stop_asked_at", BigInteger),
        Column("workdir", Text),
        Column("branch", Text),
        Column("base_ref", Text),
        Column("base_sha", String(64)),
        Column("tree_before", String(140)),
        Column("head_before", String(64)),
        Column("resume_id", Text),
        Column("denied_tools", Integer, server_default="0", nullable=False),
        Column("failed_tools", Integer, server_default="0", nullable=False),
        Column("pr_url", Text),
        Column("pr_state", String(8)),
        Column("pr_head", String(64)),
        Column("pr_due_at", BigInteger),
        Column("pr_unknowns", Integer, server_default="0", nullable=False),
        Column("pr_settled_at", BigInteger),
        Column("merged_commit", String(64)),
        Column("created_at", BigInteger, nullable=False),
        Column("started_at", BigInteger),
        Column("ended_at", BigInteger),
        Column("updated_at", BigInteger, nullable=False),
        ForeignKeyConstraint(["creator_id"], ["people.id"], name="fk_sessions_creator_id_people"),
        ForeignKeyConstraint(["owner_id"], ["people.id"], name="fk_sessions_owner_id_people"),
        ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="fk_sessions_workspace_id_workspaces", ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("id", name="pk_sessions"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sessions_automation_id_id", "sessions", ["automation_id", "id"])
    _create_partial_index(
        "ix_sessions_in_flight",
        "sessions",
        ["state", "updated_at", "id"],
        "state IN ('queued', 'running', 'asking')",
    )
    op.create_index("ix_sessions_creator_id_id", "sessions", ["creator_id", "id"])
    op.create_index("ix_sessions_owner_id_id", "sessions", ["owner_id", "id"])
    _create_partial_index("ix_sessions_request", "sessions", ["workspace_id", "pr_url"], "pr_url IS NOT NULL")
    _create_partial_index("ix_sessions_request_due", "sessions", ["pr_due_at"], "pr_due_at IS NOT NULL")
    _create_partial_index(
        "ix_sessions_worktree", "sessions", ["id"], "branch IS NOT NULL AND workdir IS NOT NULL"
    )
    op.create_index("ix_sessions_workspace_id_id", "sessions", ["workspace_id", "id"])
    op.create_table(
        "stages",
        Column("id", _id(), nullable=False),
        Column("session_id", _id(), nullable=False),
        Column("number", Integer, nullable=False),
        Column("attempt", Integer, server_default="1", nullable=False),
        Column("name", String(64), nullable=False),
        Column("kind", String(12), nullable=False),
        Column("title", Text, nullable=False),
        Column("spec", Text, server_default="{}", nullable=False),
        Column("state", String(12), nullable=False),
        Column("detail", Text, server_default="", nullable=False),
        Column("started_at", BigInteger),
        Column("ended_at", BigInteger),
        ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="fk_stages_session_id_sessions", ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("id", name="pk_stages"),
        UniqueConstraint("session_id", "number", "attempt", name="uq_stages_session_id_number_attempt"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "turns",
        Column("id", _id(), nullable=False),
        Column("session_id", _id(), nullable=False),
        Column("number", Integer, nullable=False),
        Column("stage_id", BigInteger),
        Column("purpose", String(16), nullable=False),
        Column("prompt", Text, nullable=False),
        Column("author_id", BigInteger),
        Column("provider", String(64), nullable=False),
        Column("model", Text),
        Column("outcome", String(12)),
        Column("detail", Text, server_default="", nullable=False),
        Column("text", Text, server_default="", nullable=False),
        Column("exit_code", Integer),
        Column("resume_id", Text),
        Column("mark", String(64), nullable=False),
        Column("worker", Text),
        Column("pid", BigInteger),
        Column("pid_started", BigInteger),
        Column("boot", String(64)),
        Column("denied_tools", Integer, server_default="0", nullable=False),
        Column("failed_tools", Integer, server_default="0", nullable=False),
        Column("output_bytes", BigInteger, server_default="0", nullable=False),
        Column("created_at", BigInteger, nullable=False),
        Column("started_at", BigInteger),
        Column("ended_at", BigInteger),
        ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="fk_turns_session_id_sessions", ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("id", name="pk_turns"),
        UniqueConstraint("session_id", "number", name="uq_turns_session_id_number"),
        sqlite_autoincrement=True,
    )
    _create_partial_index("ix_turns_running", "turns", ["worker"], "outcome IS NULL AND started_at IS NOT NULL")
    op.create_table(
        "approvals",
        Column("id", _id(), nullable=False),
        Column("workspace_id", _id(), nullable=False),
        Column("session_id", _id()),
        Column("turn_id", BigInteger),
        Column("stage_id", BigInteger),
        Column("title", Text, nullable=False),
        Column("detail", Text, server_default="", nullable=False),
        Column("choices", Text, nullable=False),
        Column("state", String(10), nullable=False),
        Column("answer", Text),
        Column("approver_id", _id(), nullable=False),
        Column("answered_by", BigInteger),
        Column("created_at", BigInteger, nullable=False),
        Column("expires_at", BigInteger, nullable=False),
        Column("answered_at", BigInteger),
        ForeignKeyConstraint(["approver_id"], ["people.id"], name="fk_approvals_approver_id_people"),
        ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="fk_approvals_session_id_sessions", ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="fk_approvals_workspace_id_workspaces", ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("id", name="pk_approvals"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_approvals_approver_id_id", "approvals", ["approver_id", "id"])
    _create_partial_index("ix_approvals_open", "approvals", ["expires_at"], "state = 'open'")
    op.create_index("ix_approvals_session_id_id", "approvals", ["session_id", "id"])
    op.create_table(
        "usage",
        Column("id", _id(), nullable=False),
        Column("at", BigInteger, nullable=False),
        Column("month", Integer, nullable=False),
        Column("workspace_id", _id(), nullable=False),
        Column("session_id", BigInteger, nullable=False),
        Column("turn_id", BigInteger, nullable=False),
        Column("ticket_id", String(200)),
        Column("automation_id", BigInteger),
        Column("purpose", String(16), nullable=False),
        Column("provider", String(64), nullable=False),
        Column("model", Text),
        Column("cost", BigInteger),
        Column("source", String(8), nullable=False),
        Column("input_tokens", BigInteger),
        Column("cached_tokens", BigInteger),
        Column("output_tokens", BigInteger),
        ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="fk_usage_workspace_id_workspaces", ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("id", name="pk_usage"),
        UniqueConstraint("turn_id", name="uq_usage_turn_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_usage_at", "usage", ["at"])
    summed = ["cost", "input_tokens", "output_tokens"]
    op.create_index("ix_usage_month", "usage", ["month", *summed])
    op.create_index("ix_usage_session_id", "usage", ["session_id"])
    op.create_index("ix_usage_ticket_id", "usage", ["ticket_id"])
    op.create_index("ix_usage_workspace_id_month", "usage", ["workspace_id", "month", *summed])
    op.create_table(
        "conversation_totals",
        Column("session_id", _id(), nullable=False),
        Column("conversation", String(200), nullable=False),
        Column("cost", BigInteger),
        Column("input_tokens", BigInteger),
        Column("cached_tokens", BigInteger),
        Column("output_tokens", BigInteger),
        ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="fk_conversation_totals_session_id_sessions", ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("session_id", "conversation", name="pk_conversation_totals"),
    )
    op.create_table(
        "workflows",
        Column("id", _id(), nullable=False),
        Column("workspace_id", _id(), nullable=False),
        Column("name", String(64), nullable=False),
        Column("description", Text, server_default="", nullable=False),
        Column("definition", Text, nullable=False),
        Column("source", Text, nullable=False),
        Column("format", String(4), nullable=False),
        Column("revision", Integer, server_default="1", nullable=False),
        Column("creator_id", _id(), nullable=False),
        Column("created_at", BigInteger, nullable=False),
        Column("updated_at", BigInteger, nullable=False),
        ForeignKeyConstraint(["creator_id"], ["people.id"], name="fk_workflows_creator_id_people"),
        ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="fk_workflows_workspace_id_workspaces", ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("id", name="pk_workflows"),
        UniqueConstraint("workspace_id", "name", name="uq_workflows_workspace_id_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "workspace_settings",
        Column("workspace_id", _id(), nullable=False),
        Column("folder", Text),
        Column("base", Text),
        Column("settings", Text, server_default="{}", nullable=False),
        Column("request_secret", Text),
        Column("updated_at", BigInteger, nullable=False),
        ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name="fk_workspace_settings_workspace_id_workspaces",
            ondelete="CASCADE",
        ),
        PrimaryKeyConstraint("workspace_id", name="pk_workspace_settings"),
    )
    op.create_table(
        "bots",
        Column("id", _id(), nullable=False),
        Column("workspace_id", _id(), nullable=False),
        Column("name", String(64), nullable=False),
        Column("provider", String(64), nullable=False),
        Column("model", Text),
        Column("instructions", Text, server_default="", nullable=False),
        Column("creator_id", _id(), nullable=False),
        Column("created_at", BigInteger, nullable=False),
        Column("updated_at", BigInteger, nullable=False),
        ForeignKeyConstraint(["creator_id"], ["people.id"], name="fk_bots_creator_id_people"),
        ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="fk_bots_workspace_id_workspaces", ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("id", name="pk_bots"),
        UniqueConstraint("workspace_id", "name", name="uq_bots_workspace_id_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "pins",
        Column("person_id", _id(), nullable=False),
        Column("kind", String(12), nullable=False),
        Column("target_id", BigInteger, nullable=False),
        Column("position", Integer, nullable=False),
        ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_pins_person_id_people", ondelete="CASCADE"),
        PrimaryKeyConstraint("person_id", "kind", "target_id", name="pk_pins"),
    )
    op.create_index("ix_pins_target", "pins", ["kind", "target_id"])
    op.create_table(
        "automations",
        Column("id", _id(), nullable=False),
        Column("workspace_id", _id(), nullable=False),
        Column("name", Text, nullable=False),
        Column("type", String(10), nullable=False),
        Column("kind", String(8), nullable=False),
        Column("creator_id", _id(), nullable=False),
        Column("prompt", Text),
        Column("workflow", String(64)),
        Column("bot_id", BigInteger),
        Column("parameters", Text, server_default="{}", nullable=False),
        Column("provider", String(64)),
        Column("model", Text),
        Column("modes", Text, server_default="[]", nullable=False),
        Column("ticket_id", String(200)),
        Column("auto_complete", Boolean, server_default="0", nullable=False),
        Column("only_if_unchanged", Boolean, server_default="0", nullable=False),
        Column("run_missed", Boolean, server_default="0", nullable=False),
        Column("parallel", Boolean, server_default="0", nullable=False),
        Column("cron", String(256)),
        Column("zone", String(64)),
        Column("run_at", BigInteger),
        Column("wall_time", String(32)),
        Column("zone_data", String(32)),
        Column("next_run_at", BigInteger),
        Column("last_scheduled_for", BigInteger),
        Column("enabled", Boolean, server_default="1", nullable=False),
        Column("disabled_reason", Text),
        Column("disabled_at", BigInteger),
        Column("disabled_by", Text),
        Column("failures", Integer, server_default="0", nullable=False),
        Column("skips", Integer, server_default="0", nullable=False),
        Column("iteration", BigInteger, server_default="0", nullable=False),
        Column("token_hash", LargeBinary(32)),
        Column("token_fingerprint", String(8)),
        Column("token_made_at", BigInteger),
        Column("signature", String(10)),
        Column("signature_secret", Text),
        Column("revision", Integer, server_default="1", nullable=False),
        Column("created_at", BigInteger, nullable=False),
        Column("updated_at", BigInteger, nullable=False),
        Column("deleted_at", BigInteger),
        ForeignKeyConstraint(["creator_id"], ["people.id"], name="fk_automations_creator_id_people"),
        ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="fk_automations_workspace_id_workspaces", ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("id", name="pk_automations"),
        UniqueConstraint("token_hash", name="uq_automations_token_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_automations_bot_id", "automations", ["bot_id"])
    _create_partial_index(
        "ix_automations_creator_id_id", "automations", ["creator_id", "id"], "deleted_at IS NULL"
    )
    _create_partial_index("ix_automations_due", "automations", ["next_run_at"], "next_run_at IS NOT NULL")
    _create_partial_index(
        "ix_automations_resting",
        "automations",
        ["id"],
        "type = 'loop' AND next_run_at IS NULL AND deleted_at IS NULL",
    )
    _create_partial_index(
        "ix_automations_workspace_id_id", "automations", ["workspace_id", "id"], "deleted_at IS NULL"
    )
    op.create_table(
        "executions",
        Column("id", _id(), nullable=False),
        Column("automation_id", _id(), nullable=False),
        Column("workspace_id", BigInteger, nullable=False),
        Column("trigger", String(10)),
        Column("actor_id", BigInteger),
        Column("fingerprint", String(8)),
        Column("scheduled_for", BigInteger),
        Column("missed_count", Integer, server_default="0", nullable=False),
        Column("iteration", BigInteger),
        Column("parameters", Text, server_default="{}", nullable=False),
        Column("created_at", BigInteger, nullable=False),
        Column("started_at", BigInteger),
        Column("finished_at", BigInteger),
        Column("outcome", String(12)),
        Column("reason", Text, server_default="", nullable=False),
        Column("session_id", BigInteger),
        ForeignKeyConstraint(
            ["automation_id"],
            ["automations.id"],
            name="fk_executions_automation_id_automations",
            ondelete="CASCADE",
        ),
        PrimaryKeyConstraint("id", name="pk_executions"),
        UniqueConstraint("automation_id", "scheduled_for", name="uq_executions_automation_id_scheduled_for"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_executions_automation_id_id", "executions", ["automation_id", "id"])
    op.create_index("ix_executions_session_id", "executions", ["session_id"])
    _create_partial_index("ix_executions_claimed", "executions", ["id"], "outcome IS NULL AND started_at IS NULL")
    _create_partial_index("ix_executions_unfinished", "executions", ["automation_id"], "outcome IS NULL")
    op.create_index("ix_executions_workspace_id_id", "executions", ["workspace_id", "id"])
    op.create_table(
        "webhook_calls",
        Column("automation_id", _id(), nullable=False),
        Column("delivery", String(200), nullable=False),
        Column("at", BigInteger, nullable=False),
        Column("status", Integer, nullable=False),
        Column("answer", Text, nullable=False),
        ForeignKeyConstraint(
            ["automation_id"],
            ["automations.id"],
            name="fk_webhook_calls_automation_id_automations",
            ondelete="CASCADE",
        ),
        PrimaryKeyConstraint("automation_id", "delivery", name="pk_webhook_calls"),
    )
    op.create_index("ix_webhook_calls_at", "webhook_calls", ["at"])
    op.create_table(
        "workers",
        Column("name", String(200), nullable=False),
        Column("home", Text, nullable=False),
        Column("boot", String(64), nullable=False),
        Column("seen_at", BigInteger, nullable=False),
        PrimaryKeyConstraint("name", name="pk_workers"),
    )
