"""Sample rows: whole tables of them for the demo, and inbox items in great numbers, made inside the database, for
benchmarks and for trying what a full home is like.

The event numbers of those are negative, so that they never stand in the way of an event that really happens."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from sqlalchemy import Integer, Text, case, cast, insert, literal, null, select, type_coerce
from sqlalchemy.sql import ColumnElement

from storage import search
from storage.database import Connection
from storage.ids import Instant, PersonId
from storage.inbox import NewItemRow, inbox_items
from storage.schema import metadata

_READ_OF_TEN = 7


def multiply(
    connection: Connection,
    person: PersonId,
    patterns: Sequence[NewItemRow],
    first: int,
    last: int,
    oldest: Instant,
    step: int,
    stars: int,
) -> None:
    """Items number `first` to `last`, made of the patterns by turns, one every `step` after `oldest`. Seven of
    ten are read, and those whose number is a multiple of `stars` are starred."""
    numbers = select(literal(first, Integer).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < last))
    n = numbers.c.n
    at = literal(oldest, inbox_items.c.created_at.type) + type_coerce(n, inbox_items.c.created_at.type) * step
    starred = n % stars == 0
    values: dict[str, ColumnElement[Any]] = {
        "person_id": literal(person),
        "event_seq": -n,
        "title": _by_turns(n, [each.title + " #" for each in patterns]).concat(cast(n, Text)),
        "created_at": at,
        "read_at": case((n % 10 < _READ_OF_TEN, at), else_=null()),
        "starred": starred,
        "starred_at": case((starred, at), else_=null()),
    }
    for column in ("event", "body", "severity", "reason", "link", "link_label", "source", "ticket_id"):
        values[column] = _by_turns(n, [getattr(each, column) for each in patterns])
    before = search.newest(connection)
    connection.execute(insert(inbox_items).from_select(list(values), select(*values.values())))
    if connection.dialect.name != "sqlite" and search.state(connection).current:
        search.put(connection, search.entries(connection, before, last - first + 1), 0)


def _by_turns(n: ColumnElement[int], texts: Sequence[str | None]) -> ColumnElement[str]:
    whens = [(n % len(texts) == index, literal(text, Text)) for index, text in enumerate(texts)]
    return case(*whens, else_=literal("", Text))


SampleTable = Literal[
    "workflows",
    "bots",
    "pins",
    "automations",
    "sessions",
    "stages",
    "turns",
    "usage",
    "approvals",
    "executions",
    "responsibilities",
    "missions",
    "tickets",
    "gates",
    "channels",
    "rules",
    "rule_cooldowns",
    "deliveries",
    "delivery_attempts",
    "delivery_days",
]


def put(connection: Connection, tables: Mapping[SampleTable, Sequence[Mapping[str, object]]]) -> None:
    """Whole rows, of which those of one table name the same columns, in the order of the tables."""
    for name, rows in tables.items():
        if rows:
            connection.execute(insert(metadata.tables[name]), [dict(row) for row in rows])
