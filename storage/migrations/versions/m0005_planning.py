"""Tickets, missions and their quality gates."""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeEngine

revision = "0005"
down_revision = "0004"

_WATCHED = text("deadline_check_at IS NOT NULL")


def _id() -> TypeEngine[int]:
    """SQLite numbers only a column declared INTEGER."""
    return BigInteger().with_variant(Integer(), "sqlite")


def _of_workspace(table: str) -> ForeignKeyConstraint:
    name = f"fk_{table}_workspace_id_workspaces"
    return ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=name, ondelete="CASCADE")


def _deadline() -> list[Column[int] | Column[str]]:
    return [
        Column("deadline", BigInteger),
        Column("deadline_set_at", BigInteger),
        Column("deadline_state", String(8), server_default="none", nullable=False),
        Column("deadline_check_at", BigInteger),
    ]


def _index_of(table: str) -> None:
    op.create_index(
        f"ix_{table}_due", table, ["deadline_check_at"], sqlite_where=_WATCHED, postgresql_where=_WATCHED
    )
    op.create_index(f"ix_{table}_workspace_id", table, ["workspace_id", "seq"])


def _make_tickets() -> None:
    op.create_table(
        "tickets",
        Column("seq", _id(), nullable=False),
        Column("workspace_id", _id(), nullable=False),
        Column("id", String(128), nullable=False),
        Column("mission_id", String(64)),
        Column("title", Text, nullable=False),
        Column("description", Text, server_default="", nullable=False),
        Column("state", String(20), nullable=False),
        Column("reason", Text, server_default="", nullable=False),
        Column("agent", Text),
        Column("score", Float),
        Column("weight", Float, server_default="1", nullable=False),
        *_deadline(),
        Column("notifications", Text),
        Column("creation", String(64)),
        Column("created_at", BigInteger, nullable=False),
        Column("updated_at", BigInteger, nullable=False),
        _of_workspace("tickets"),
        PrimaryKeyConstraint("seq", name="pk_tickets"),
        UniqueConstraint("workspace_id", "id", name="uq_tickets_workspace_id_id"),
        sqlite_autoincrement=True,
    )
    _index_of("tickets")
    op.create_index("ix_tickets_state", "tickets", ["workspace_id", "state", "seq"])
    op.create_index("ix_tickets_mission_id", "tickets", ["workspace_id", "mission_id", "seq"])


def _make_missions() -> None:
    op.create_table(
        "missions",
        Column("seq", _id(), nullable=False),
        Column("workspace_id", _id(), nullable=False),
        Column("id", String(64), nullable=False),
        Column("name", Text, nullable=False),
        Column("plan", Text, server_default="", nullable=False),
        Column("state", String(12), nullable=False),
        Column("reason", Text, server_default="", nullable=False),
        Column("creator_id", _id()),
        Column("threshold", Float),
        Column("below", Boolean, server_default="0", nullable=False),
        *_deadline(),
        Column("notifications", Text),
        Column("creation", String(64)),
        Column("created_at", BigInteger, nullable=False),
        Column("updated_at", BigInteger, nullable=False),
        _of_workspace("missions"),
        ForeignKeyConstraint(["creator_id"], ["people.id"], name="fk_missions_creator_id_people"),
        PrimaryKeyConstraint("seq", name="pk_missions"),
        UniqueConstraint("workspace_id", "id", name="uq_missions_workspace_id_id"),
        sqlite_autoincrement=True,
    )
    _index_of("missions")
    op.create_table(
        "gates",
        Column("mission_seq", _id(), nullable=False, autoincrement=False),
        Column("place", Integer, nullable=False, autoincrement=False),
        Column("name", String(64), nullable=False),
        Column("after", Text, nullable=False),
        Column("blocks", Text, nullable=False),
        Column("channels", Text, nullable=False),
        Column("min_score", Float),
        Column("require_all", Boolean, nullable=False),
        Column("state", String(8), nullable=False),
        Column("avg_score", Float),
        Column("reason", Text, server_default="", nullable=False),
        ForeignKeyConstraint(
            ["mission_seq"], ["missions.seq"], name="fk_gates_mission_seq_missions", ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("mission_seq", "place", name="pk_gates"),
        UniqueConstraint("mission_seq", "name", name="uq_gates_mission_seq_name"),
    )


def upgrade() -> None:
    _make_tickets()
    _make_missions()
