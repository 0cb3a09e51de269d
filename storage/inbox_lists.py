"""An inbox as a list: starred first, then newest first. These are two sections, each read in its order by one
index, so that a page costs the same wherever it begins.

A filter that few items fit is answered from the index of words (see `storage.search`): it names those few, and
the rest is asked of them alone. One that many fit is answered by going through the items, or through that index,
in the list's order until the page is full."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    bindparam,
    column,
    func,
    literal_column,
    not_,
    or_,
    select,
    table,
    true,
)

from storage import inbox_counts, search
from storage.criteria import contains, matches
from storage.criterion import Criterion
from storage.database import Connection
from storage.ids import Instant, ItemId, PersonId
from storage.inbox import ItemRow, Narrowing, Place, inbox_items
from storage.inbox_texts import ABOVE_ALL, Texts, exactly, gathered, tested, texts_of
from storage.listing import Match as Condition
from storage.listing import conditions, is_any
from storage.people import workspaces
from storage.search import Match

_FEW = 1_000
"""So many items are looked at one by one rather than gone through in order."""
_FEW_TESTS = 500
"""So many items are read for their words one by one."""
_SPREAD = 10
"""What is on one of so many items, or on more of them, is soon found by reading these."""
_SOME = 50_000
"""So many ids are gathered for one page."""

_MATCHES: dict[str, Condition] = {
    "event": lambda wanted: matches(inbox_items.c.event, wanted.texts),
    "severity": lambda wanted: inbox_items.c.severity.in_(wanted.texts),
    "workspace": lambda wanted: func.coalesce(inbox_items.c.workspace_id, 0).in_(wanted.values),
    "since": lambda wanted: inbox_items.c.created_at >= wanted.instant,
    "until": lambda wanted: inbox_items.c.created_at < wanted.instant,
    "reason": lambda wanted: contains((inbox_items.c.reason,), wanted.texts),
    "from": lambda wanted: or_(*(_comes_from(source) for source in wanted.texts)),
    "ticket": lambda wanted: is_any(inbox_items.c.ticket_id, wanted, wanted.texts, ""),
    "has": lambda wanted: inbox_items.c.link.is_not(None),
}
_OWN = inbox_items.c.person_id == bindparam("person")
_OWN_BY_ID = inbox_items.c.person_id + 0 == bindparam("person")  # not by the index of the person: the ids are few
_AWAKE = or_(inbox_items.c.snoozed_until.is_(None), inbox_items.c.snoozed_until <= bindparam("now"))
_STAYS = inbox_items.c.dismissed_at.is_(None)
_UNREAD = inbox_items.c.read_at.is_(None)
_ITEM = tuple(
    workspaces.c.slug.label("workspace") if name == "workspace" else inbox_items.c[name]
    for name in ItemRow._fields
)
_FROM = inbox_items.outerjoin(workspaces, workspaces.c.id == inbox_items.c.workspace_id)
_HERE = inbox_items.c.starred == bindparam("starred")
_BELOW = inbox_items.c.id < bindparam("id")
_AMONG = inbox_items.c.id.in_(bindparam("ids", expanding=True))
_LISTED = inbox_items.c.id.in_(
    select(func.json_each(bindparam("ids")).table_valued("value", name="listed").c.value)
)
_NEWEST_FIRST = inbox_items.c.id.desc()


class _Asked(NamedTuple):
    """Which list, whose, and when."""

    connection: Connection
    person: PersonId
    narrowing: Narrowing
    now: Instant


class _Section(NamedTuple):
    """One of the two sections of a list, and what is asked of its items besides."""

    asked: _Asked
    starred: bool
    below: int
    criteria: tuple[Criterion, ...]
    texts: Texts
    newest: list[int]  # what matches first in the index of words, and one more than a few where it is many

    @property
    def few(self) -> list[int] | None:
        """All that can be in the section, and deleted ones among them, where that is few."""
        return self.newest if self.texts.match is not None and len(self.newest) <= _FEW else None

    @property
    def values(self) -> dict[str, Any]:
        return {
            "person": self.asked.person,
            "now": self.asked.now,
            "starred": self.starred,
            "id": self.below,
        }


def page(
    connection: Connection,
    person: PersonId,
    narrowing: Narrowing,
    below: Place | None,
    limit: int,
    now: Instant,
) -> list[ItemRow]:
    """A page of the person's inbox, or of their history."""
    rows: list[ItemRow] = []
    for section in _sections(_Asked(connection, person, narrowing, now), below):
        if len(rows) < limit:
            rows += _page_of(section, limit - len(rows))
    return rows


