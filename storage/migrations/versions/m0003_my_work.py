"""My Work: what is hidden, saved and muted, and what a notification comes from."""

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
    text,
)
from sqlalchemy.types import TypeEngine

revision = "0003"
down_revision = "0002"

_SOURCES = """
UPDATE inbox_items SET source = substr(CASE
    WHEN link LIKE 'callboard:%/%' THEN substr(link, 11)
    WHEN event LIKE '%:%' THEN substr(event, 1, {colon} - 1)
    ELSE event END, 1, 200)
"""
_COLON = {"sqlite": "instr(event, ':')", "postgresql": "strpos(event, ':')"}
_TICKETS = """
UPDATE inbox_items SET ticket_id = (SELECT events.ticket_id FROM events WHERE events.seq = inbox_items.event_seq)
WHERE event_seq IN (SELECT seq FROM events WHERE ticket_id IS NOT NULL)
"""

_UNFINISHED = text("state IN ('queued', 'running', 'asking', 'waiting', 'failed')")
_FAILED = "notification:failed"


def _counted(row: str) -> dict[str, str]:
    """What an item adds to each count of its person, as SQL."""
    shown = f"{row}.dismissed_at IS NULL AND {row}.snoozed_until IS NULL"
    adds = {
        "unread": f"{shown} AND {row}.read_at IS NULL",
        "starred": f"{shown} AND {row}.starred",
        "fresh": f"{shown} AND ({row}.read_at IS NULL OR {row}.starred)",
        "total": shown,
        "snoozed": f"{row}.dismissed_at IS NULL AND {row}.snoozed_until IS NOT NULL",
        "failed": f"{shown} AND {row}.read_at IS NULL AND {row}.event = '{_FAILED}'",
    }
    return {name: f"CASE WHEN {condition} THEN 1 ELSE 0 END" for name, condition in adds.items()}


_COUNTS = tuple(_counted("item"))
_INTO = f"INSERT INTO inbox_counts (person_id, {', '.join(_COUNTS)})"
_ADDED = "ON CONFLICT (person_id) DO UPDATE SET " + ", ".join(
    f"{name} = inbox_counts.{name} + excluded.{name}" for name in _COUNTS
)


def _sums(table: str, sign: str = "") -> str:
    """What the items of a table add to the counts of each person."""
    sums = ", ".join(f"{sign}sum({adds}) AS {name}" for name, adds in _counted("item").items())
    return f"SELECT person_id, {sums} FROM {table} AS item GROUP BY person_id"


def _triggers_of_sqlite() -> tuple[str, ...]:
    new, old = _counted("NEW"), _counted("OLD")
    changed = ", ".join(f"{name} = {name} + {new[name]} - {old[name]}" for name in _COUNTS)
    removed = ", ".join(f"{name} = {name} - {old[name]}" for name in _COUNTS)
    states = ("read_at", "dismissed_at", "snoozed_until")
    differs = " OR ".join(f"(NEW.{name} IS NULL) <> (OLD.{name} IS NULL)" for name in states)
    return (
        f"CREATE TRIGGER inbox_items_counted AFTER INSERT ON inbox_items BEGIN"
        f" {_INTO} VALUES (NEW.person_id, {', '.join(new.values())}) {_ADDED}; END",
        f"CREATE TRIGGER inbox_items_recounted AFTER UPDATE OF starred, {', '.join(states)} ON inbox_items"
        f" WHEN NEW.starred <> OLD.starred OR {differs} BEGIN"
        f" UPDATE inbox_counts SET {changed} WHERE person_id = NEW.person_id; END",
        f"CREATE TRIGGER inbox_items_uncounted AFTER DELETE ON inbox_items BEGIN"
        f" UPDATE inbox_counts SET {removed} WHERE person_id = OLD.person_id; END",
    )


def _triggers_of_postgresql() -> tuple[str, ...]:
    """Once for a statement, with all its rows: row by row, each would leave a dead version of the counts."""
    more, gone = _sums("new_items"), _sums("old_items", "-")
    totals = ", ".join(f"sum({name}) AS {name}" for name in _COUNTS)
    change = (
        f"UPDATE inbox_counts SET {', '.join(f'{name} = inbox_counts.{name} + by.{name}' for name in _COUNTS)}"
        " FROM ({by}) AS by WHERE by.person_id = inbox_counts.person_id"
    )
    differs = " OR ".join(f"by.{name} <> 0" for name in _COUNTS)
    both = f"SELECT person_id, {totals} FROM ({more} UNION ALL {gone}) AS parts GROUP BY person_id"
    bodies = {
        "counted": ("INSERT", "NEW TABLE AS new_items", f"{_INTO} {more} ORDER BY person_id {_ADDED}"),
        "recounted": (
            "UPDATE",
            "OLD TABLE AS old_items NEW TABLE AS new_items",
            f"{change.format(by=both)} AND ({differs})",
        ),
        "uncounted": ("DELETE", "OLD TABLE AS old_items", change.format(by=gone)),
    }
    made: list[str] = []
    for name, (event, tables, statement) in bodies.items():
        made += (
            f"CREATE FUNCTION inbox_items_{name}() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$BEGIN {statement}; RETURN NULL; END$$",
            f"CREATE TRIGGER inbox_items_{name} AFTER {event} ON inbox_items REFERENCING {tables}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION inbox_items_{name}()",
        )
    return tuple(made)


