"""People, keys and the audit record, events and the change feed, the inbox and claims."""

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

revision = "0001"
down_revision = None


def _id() -> TypeEngine[int]:
    """SQLite numbers only a column declared INTEGER."""
    return BigInteger().with_variant(Integer(), "sqlite")


def _create_partial_index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=text(where), postgresql_where=text(where))


def upgrade() -> None:
    op.create_table(
        "audit",
        Column("id", _id(), nullable=False),
        Column("at", BigInteger, nullable=False),
        Column("actor", String(128), nullable=False),
        Column("via", String(64), nullable=False),
        Column("action", String(64), nullable=False),
        Column("target", Text, nullable=False),
        Column("outcome", String(16), nullable=False),
        Column("detail", Text, server_default="{}", nullable=False),
        PrimaryKeyConstraint("id", name="pk_audit"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_action_id", "audit", ["action", "id"])
    op.create_table(
        "auth_failures",
        Column("id", _id(), nullable=False),
        Column("subject", String(128), nullable=False),
        Column("at", BigInteger, nullable=False),
        PrimaryKeyConstraint("id", name="pk_auth_failures"),
    )
    op.create_index("ix_auth_failures_subject_at", "auth_failures", ["subject", "at"])
    op.create_table(
        "changes",
        Column("seq", _id(), nullable=False),
        Column("topic", String(32), nullable=False),
        Column("subject", Text, nullable=False),
        Column("person_id", BigInteger),
        Column("workspace_id", BigInteger),
        Column("at", BigInteger, nullable=False),
        PrimaryKeyConstraint("seq", name="pk_changes"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_changes_at", "changes", ["at"])
    op.create_table(
        "cursors",
        Column("name", String(32), nullable=False),
        Column("position", BigInteger, nullable=False),
        PrimaryKeyConstraint("name", name="pk_cursors"),
    )
    op.create_table(
        "jobs",
        Column("id", _id(), nullable=False),
        Column("queue", String(32), nullable=False),
        Column("key", Text, nullable=False),
        Column("payload", Text, server_default="{}", nullable=False),
        Column("state", String(8), server_default="ready", nullable=False),
        Column("run_at", BigInteger, nullable=False),
        Column("attempt", Integer, server_default="0", nullable=False),
        Column("max_attempts", Integer, server_default="0", nullable=False),
        Column("lease_token", String(32)),
        Column("leased_by", Text),
        Column("error", Text),
        Column("created_at", BigInteger, nullable=False),
        Column("settled_at", BigInteger),
        PrimaryKeyConstraint("id", name="pk_jobs"),
        UniqueConstraint("queue", "key", name="uq_jobs_queue_key"),
        sqlite_autoincrement=True,
    )
    _create_partial_index("ix_jobs_due", "jobs", ["queue", "run_at"], "state IN ('ready', 'leased')")
    op.create_table(
        "people",
        Column("id", _id(), nullable=False),
        Column("name", String(64), nullable=False),
        Column("uid", BigInteger),
        Column("display_name", Text, server_default="", nullable=False),
        Column("time_zone", String(64), server_default="UTC", nullable=False),
        Column("desktop_alerts", String(8), server_default="never", nullable=False),
        Column("quiet_from", String(5)),
        Column("quiet_to", String(5)),
        Column("admin", Boolean, server_default="0", nullable=False),
        Column("created_at", BigInteger, nullable=False),
        Column("left_at", BigInteger),
        PrimaryKeyConstraint("id", name="pk_people"),
        UniqueConstraint("name", name="uq_people_name"),
        UniqueConstraint("uid", name="uq_people_uid"),
    )
    op.create_table(
        "workspaces",
        Column("id", _id(), nullable=False),
        Column("slug", String(64), nullable=False),
        Column("name", Text, nullable=False),
        Column("created_at", BigInteger, nullable=False),
        PrimaryKeyConstraint("id", name="pk_workspaces"),
        UniqueConstraint("slug", name="uq_workspaces_slug"),
    )
    op.create_table(
        "api_keys",
        Column("id", String(32), nullable=False),
        Column("name", Text, nullable=False),
        Column("owner_id", _id(), nullable=False),
        Column("permissions", Text, nullable=False),
        Column("prefix", String(16), nullable=False),
        Column("hash", LargeBinary(32), nullable=False),
        Column("created_at", BigInteger, nullable=False),
        Column("expires_at", BigInteger),
        Column("announced_days", BigInteger),
        Column("revoked_at", BigInteger),
        Column("replaced_by", String(32)),
        Column("last_used_at", BigInteger),
        ForeignKeyConstraint(["owner_id"], ["people.id"], name="fk_api_keys_owner_id_people"),
        PrimaryKeyConstraint("id", name="pk_api_keys"),
        UniqueConstraint("hash", name="uq_api_keys_hash"),
    )
    op.create_index("ix_api_keys_owner_id", "api_keys", ["owner_id"])
    op.create_table(
        "events",
        Column("seq", _id(), nullable=False),
        Column("id", String(64), nullable=False),
        Column("origin", String(32), nullable=False),
        Column("external_id", Text),
        Column("name", String(200), nullable=False),
        Column("workspace_id", _id()),
        Column("mission_id", Text),
        Column("ticket_id", Text),
        Column("payload", Text, nullable=False),
        Column("recipients", Text),
        Column("actor_id", BigInteger),
        Column("recorded_at", BigInteger, nullable=False),
        ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="fk_events_workspace_id_workspaces", ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("seq", name="pk_events"),
        UniqueConstraint("id", name="uq_events_id"),
        UniqueConstraint("origin", "external_id", name="uq_events_origin_external_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_events_name_seq", "events", ["name", "seq"])
    op.create_index("ix_events_recorded_at", "events", ["recorded_at"])
    op.create_index("ix_events_workspace_id_seq", "events", ["workspace_id", "seq"])
    op.create_table(
        "grants",
        Column("person_id", _id(), nullable=False),
        Column("permission", String(64), nullable=False),
        ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_grants_person_id_people", ondelete="CASCADE"),
        PrimaryKeyConstraint("person_id", "permission", name="pk_grants"),
    )
    op.create_table(
        "inbox_items",
        Column("id", _id(), nullable=False),
        Column("person_id", _id(), nullable=False),
        Column("event_seq", BigInteger, nullable=False),
        Column("event", String(200), nullable=False),
        Column("workspace_id", BigInteger),
        Column("title", Text, nullable=False),
        Column("body", Text, nullable=False),
        Column("severity", String(8), nullable=False),
        Column("reason", Text, nullable=False),
        Column("link", Text),
        Column("link_label", Text),
        Column("created_at", BigInteger, nullable=False),
        Column("read_at", BigInteger),
        Column("starred", Boolean, server_default="0", nullable=False),
        Column("starred_at", BigInteger),
        Column("dismissed_at", BigInteger),
        Column("snoozed_until", BigInteger),
        ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_inbox_items_person_id_people", ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("id", name="pk_inbox_items"),
        UniqueConstraint("event_seq", "person_id", name="uq_inbox_items_event_seq_person_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_inbox_items_history", "inbox_items", ["person_id", "starred", "id"])
    _create_partial_index(
        "ix_inbox_items_inbox",
        "inbox_items",
        ["person_id", "starred", "id", "snoozed_until", "dismissed_at"],
        "dismissed_at IS NULL",
    )
    _create_partial_index("ix_inbox_items_retention", "inbox_items", ["created_at"], "starred_at IS NULL")
    _create_partial_index("ix_inbox_items_snoozed", "inbox_items", ["snoozed_until"], "snoozed_until IS NOT NULL")
    _create_partial_index(
        "ix_inbox_items_unread",
        "inbox_items",
        ["person_id", "id", "snoozed_until", "read_at", "dismissed_at"],
        "read_at IS NULL AND dismissed_at IS NULL",
    )
    op.create_table(
        "memberships",
        Column("workspace_id", _id(), nullable=False),
        Column("person_id", _id(), nullable=False),
        Column("since", BigInteger, nullable=False),
        ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_memberships_person_id_people", ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="fk_memberships_workspace_id_workspaces", ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("workspace_id", "person_id", name="pk_memberships"),
    )
    op.create_index("ix_memberships_person_id", "memberships", ["person_id"])
    op.create_table(
        "responsibilities",
        Column("workspace_id", _id(), nullable=False),
        Column("subject_kind", String(16), nullable=False),
        Column("subject_id", String(128), nullable=False),
        Column("role", String(16), nullable=False),
        Column("person_id", _id(), nullable=False),
        ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_responsibilities_person_id_people", ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name="fk_responsibilities_workspace_id_workspaces",
            ondelete="CASCADE",
        ),
        PrimaryKeyConstraint("workspace_id", "subject_kind", "subject_id", "role", name="pk_responsibilities"),
    )
    op.create_table(
        "undo_steps",
        Column("id", _id(), nullable=False),
        Column("person_id", _id(), nullable=False),
        Column("action", String(32), nullable=False),
        Column("before", Text, nullable=False),
        Column("at", BigInteger, nullable=False),
        ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_undo_steps_person_id_people", ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("id", name="pk_undo_steps"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_undo_steps_person_id", "undo_steps", ["person_id"])