def index(connection: Connection, person: PersonId, narrowing: Narrowing, now: Instant) -> list[int]:
    """The ids of all that the page would come to, in its order."""
    return [row[0] for row in everything(connection, person, narrowing, now)]


def everything(
    connection: Connection, person: PersonId, narrowing: Narrowing, now: Instant, *more: ColumnElement[Any]
) -> Iterator[Sequence[Any]]:
    """The ids of all that the page would come to, in its order, each with more of its columns."""
    for section in _sections(_Asked(connection, person, narrowing, now), None):
        yield from _all_of(section, *more)


def starred_count(connection: Connection, person: PersonId, narrowing: Narrowing, now: Instant) -> int:
    """How many items at the top of the index are starred."""
    sections = _sections(_Asked(connection, person, narrowing, now), None)
    return sum(len(_all_of(section)) for section in sections if section.starred)


def these(
    connection: Connection, person: PersonId, narrowing: Narrowing, ids: Sequence[int], now: Instant
) -> list[ItemRow]:
    """Those of the items that are the person's and that the filter lets through, in no particular order."""
    asked = _Asked(connection, person, narrowing, now)
    texts = texts_of(connection, person, narrowing.criteria, now)
    statement = select(*_ITEM).select_from(_FROM).where(_OWN_BY_ID, _AMONG, *_kept(asked, narrowing.criteria))
    found = connection.execute(statement.where(*tested(texts)), {"person": person, "now": now, "ids": list(ids)})
    return [ItemRow._make(row) for row in found]


def _sections(asked: _Asked, below: Place | None) -> Iterator[_Section]:
    """The sections of the list from here on, those left out that nothing can be in."""
    places = [] if below is None else [below]
    if below is None:
        places.append(Place(True, ItemId(ABOVE_ALL)))
    if below is None or below.starred:
        places.append(Place(False, ItemId(ABOVE_ALL)))
    texts = texts_of(asked.connection, asked.person, asked.narrowing.criteria, asked.now)
    newest: dict[int, list[int]] = {}
    for place in places:
        criteria = _within(asked.narrowing.criteria, starred=place.starred)
        if criteria is not None:
            if texts.match is not None and place.id not in newest:
                newest[place.id] = search.latest(asked.connection, texts.match, place.id, _FEW + 1)
            yield _Section(asked, place.starred, place.id, criteria, texts, newest.get(place.id, []))


def _within(criteria: Sequence[Criterion], *, starred: bool) -> tuple[Criterion, ...] | None:
    """What is left to ask in a section where all is starred, or nothing is; None where nothing can be found."""
    left = []
    for criterion in criteria:
        if criterion.what != "is":
            left.append(criterion)
            continue
        others = tuple(state for state in criterion.texts if state != "starred")
        holds = "all" in others or (starred and "starred" in criterion.texts)
        if holds or not others:
            if holds == criterion.negated:
                return None
        else:
            left.append(criterion._replace(values=others))
    return tuple(left)


def _page_of(section: _Section, limit: int) -> list[ItemRow]:
    asked, texts = section.asked, section.texts
    if texts.match is None:
        return _rows(section, _in_order(section, *_ITEM).where(*tested(texts)), limit)
    if section.few is not None:
        found = [row[0] for row in _passed(section, section.few)[:limit]]
        rows = {row.id: row for row in these(asked.connection, asked.person, _ANY, found, asked.now)}
        return [rows[number] for number in found]
    if section.starred or _is_narrow(section):
        return _rows(section, _in_order(section, *_ITEM).where(*_looked_up(section, texts.match)), limit)
    return _by_words(section, texts.match, limit)


def _all_of(section: _Section, *more: ColumnElement[Any]) -> Sequence[Sequence[Any]]:
    if section.few is not None:
        return _passed(section, section.few, *more)
    statement = _in_order(section, inbox_items.c.id, *more).where(*gathered(section.texts))
    return _plain(section.asked.connection, statement, section.values)


def _rows(section: _Section, statement: Select[Any], limit: int, **more: str) -> list[ItemRow]:
    values = section.values | {"limit": limit, **more}
    found = section.asked.connection.execute(statement.limit(bindparam("limit")), values)
    return [ItemRow._make(row) for row in found]


def _in_order(section: _Section, *columns: ColumnElement[Any]) -> Select[Any]:
    """The section by the index of its state, texts aside."""
    statement = select(*columns).select_from(_FROM if len(columns) == len(_ITEM) else inbox_items)
    statement = statement.where(_OWN, _HERE, _BELOW, *_kept(section.asked, section.criteria))
    return statement.order_by(_NEWEST_FIRST)


