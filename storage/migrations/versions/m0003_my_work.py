"""My Work: what is hidden, saved and muted, and what a notification comes from."""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
)
from sqlalchemy.types import TypeEngine

revision = "0003"
down_revision = "0002"

_SOURCES = """
UPDATE inbox_items SET source = substr(CASE
    WHEN link LIKE 'callboard:%' THEN substr(link, 11)
    WHEN event LIKE '%:%' THEN substr(event, 1, {colon} - 1)
    ELSE event END, 1, 200)
"""
_COLON = {"sqlite": "instr(event, ':')", "postgresql": "strpos(event, ':')"}
_TICKETS = """
UPDATE inbox_items SET ticket_id = (SELECT events.ticket_id FROM events WHERE events.seq = inbox_items.event_seq)
WHERE event_seq IN (SELECT seq FROM events WHERE ticket_id IS NOT NULL)
"""


def _id() -> TypeEngine[int]:
    """SQLite numbers only a column declared INTEGER."""
    return BigInteger().with_variant(Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("inbox_items", Column("source", String(200), server_default="", nullable=False))
    op.add_column("inbox_items", Column("ticket_id", Text))
    op.execute(_SOURCES.format(colon=_COLON[op.get_bind().dialect.name]))
    op.execute(_TICKETS)
    op.add_column("people", Column("alert_words", String(8), server_default="full", nullable=False))
    op.create_table(
        "hidden_work",
        Column("person_id", _id(), nullable=False),
        Column("type", String(12), nullable=False),
        Column("thing_id", BigInteger, nullable=False),
        Column("hidden_at", BigInteger, nullable=False),
        ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_hidden_work_person_id_people", ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("person_id", "type", "thing_id", name="pk_hidden_work"),
    )
    op.create_index("ix_hidden_work_thing", "hidden_work", ["type", "thing_id"])
    op.create_table(
        "saved_filters",
        Column("person_id", _id(), nullable=False),
        Column("list", String(16), nullable=False),
        Column("name", String(64), nullable=False),
        Column("filter", Text, nullable=False),
        Column("position", Integer, nullable=False),
        ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_saved_filters_person_id_people", ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("person_id", "list", "name", name="pk_saved_filters"),
    )
    op.create_table(
        "mutes",
        Column("id", _id(), nullable=False),
        Column("person_id", _id(), nullable=False),
        Column("source", Text, nullable=False),
        Column("event", String(200)),
        Column("workspace_id", BigInteger),
        Column("until", BigInteger),
        Column("created_at", BigInteger, nullable=False),
        ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_mutes_person_id_people", ondelete="CASCADE"),
        PrimaryKeyConstraint("id", name="pk_mutes"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_mutes_person_id_source", "mutes", ["person_id", "source"])