def _count_inboxes() -> None:
    op.create_table(
        "inbox_counts",
        Column("person_id", _id(), nullable=False, autoincrement=False),
        *(Column(name, BigInteger, nullable=False) for name in _COUNTS),
        ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_inbox_counts_person_id_people", ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("person_id", name="pk_inbox_counts"),
    )
    connection = op.get_bind()
    triggers = _triggers_of_sqlite() if connection.dialect.name == "sqlite" else _triggers_of_postgresql()
    for statement in (f"{_INTO} {_sums('inbox_items')}", *triggers):
        connection.exec_driver_sql(statement)


_WORDS = (
    "CREATE VIRTUAL TABLE {0} USING"
    " fts5(words, content='', detail=none, columnsize=0, tokenize=\"ascii tokenchars '.!_-'\")",
    "INSERT INTO {0}({0}, rank) VALUES ('automerge', 0)",
    "INSERT INTO {0}({0}, rank) VALUES ('crisismerge', 1000)",
    "INSERT INTO {0}({0}, rank) VALUES ('usermerge', 8)",
)
_WORDS_BESIDE = (
    "CREATE TABLE inbox_words (item_id BIGINT CONSTRAINT pk_inbox_words PRIMARY KEY"
    " CONSTRAINT fk_inbox_words_item_id_inbox_items REFERENCES inbox_items (id) ON DELETE CASCADE,"
    " words TSVECTOR NOT NULL)",
    "CREATE INDEX ix_inbox_words_words ON inbox_words USING gin (words)",
)
_HAS_FULL_TEXT = "SELECT 1 FROM pragma_module_list WHERE name = 'fts5'"
_TO_BE_BUILT = (
    "INSERT INTO inbox_index (id, current, built, held, upto, whole) SELECT 1, 0, 0, 0, 0, 0"
    " WHERE EXISTS (SELECT 1 FROM inbox_items)"
)


def _make_searchable() -> None:
    """Room for the index of words, which the server fills, and an index for each state of a notification."""
    op.create_table(
        "inbox_index",
        Column("id", Integer, nullable=False, autoincrement=False),
        Column("current", Integer, nullable=False),
        Column("built", BigInteger, nullable=False),
        Column("held", BigInteger, nullable=False),
        Column("upto", BigInteger, nullable=False),
        Column("whole", BigInteger, nullable=False),
        PrimaryKeyConstraint("id", name="pk_inbox_index"),
    )
    send = op.get_bind().exec_driver_sql
    if op.get_bind().dialect.name != "sqlite":
        statements: list[str] = list(_WORDS_BESIDE)
    elif send(_HAS_FULL_TEXT).first() is not None:
        statements = [each.format(f"inbox_words_{number}") for number in (1, 2) for each in _WORDS]
    else:
        statements = []
    for statement in (*statements, _TO_BE_BUILT):
        send(statement)
    op.drop_index("ix_inbox_items_unread", "inbox_items")
    states = {
        "unread": ("read_at IS NULL AND dismissed_at IS NULL", ["snoozed_until", "read_at", "dismissed_at"]),
        "asleep": ("snoozed_until IS NOT NULL AND dismissed_at IS NULL", []),
        "dismissed": ("dismissed_at IS NOT NULL", []),
    }
    for name, (where, more) in states.items():
        columns = ["person_id", "starred", "id", *more]
        op.create_index(
            f"ix_inbox_items_{name}",
            "inbox_items",
            columns,
            sqlite_where=text(where),
            postgresql_where=text(where),
        )


def _id() -> TypeEngine[int]:
    """SQLite numbers only a column declared INTEGER."""
    return BigInteger().with_variant(Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("inbox_items", Column("source", String(200), server_default="", nullable=False))
    op.add_column("inbox_items", Column("ticket_id", Text))
    op.execute(_SOURCES.format(colon=_COLON[op.get_bind().dialect.name]))
    op.execute(_TICKETS)
    _make_searchable()
    op.create_index("ix_inbox_items_person_id_created_at", "inbox_items", ["person_id", "created_at", "id"])
    op.create_index("ix_sessions_owner_id_updated_at", "sessions", ["owner_id", "updated_at", "id"])
    op.create_index(
        "ix_sessions_unfinished",
        "sessions",
        ["owner_id", "state", "updated_at", "id", "workspace_id", "ended_at"],
        sqlite_where=_UNFINISHED,
        postgresql_where=_UNFINISHED,
    )
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
    op.create_table(
        "unfinished_steps",
        Column("step_id", _id(), nullable=False, autoincrement=False),
        Column("person_id", _id(), nullable=False),
        Column("undoing", Boolean, nullable=False),
        Column("done", BigInteger, nullable=False),
        ForeignKeyConstraint(
            ["step_id"], ["undo_steps.id"], name="fk_unfinished_steps_step_id_undo_steps", ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_unfinished_steps_person_id_people", ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("step_id", name="pk_unfinished_steps"),
    )
    op.create_index("ix_unfinished_steps_person_id", "unfinished_steps", ["person_id"])
    op.create_table(
        "tidyings",
        Column("id", _id(), nullable=False),
        Column("began_at", BigInteger, nullable=False),
        Column("ended_at", BigInteger, nullable=False),
        Column("removed", Text, nullable=False),
        PrimaryKeyConstraint("id", name="pk_tidyings"),
        sqlite_autoincrement=True,
    )
    _count_inboxes()
