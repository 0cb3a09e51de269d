"""The index of the words of the inbox, and of what else an item is found by and never changes.

On SQLite it is a full-text index in which each word stands as `BLOCK-PERSON.word`. The person in it keeps the
items of others out of reach; the block, a range of ids, keeps each list of ids short, so that no merge takes
long, and a page is found in the newest blocks alone. `storage.indexing` puts items in soon after they came, so
that no sender waits for it; until then they are read. What is deleted stays in the index, where nothing comes of
it without its item, until the index is made anew: in the second of two tables, while the first one answers.
PostgreSQL keeps the words beside the items."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import BigInteger, Column, Connection, Integer, Table, event, select

from storage.attributes import EVERY, days, marks, wanted
from storage.criterion import Criterion
from storage.ids import DAY, Instant, PersonId
from storage.metadata import metadata
from storage.words import LONGEST, READ, SHORT, Wanted, follows, indexed, pairs, terms

BLOCK = 17
"""Ids that are the same but for so many bits share a block."""

MADE = {1: "inbox_words_1", 2: "inbox_words_2"}
"""The two tables of SQLite, one of which answers."""

TABLE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS {0} USING"
    " fts5(words, content='', detail=none, columnsize=0, tokenize=\"ascii tokenchars '.!_-'\")"
)
SETTINGS = (
    "INSERT INTO {0}({0}, rank) VALUES ('automerge', 0)",
    "INSERT INTO {0}({0}, rank) VALUES ('crisismerge', 1000)",
    "INSERT INTO {0}({0}, rank) VALUES ('usermerge', 8)",
)
_BESIDE = (
    "CREATE TABLE inbox_words (item_id BIGINT CONSTRAINT pk_inbox_words PRIMARY KEY"
    " CONSTRAINT fk_inbox_words_item_id_inbox_items REFERENCES inbox_items (id) ON DELETE CASCADE,"
    " words TSVECTOR NOT NULL)"
)
_BESIDE_INDEX = "CREATE INDEX ix_inbox_words_words ON inbox_words USING gin (words)"
_PUT = "INSERT INTO {0}(rowid, words) VALUES (?, ?)"
_PUT_BESIDE = (
    "INSERT INTO inbox_words (item_id, words)"
    " SELECT item, array_to_tsvector(string_to_array(words, ' '))"
    " FROM unnest(%s::bigint[], %s::text[]) AS new (item, words) ON CONFLICT DO NOTHING"
)
_AFTER = """
SELECT id, person_id, title, body, event, severity, source, workspace_id, ticket_id, created_at
FROM inbox_items WHERE id > {0} ORDER BY id LIMIT {1}
"""
_RANGE = "SELECT (SELECT min(id) FROM inbox_items), (SELECT max(id) FROM inbox_items)"
_LATEST = "SELECT rowid FROM {0} WHERE {0} MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?"
_UNINDEXED = (
    "SELECT id FROM inbox_items WHERE id > ? AND id < ? AND +person_id = ?"
    " AND worded(title, body, event, source, ?, ?) ORDER BY id DESC LIMIT ?"
)
_ABLE = "SELECT 1 FROM pragma_module_list WHERE name = 'fts5'"

inbox_index = Table(
    "inbox_index",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("current", Integer, nullable=False),  # the table that answers, or 0 where none does yet
    Column("built", BigInteger, nullable=False),  # up to which id the other table is made
    Column("held", BigInteger, nullable=False),  # how many items there were when this one was made
    Column("upto", BigInteger, nullable=False),  # and up to which id
    Column("whole", BigInteger, nullable=False),  # up to which id the table that answers has all
)
"""How far the index is. Without a row there is nothing in it yet."""

_STATE = select(*(each for each in inbox_index.c if each.name != "id")).where(inbox_index.c.id == 1)


NOT_BUILDING = -1


class State(NamedTuple):
    """How far the index is. `built` is NOT_BUILDING where nothing is being made."""

    current: int
    built: int
    held: int
    upto: int
    whole: int  # PostgreSQL, where items come with their words, has no need of it


class Entry(NamedTuple):
    """An item, as the index takes it."""

    id: int
    person_id: PersonId
    title: str
    body: str
    event: str
    severity: str
    source: str
    workspace_id: int | None
    ticket_id: str | None
    created_at: int


class Match(NamedTuple):
    """What to look for in the index: `template` with a block in the place of each #."""

    table: str
    template: str
    words: str  # the part of the template that is about words, or nothing
    needed: str  # these words, with spaces between them
    refused: str
    person: PersonId
    whole: int  # items above this id are read