def _by_words(section: _Section, match: Match, limit: int) -> list[ItemRow]:
    """The section by the index of words, whose own order is the list's: first what is not in it yet, then block
    by block until the page is full."""
    unindexed = _in_order(section, *_ITEM).where(inbox_items.c.id > match.whole, *tested(section.texts))
    found = _rows(section, unindexed, limit)
    section = section._replace(below=min(section.below, match.whole + 1))
    statement = _indexed(section, match)
    for expression in search.spread(section.asked.connection, match.template, section.below):
        if len(found) < limit:
            found += _rows(section, statement, limit - len(found), expression=expression)
    return found


def _indexed(section: _Section, match: Match) -> Select[Any]:
    words = table(match.table, column("rowid"))
    return (
        select(*_ITEM)
        .select_from(
            words.join(inbox_items, inbox_items.c.id == words.c.rowid).outerjoin(
                workspaces, workspaces.c.id == inbox_items.c.workspace_id
            )
        )
        .where(
            literal_column(match.table).op("MATCH")(bindparam("expression", type_=Text)),
            words.c.rowid < bindparam("id"),
            _OWN_BY_ID,
            inbox_items.c.starred == bindparam("starred"),
            *_kept(section.asked, section.criteria),
            *exactly(section.texts),
        )
        .order_by(words.c.rowid.desc())
    )


def _passed(section: _Section, ids: Sequence[int], *more: ColumnElement[Any]) -> Sequence[Sequence[Any]]:
    """Those of these few that are in the section, in its order."""
    statement = (
        select(inbox_items.c.id, *more)
        .where(_LISTED, _OWN_BY_ID, _HERE, *_kept(section.asked, section.criteria), *exactly(section.texts))
        .order_by(_NEWEST_FIRST)
    )
    values = section.values | {"ids": msgspec.json.encode(ids).decode()}
    return _plain(section.asked.connection, statement, values)


def _plain(connection: Connection, statement: Select[Any], values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
    """The rows as the driver gives them: a million of them are not dressed up."""
    with connection.execute(statement, values) as result:
        rows: Sequence[Sequence[Any]] = result.cursor.fetchall()
    return rows


def _is_narrow(section: _Section) -> bool:
    """Whether few items are in the state that the section asks for."""
    counts = inbox_counts.counts(section.asked.connection, section.asked.person)
    few = {"unread": counts.unread, "snoozed": counts.snoozed}
    return any(
        not criterion.negated and sum(few.get(state, _FEW) for state in criterion.texts) < _FEW_TESTS
        for criterion in section.criteria
        if criterion.what == "is"
    )


def _looked_up(section: _Section, match: Match) -> list[ColumnElement[bool]]:
    """The texts' conditions for items that come in the order of their state: one by one while these are few or
    most of them match; else all that match are gathered first."""
    asked, texts = section.asked, section.texts
    if not match.words:
        return exactly(texts)
    dense = (section.newest[0] - section.newest[-1]) < len(section.newest) * _SPREAD
    if dense or not section.starred or inbox_counts.counts(asked.connection, asked.person).starred <= _FEW_TESTS:
        return tested(texts)
    many = len(search.latest(asked.connection, match, section.below, _SOME + 1)) > _SOME
    return tested(texts) if many else gathered(texts)


def _kept(asked: _Asked, criteria: Sequence[Criterion]) -> list[ColumnElement[bool]]:
    """What else an item must be, texts aside."""

    def in_state(wanted: Criterion) -> ColumnElement[bool]:
        return or_(*(_state(state) for state in wanted.texts))

    found = [] if asked.narrowing.history else [_STAYS, _AWAKE]
    others = [criterion for criterion in criteria if criterion.what != "text"]
    return found + conditions({**_MATCHES, "is": in_state}, others)


def _comes_from(source: str) -> ColumnElement[bool]:
    """This source, or all of its kind where only the kind is named."""
    exactly_it = inbox_items.c.source == source
    if "/" in source:
        return exactly_it
    return or_(exactly_it, inbox_items.c.source.startswith(f"{source}/", autoescape=True))


def _state(state: str) -> ColumnElement[bool]:
    match state:
        case "unread":
            return _UNREAD
        case "read":
            return not_(_UNREAD)
        case "starred":
            return inbox_items.c.starred.is_(True)
        case "dismissed":
            return not_(_STAYS)
        case "snoozed":
            sleeps = and_(
                inbox_items.c.snoozed_until.is_not(None), inbox_items.c.snoozed_until > bindparam("now")
            )
            return and_(_STAYS, sleeps)
        case "all":
            return true()
        case _:
            raise LookupError(f"an inbox item cannot be {state}")


_ANY = Narrowing(history=True)
