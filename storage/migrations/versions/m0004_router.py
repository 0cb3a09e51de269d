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
    op.create_table(
        "scoped_rules",
        Column("seq", _id(), nullable=False),
        Column("workspace_id", _id(), nullable=False),
        Column("kind", String(8), nullable=False),
        Column("subject_id", String(200), nullable=False),
        Column("mission_id", String(200)),
        Column("name", Text),
        Column("written", Text),
        Column("gone_at", BigInteger),
        _of_workspace("scoped_rules"),
        PrimaryKeyConstraint("seq", name="pk_scoped_rules"),
        UniqueConstraint(
            "workspace_id", "kind", "subject_id", name="uq_scoped_rules_workspace_id_kind_subject_id"
        ),
        sqlite_autoincrement=True,
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
        Column("seq", _id(), nullable=False),
        Column("rule_id", String(128), nullable=False),
        Column("scope", String(300), nullable=False),
        Column("fired_at", BigInteger, nullable=False),
        Column("fired", BigInteger, nullable=False),
        Column("dropped", BigInteger, nullable=False),
        Column("dropped_since", BigInteger, nullable=False),
        Column("held_since", BigInteger),
        PrimaryKeyConstraint("seq", name="pk_rule_cooldowns"),
        UniqueConstraint("rule_id", "scope", name="uq_rule_cooldowns_rule_id_scope"),
        sqlite_autoincrement=True,
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
        ["channel_id", "run_at", "seq", "give_up_at"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index("ix_deliveries_workspace_id", "deliveries", ["workspace_id", "seq"])
    op.create_index("ix_deliveries_workspace_id_state", "deliveries", ["workspace_id", "state", "seq"])
    for name in ("channel", "rule_id"):
        columns = ["workspace_id", name, "state", "seq"]
        op.create_index(f"ix_deliveries_workspace_id_{name}", "deliveries", columns)
        op.create_index(f"ix_deliveries_{name}", "deliveries", [name, "state", "seq"])
    op.create_index("ix_deliveries_state", "deliveries", ["state", "seq"])
    op.create_index(
        "ix_deliveries_private",
        "deliveries",
        ["workspace_id", "seq"],
        sqlite_where=text("private = 1"),
        postgresql_where=text("private"),
    )
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


_STATES = ("pending", "sent", "failed", "dropped", "cancelled")
_INTO = f"INSERT INTO delivery_counts (workspace_id, private, {', '.join(_STATES)})"
_ADDED = "ON CONFLICT (workspace_id, private) DO UPDATE SET " + ", ".join(
    f"{state} = delivery_counts.{state} + excluded.{state}" for state in _STATES
)


def _triggers_of_sqlite() -> tuple[str, ...]:
    def one(row: str, sign: str = "") -> str:
        adds = ", ".join(f"{sign}({row}.state = '{state}')" for state in _STATES)
        return f"{_INTO} VALUES (coalesce({row}.workspace_id, 0), {row}.private, {adds}) {_ADDED};"

    return (
        f"CREATE TRIGGER deliveries_counted AFTER INSERT ON deliveries BEGIN {one('NEW')} END",
        "CREATE TRIGGER deliveries_recounted AFTER UPDATE OF state ON deliveries WHEN NEW.state <> OLD.state"
        f" BEGIN {one('OLD', '-')} {one('NEW')} END",
        f"CREATE TRIGGER deliveries_uncounted AFTER DELETE ON deliveries BEGIN {one('OLD', '-')} END",
    )


def _triggers_of_postgresql() -> tuple[str, ...]:
    """Once for a statement, with all its rows: row by row, each would leave a dead version of the counts."""

    def of(table: str, sign: int) -> str:
        return f"SELECT workspace_id, private, state, {sign} AS one FROM {table}"

    sums = ", ".join(f"coalesce(sum(one) FILTER (WHERE state = '{state}'), 0) AS {state}" for state in _STATES)
    differs = " OR ".join(f"{state} <> 0" for state in _STATES)
    parts = {
        "counted": ("INSERT", "NEW TABLE AS new_rows", of("new_rows", 1)),
        "recounted": (
            "UPDATE",
            "OLD TABLE AS old_rows NEW TABLE AS new_rows",
            f"{of('new_rows', 1)} UNION ALL {of('old_rows', -1)}",
        ),
        "uncounted": ("DELETE", "OLD TABLE AS old_rows", of("old_rows", -1)),
    }
    made: list[str] = []
    for name, (event, tables, rows) in parts.items():
        by = f"SELECT coalesce(workspace_id, 0) AS space, private, {sums} FROM ({rows}) AS parts GROUP BY 1, 2"
        statement = f"{_INTO} SELECT * FROM ({by}) AS by WHERE {differs} ORDER BY 1, 2 {_ADDED}"
        made += (
            f"CREATE FUNCTION deliveries_{name}() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$BEGIN {statement}; RETURN NULL; END$$",
            f"CREATE TRIGGER deliveries_{name} AFTER {event} ON deliveries REFERENCING {tables}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION deliveries_{name}()",
        )
    return tuple(made)


def _count_deliveries() -> None:
    op.create_table(
        "delivery_counts",
        Column("workspace_id", BigInteger, nullable=False, autoincrement=False),
        Column("private", Boolean, nullable=False),
        *(Column(state, BigInteger, nullable=False) for state in _STATES),
        PrimaryKeyConstraint("workspace_id", "private", name="pk_delivery_counts"),
    )
    connection = op.get_bind()
    sqlite = connection.dialect.name == "sqlite"
    for statement in _triggers_of_sqlite() if sqlite else _triggers_of_postgresql():
        connection.exec_driver_sql(statement)


def upgrade() -> None:
    op.drop_table("jobs")
    _make_channels()
    _make_rules()
    _make_deliveries()
    _count_deliveries()