def able(connection: Connection) -> bool:
    """Whether this SQLite has full-text search. PostgreSQL always has."""
    if connection.dialect.name != "sqlite":
        return True
    if "fts5" not in connection.info:
        connection.info["fts5"] = connection.exec_driver_sql(_ABLE).first() is not None
    return bool(connection.info["fts5"])


def state(connection: Connection) -> State:
    """How far the index is. Without full-text search there is none."""
    if not able(connection):
        return State(0, NOT_BUILDING, 0, 0, 0)
    row = connection.execute(_STATE).one_or_none()
    return State(1, NOT_BUILDING, 0, 0, 0) if row is None else State._make(row)


def entries(connection: Connection, after: int, limit: int) -> list[Entry]:
    """The next items after this id, as the index takes them."""
    rows = connection.exec_driver_sql(_AFTER.format(int(after), int(limit)))
    return [Entry._make(row) for row in rows]


def newest(connection: Connection) -> int:
    """The highest id that an item has."""
    last = connection.exec_driver_sql(_RANGE).one()[1]
    return 0 if last is None else int(last)


def put(connection: Connection, entries: Sequence[Entry], table: int) -> None:
    """Put the items into the index."""
    if connection.dialect.name == "sqlite":
        rows = [(entry.id, _on_sqlite(entry)) for entry in entries]
        connection.exec_driver_sql(_PUT.format(MADE[table]), rows)
    else:
        ids = [entry.id for entry in entries]
        connection.exec_driver_sql(_PUT_BESIDE, (ids, [_on_postgresql(entry) for entry in entries]))


def match(state: State, person: PersonId, criteria: Iterable[Criterion], now: Instant) -> Match | None:
    """What the index of SQLite can tell of these criteria, or nothing when it tells nothing."""
    needed: list[str] = []
    refused: list[str] = []
    others: list[str] = []
    terms: list[str] = []
    for criterion in criteria:
        if criterion.what != "text":
            others += _any_of(person, wanted(criterion, now))
            continue
        for looked in map(Wanted, criterion.texts):
            if not criterion.negated:
                needed += (*looked.words, *looked.together)
                terms += _terms(person, looked)
            elif not looked.exact:
                refused += looked.words
    if not (needed or others or refused):
        return None
    refuses = [_beginning(person, word) for word in refused]
    every = _quoted(person, [EVERY])
    return Match(
        MADE[state.current],
        _without([*terms, *others] or every, refuses),
        _without(terms or every, refuses) if needed or refused else "",
        " ".join(needed),
        " ".join(refused),
        person,
        state.whole,
    )


def latest(connection: Connection, wanted: Match, below: int, limit: int) -> list[int]:
    """The ids of what matches, the newest first: those of deleted items may be among them."""
    values = (wanted.whole, below, wanted.person, wanted.needed, wanted.refused, limit)
    found = list(connection.exec_driver_sql(_UNINDEXED, values).scalars())
    below = min(below, wanted.whole + 1)
    for expression in spread(connection, wanted.template, below):
        if len(found) < limit:
            values_here = (expression, below, limit - len(found))
            found += connection.exec_driver_sql(_LATEST.format(wanted.table), values_here).scalars()
    return found


