"""The router: channels, rules and when they fired, and the outbox of deliveries."""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeEngine

revision = "0004"
down_revision = "0003"

_OPEN = text("state = 'pending'")
_WRITTEN = text("written IS NOT NULL")


def _id() -> TypeEngine[int]:
    """SQLite numbers only a column declared INTEGER."""
    return BigInteger().with_variant(Integer(), "sqlite")


def _counted(name: str) -> Column[int]:
    return Column(name, BigInteger, server_default="0", nullable=False)


def _of_workspace(table: str) -> ForeignKeyConstraint:
    name = f"fk_{table}_workspace_id_workspaces"
    return ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=name, ondelete="CASCADE")


def _make_channels() -> None:
    op.create_table(
        "channels",
        Column("id", _id(), nullable=False),
        Column("name", String(64), nullable=False),
        Column("type", String(16), nullable=False),
        Column("source", String(8), nullable=False),
        Column("settings", Text, server_default="{}", nullable=False),
        Column("present", Boolean, server_default="1", nullable=False),
        Column("disabled_at", BigInteger),
        Column("disabled_reason", Text),
        Column("paused_until", BigInteger),
        Column("pause_reason", Text),
        Column("last_state", String(8)),
        Column("last_at", BigInteger),
        Column("last_error", Text),
        Column("created_at", BigInteger, nullable=False),
        Column("updated_at", BigInteger, nullable=False),
        PrimaryKeyConstraint("id", name="pk_channels"),
        UniqueConstraint("name", name="uq_channels_name"),
        sqlite_autoincrement=True,
    )


def _make_rules() -> None:
    op.create_table(
        "rules",
        Column("seq", _id(), nullable=False),
        Column("id", String(128), nullable=False),
        Column("source", String(8), nullable=False),
        Column("owner", String(300)),
        Column("workspace_id", _id()),
        Column("written", Text, nullable=False),
        Column("created_by", BigInteger),
        Column("created_at", BigInteger, nullable=False),
        Column("updated_at", BigInteger, nullable=False),
        _of_workspace("rules"),
        PrimaryKeyConstraint("seq", name="pk_rules"),
        UniqueConstraint("id", name="uq_rules_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_rules_owner", "rules", ["owner"])
    op.create_table(
        "rule_versions",
        Column("id", Integer, nullable=False, autoincrement=False),
        Column("version", BigInteger, nullable=False),
        PrimaryKeyConstraint("id", name="pk_rule_versions"),
    )
    op.get_bind().exec_driver_sql("INSERT INTO rule_versions (id, version) VALUES (1, 0), (2, 0)")
    op.create_table(
        "scoped_rules",
        Column("workspace_id", _id(), nullable=False),
        Column("kind", String(8), nullable=False),
        Column("subject_id", String(200), nullable=False),
        Column("mission_id", String(200)),
        Column("name", Text),
        Column("written", Text),
        Column("gone_at", BigInteger),
        _of_workspace("scoped_rules"),
        PrimaryKeyConstraint("workspace_id", "kind", "subject_id", name="pk_scoped_rules"),
    )
    op.create_index("ix_scoped_rules_name", "scoped_rules", ["workspace_id", "name"])
    op.create_index("ix_scoped_rules_gone_at", "scoped_rules", ["gone_at"])
    op.create_index(
        "ix_scoped_rules_written",
        "scoped_rules",
        ["workspace_id"],
        sqlite_where=_WRITTEN,
        postgresql_where=_WRITTEN,
    )
    op.create_table(
        "rule_cooldowns",
        Column("rule_id", String(128), nullable=False),
        Column("scope", String(300), nullable=False),
        Column("fired_at", BigInteger, nullable=False),
        Column("fired", BigInteger, nullable=False),
        Column("dropped", BigInteger, nullable=False),
        Column("dropped_since", BigInteger, nullable=False),
        Column("held_since", BigInteger),
        PrimaryKeyConstraint("rule_id", "scope", name="pk_rule_cooldowns"),
    )


def _make_deliveries() -> None:
    op.create_table(
        "deliveries",
        Column("seq", _id(), nullable=False),
        Column("id", String(40), nullable=False),
        Column("external_id", String(200)),
        Column("event_seq", BigInteger),
        Column("event_id", String(40)),
        Column("event", String(200), nullable=False),
        Column("rule_id", String(128), nullable=False),
        Column("rule_name", Text, nullable=False),
        Column("channel", String(64), nullable=False),
        Column("channel_type", String(16), nullable=False),
        Column("channel_id", BigInteger),
        Column("workspace_id", BigInteger),
        Column("private", Boolean, server_default="0", nullable=False),
        Column("title", Text, nullable=False),
        Column("body", Text, nullable=False),
        Column("severity", String(8), nullable=False),
        Column("sender_id", BigInteger),
        _counted("held_back"),
        Column("held_since", BigInteger),
        Column("state", String(12), nullable=False),
        Column("run_at", BigInteger, nullable=False),
        Column("attempt", Integer, server_default="0", nullable=False),
        Column("lease_token", String(32)),
        Column("leased_by", Text),
        Column("error", Text),
        Column("reason", Text),
        Column("receipt", Text),
        Column("created_at", BigInteger, nullable=False),
        Column("fires_at", BigInteger, nullable=False),
        Column("give_up_at", BigInteger, nullable=False),
        Column("settled_at", BigInteger),
        PrimaryKeyConstraint("seq", name="pk_deliveries"),
        UniqueConstraint("id", name="uq_deliveries_id"),
        UniqueConstraint("event_seq", "rule_id", "channel", name="uq_deliveries_event_seq_rule_id_channel"),
        UniqueConstraint("workspace_id", "external_id", name="uq_deliveries_workspace_id_external_id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["channel_id", "run_at"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index("ix_deliveries_workspace_id", "deliveries", ["workspace_id", "seq", "state"])
    for name in ("state", "channel", "rule_id"):
        op.create_index(f"ix_deliveries_{name}", "deliveries", [name, "seq"])
    op.create_index("ix_deliveries_settled_at", "deliveries", ["settled_at"])
    op.create_table(
        "delivery_attempts",
        Column("delivery_seq", _id(), nullable=False, autoincrement=False),
        Column("number", Integer, nullable=False, autoincrement=False),
        Column("began_at", BigInteger, nullable=False),
        Column("took_ms", Integer),
        Column("outcome", String(12)),
        Column("sentence", Text, server_default="", nullable=False),
        ForeignKeyConstraint(
            ["delivery_seq"],
            ["deliveries.seq"],
            name="fk_delivery_attempts_delivery_seq_deliveries",
            ondelete="CASCADE",
        ),
        PrimaryKeyConstraint("delivery_seq", "number", name="pk_delivery_attempts"),
    )
    op.create_table(
        "delivery_days",
        Column("channel_id", BigInteger, nullable=False, autoincrement=False),
        Column("day", String(10), nullable=False),
        *(_counted(name) for name in ("sent", "failed", "dropped")),
        PrimaryKeyConstraint("channel_id", "day", name="pk_delivery_days"),
    )


def upgrade() -> None:
    op.drop_table("jobs")
    _make_channels()
    _make_rules()
    _make_deliveries()
