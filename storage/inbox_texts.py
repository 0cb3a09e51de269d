"""What is searched for in inbox items, as conditions of SQL: by the index of words where there is one."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    and_,
    cast,
    column,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from storage import search
from storage.criteria import contains
from storage.criterion import Criterion
from storage.database import Connection
from storage.ids import Instant, PersonId
from storage.inbox import inbox_items
from storage.search import MADE, Match
from storage.words import Wanted, lowered

_PLACES = (inbox_items.c.title, inbox_items.c.body, inbox_items.c.event, inbox_items.c.source)
_BESIDE = table("inbox_words", column("item_id"), column("words"))


class Texts(NamedTuple):
    """How the texts of one filter are found."""

    connection: Connection
    person: PersonId
    criteria: tuple[Criterion, ...]  # of texts alone
    table: str | None  # the index of words on SQLite; PostgreSQL has one beside the items
    match: Match | None  # what that can tell, of the whole filter


def texts_of(connection: Connection, person: PersonId, criteria: Sequence[Criterion], now: Instant) -> Texts:
    """The texts of these criteria, and what finds them."""
    texts = tuple(criterion for criterion in criteria if criterion.what == "text")
    if not criteria or connection.dialect.name != "sqlite":
        return Texts(connection, person, texts, None, None)
    state = search.state(connection)
    if state.current not in MADE:
        return Texts(connection, person, texts, None, None)
    return Texts(connection, person, texts, MADE[state.current], search.match(state, person, criteria, now))


def tested(texts: Texts) -> list[ColumnElement[bool]]:
    """Conditions that look each item up."""
    if texts.table is None:
        return _without_match(texts)
    match = texts.match
    found = [_worded(match.needed, match.refused)] if match and match.words else []
    return exactly(texts) + found


def gathered(texts: Texts) -> list[ColumnElement[bool]]:
    """Conditions that gather all that match once: for lists of everything."""
    if texts.table is None:
        return _without_match(texts)
    found: list[ColumnElement[bool]] = []
    if texts.match and texts.match.words:
        expression = search.together(search.spread(texts.connection, texts.match.words, ABOVE_ALL))
        words = table(texts.table, column("rowid"))
        match = texts.match
        found = [
            or_(
                inbox_items.c.id.in_(select(words.c.rowid).where(_matches(texts.table, literal(expression)))),
                and_(inbox_items.c.id > match.whole, _worded(match.needed, match.refused)),
            )
        ]
    return found + exactly(texts)


def exactly(texts: Texts) -> list[ColumnElement[bool]]:
    """Conditions for what the index of words cannot tell."""
    if texts.table is None:
        return []
    found: list[ColumnElement[bool]] = []
    for criterion in texts.criteria:
        for wanted in map(Wanted, criterion.texts):
            if not wanted.exact:
                continue
            if not criterion.negated:
                found.append(_says(texts.connection, wanted))
                found += [_worded(" ".join(wanted.together), "")] if wanted.together else []
            elif wanted.words:
                needed = _worded(" ".join((*wanted.words, *wanted.together)), "")
                found.append(not_(and_(_says(texts.connection, wanted), needed)))
            else:
                found.append(not_(_says(texts.connection, wanted)))
    return found


ABOVE_ALL = 2**62
"""No item has so high an id."""


def _without_match(texts: Texts) -> list[ColumnElement[bool]]:
    """On PostgreSQL by the words beside the items, where they are whole; else by reading every item."""
    indexed = bool(texts.criteria) and texts.connection.dialect.name != "sqlite"
    indexed = indexed and search.state(texts.connection).current > 0
    found: list[ColumnElement[bool]] = []
    for criterion in texts.criteria:
        together = and_(*(_one(texts, wanted, indexed=indexed) for wanted in map(Wanted, criterion.texts)))
        found.append(not_(together) if criterion.negated else together)
    return found


def _one(texts: Texts, wanted: Wanted, *, indexed: bool) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.words and indexed:
        query = cast(search.query(texts.person, wanted), TSQUERY)
        beside = select(_BESIDE.c.item_id).where(_BESIDE.c.words.op("@@")(query))
        conditions.append(inbox_items.c.id.in_(beside))
    elif not wanted.exact:
        conditions.append(contains(_PLACES, wanted.words))
    if wanted.exact:
        conditions.append(_says(texts.connection, wanted))
    return and_(*conditions)


def _worded(needed: str, refused: str) -> ColumnElement[bool]:
    return func.worded(*_PLACES, needed, refused) == 1


def _matches(name: str, expression: ColumnElement[str]) -> ColumnElement[bool]:
    return literal_column(name).op("MATCH", is_comparison=True)(expression)


def _says(connection: Connection, wanted: Wanted) -> ColumnElement[bool]:
    if wanted.text.isascii():
        return contains(_PLACES, [wanted.text])
    if connection.dialect.name == "sqlite":
        small = lowered(wanted.text)
        return or_(*(func.says(place, small) == 1 for place in _PLACES))
    small_there = func.lower(literal(wanted.text))
    return or_(*(func.strpos(func.lower(place), small_there) > 0 for place in _PLACES))