def spread(connection: Connection, template: str, below: int) -> Iterator[str]:
    """The template for each block that has items, the newest first."""
    first, last = connection.exec_driver_sql(_RANGE).one()
    if first is not None:
        for block in range(min(last, below) >> BLOCK, (first >> BLOCK) - 1, -1):
            yield template.replace("#", f"{block}-")


def together(expressions: Iterable[str]) -> str:
    """One that finds what any of these finds."""
    return " OR ".join(f"({each})" for each in expressions) or '""'


def query(person: PersonId, looked: Wanted) -> str:
    """What PostgreSQL looks for."""
    whole = [f"'{person}.{pair}'" for pair in looked.pairs] + [f"'{person}.{pair}':*" for pair in looked.last]
    return " & ".join([f"'{person}.{word}':*" for word in looked.words] + whole)


def _quoted(person: PersonId, words: Iterable[str]) -> list[str]:
    return [f'"#{person}.{word}"' for word in words]


def _beginning(person: PersonId, word: str) -> str:
    """What finds a word by its beginning."""
    return f'"#{person}.{word}"' + "*" * (SHORT < len(word) < LONGEST)


def _terms(person: PersonId, looked: Wanted) -> list[str]:
    """What finds these words. Of more than one, all but the last are whole, and no list of all that begins like
    the last is made where there is a term of the last two."""
    if not looked.last:
        return [_beginning(person, word) for word in looked.words]
    one, last = looked.last[0].split("_")
    pairs = [follows(*pair.split("_")) for pair in looked.pairs]
    if len(last) < SHORT:
        return [*_quoted(person, [*looked.whole, *pairs]), _beginning(person, last)]
    return _quoted(person, [*looked.whole, *pairs, follows(one, last)])


def _without(needed: Sequence[str], refused: Sequence[str]) -> str:
    together = " AND ".join(needed)
    return f"({together}) NOT ({' OR '.join(refused)})" if refused else f"({together})"


def _any_of(person: PersonId, marks: Sequence[str]) -> list[str]:
    return [f"({' OR '.join(_quoted(person, marks))})"] if marks else []


def _on_sqlite(entry: Entry) -> str:
    own = f" {entry.id >> BLOCK}-{entry.person_id}."
    return own + _terms_of(*entry[2:]).replace("\n", own)


@lru_cache(maxsize=64)
def _terms_of(
    title: str,
    body: str,
    event: str,
    severity: str,
    source: str,
    workspace_id: int | None,
    ticket_id: str | None,
    created_at: int,
) -> str:
    """All terms of an item. One after the other, many people may be sent the same."""
    besides = _terms_besides(event, severity, source, workspace_id, ticket_id, created_at // DAY)
    return "\n".join([besides, *terms(f"{title[:READ]}\n{body[:READ]}")])


@lru_cache(maxsize=1_024)
def _terms_besides(
    event: str, severity: str, source: str, workspace_id: int | None, ticket_id: str | None, day: int
) -> str:
    found = marks(event, severity, source, workspace_id, ticket_id)
    return "\n".join({*found, *days(day), *terms(event), *terms(source)})


def _on_postgresql(entry: Entry) -> str:
    own = f"{entry.person_id}."
    texts = (entry.title, entry.body, entry.event, entry.source)
    found = frozenset[str]().union(*map(indexed, texts), *map(pairs, texts))
    return " ".join([own + EVERY, *(own + word for word in found)])


def _make(_: object, connection: Connection, **__: object) -> None:
    """Make the tables that SQLAlchemy has no words for."""
    statements: tuple[str, ...] = (_BESIDE, _BESIDE_INDEX)
    if connection.dialect.name == "sqlite":
        statements = tuple(each.format(name) for name in MADE.values() for each in (TABLE, *SETTINGS))
    for statement in statements:
        connection.exec_driver_sql(statement)


event.listen(metadata, "after_create", _make)
