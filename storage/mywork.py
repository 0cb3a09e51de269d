"""My Work: what a person has, of every type, in one order and page by page; and the first of each type.

A type of things is described once, as `Things`. Everything here is made of that."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    CompoundSelect,
    Connection,
    Integer,
    Select,
    Text,
    asc,
    bindparam,
    case,
    cast,
    desc,
    exists,
    false,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    true,
    union_all,
)

from storage.criteria import Criterion, contains
from storage.hidden import hidden_work
from storage.ids import DAY, Instant, PersonId, WorkspaceId
from storage.listing import Match, conditions, is_any
from storage.mywork_order import Ordering, Place, Sort
from storage.people import workspaces

PERSON = bindparam("person", type_=BigInteger)
NOW = bindparam("now", type_=BigInteger)
YESTERDAY = bindparam("yesterday", type_=BigInteger)
"""What the conditions of `Things` may name: who asks, when that is, and a day before."""

_LONGEST_KEY = 80
_BY_TIME = ("updated", "created", "type")


class Asker(NamedTuple):
    """Whose My Work it is, and when: of what is in these workspaces, or in any, where there is nothing."""

    person: PersonId
    workspaces: frozenset[WorkspaceId] | None
    now: Instant


class First(NamedTuple):
    """A type in the sidebar: how many there are, how many of them need the person, and the first."""

    total: int
    needing: int
    ids: list[int]


class Looked(NamedTuple):
    """What an index of words says of a filter: whose things are asked, said so that the database goes by the best
    index, and which of them."""

    own: ColumnElement[bool]
    conditions: Sequence[ColumnElement[bool]]


Look = Callable[[Connection, Asker, Sequence[Criterion], bool], Looked]
"""The last of these says that the things come in the order of time."""


@dataclass(frozen=True, slots=True, eq=False)
class Things:
    """A type of things: which are the person's, and what there is to sort, filter and show them by."""

    type: str
    id: Column[int]
    workspace: Column[int]
    own: ColumnElement[bool]
    title: ColumnElement[str]
    state: ColumnElement[str]
    created: ColumnElement[int]
    updated: ColumnElement[int]
    being: Mapping[str, ColumnElement[bool]]
    """What `is:` may say of them. `over`, `needs` and `hidden` are asked of all types."""
    sections: Sequence[ColumnElement[bool]]
    """What of it is in the sidebar: these, one after the other, each newest first by `latest`."""
    latest: ColumnElement[int]
    fields: Mapping[str, Match] = field(default_factory=dict)
    """Conditions of fields that not all types have. Where a type has none, nothing of it matches."""
    states: Mapping[str, ColumnElement[bool]] = field(default_factory=dict)
    """What `state` comes to as a condition, where an index has that."""
    look: Look | None = None
    """Finds words, where there is an index of them; otherwise they are looked for in the title."""
    counts: Select[tuple[int, int]] | None = None
    """How many are in the sidebar and need the person, where that is known without counting."""
    everywhere: bool = False
    """They are the person's also where their workspace is not."""


def hidden_of(type: str, id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether the person has hidden the thing."""
    return exists().where(
        hidden_work.c.person_id == PERSON, hidden_work.c.type == type, hidden_work.c.thing_id == id
    )


def first(connection: Connection, asker: Asker, things: Things, limit: int) -> First:
    """The section of the sidebar."""
    counts, in_order = _section(things, bounded=asker.workspaces is not None)
    values = {**_values(asker), "spaces": sorted(asker.workspaces or ()), "limit": limit}
    total, needing = connection.execute(counts, values).first() or (0, 0)
    return First(int(total), int(needing), [row.id for row in connection.execute(in_order, values)])


@cache
def _section(things: Things, *, bounded: bool) -> tuple[Select[Any], CompoundSelect[Any]]:
    """How many there are and how many need the person, and the first of them: built once for each type."""
    seen = [things.own, not_(things.being["hidden"])]
    if bounded and not things.everywhere:
        seen.append(things.workspace.in_(bindparam("spaces", expanding=True)))
    most = bindparam("limit", type_=Integer)
    buckets = [
        select(
            select(things.id.label("id"), literal_column(str(rank)).label("rank"), things.latest.label("latest"))
            .where(*seen, bucket)
            .order_by(desc("latest"), desc("id"))
            .limit(most)
            .subquery()
        )
        for rank, bucket in enumerate(things.sections)
    ]
    in_order = union_all(*buckets).order_by(asc("rank"), desc("latest"), desc("id")).limit(most)
    needs = func.coalesce(func.sum(case((things.being["needs"], 1), else_=0)), 0)
    counted = select(func.count(), needs).select_from(things.id.table).where(*seen, or_(*things.sections))
    return (counted if things.counts is None else things.counts), in_order


def found(
    connection: Connection,
    asker: Asker,
    types: Sequence[Things],
    criteria: Sequence[Criterion],
    *,
    sort: Sort = "updated",
    down: bool = True,
    after: Place | None = None,
    limit: int,
) -> list[Place]:
    """The things of these types that meet the criteria, in one order: of each type as many as the page can hold,
    then the first of all these."""
    ordering = Ordering(sort, down)
    criteria = [_with_ids(connection, criterion) for criterion in criteria]
    parts = [
        part.limit(limit)
        for rank, things in enumerate(types)
        if not (ordering.leaves_behind(rank, after) or _is_left_out(things, criteria))
        for part in _parts(_chosen(connection, things, asker, criteria, sort), things, rank, ordering, after)
    ]
    if not parts:
        return []
    together = union_all(*(select(part.subquery()) for part in parts)).order_by(*ordering.of_all()).limit(limit)
    rows = connection.execute(together if len(parts) > 1 else parts[0], _values(asker))
    return [Place(row.key, row.rank, row.at, row.id) for row in rows]


def _with_ids(connection: Connection, criterion: Criterion) -> Criterion:
    """The criterion with the ids of the workspaces that it names."""
    if criterion.what != "workspace":
        return criterion
    slugs = select(workspaces.c.id).where(workspaces.c.slug.in_(criterion.texts))
    return criterion._replace(values=tuple(connection.execute(slugs).scalars()) or (-1,))


def _is_left_out(things: Things, criteria: Sequence[Criterion]) -> bool:
    """Whether the filter names other types."""
    return any(
        criterion.what == "type" and (things.type in criterion.texts) is criterion.negated
        for criterion in criteria
    )


def _chosen(
    connection: Connection, things: Things, asker: Asker, criteria: Sequence[Criterion], sort: Sort
) -> list[ColumnElement[bool]]:
    """What a thing must be to be the person's and to meet the criteria."""
    own, found = things.own, list[ColumnElement[bool]]()
    if things.look is not None:
        own, looked = things.look(connection, asker, criteria, sort in _BY_TIME)
        found = list(looked)
        criteria = [criterion for criterion in criteria if criterion.what != "text"]
    return [own, *_seen(things, asker), *found, *conditions(_matches(things), criteria)]


def _parts(
    chosen: Sequence[ColumnElement[bool]], things: Things, rank: int, ordering: Ordering, after: Place | None
) -> Iterator[Select[Any]]:
    """The type as one list; in the order of states, where these are known, each state as one."""
    columns: tuple[ColumnElement[Any], ...] = (
        literal_column(str(rank)).label("rank"),
        ordering.at(things.updated).label("at"),
        things.id.label("id"),
    )
    if ordering.sort != "state" or not things.states:
        key = _key(things, ordering.sort)
        beyond = ordering.beyond(key, things.updated, things.id, rank, after)
        yield select(key.label("key"), *columns).where(*chosen, *beyond).order_by(*ordering.of_type())
        return
    for state, condition in things.states.items():
        here = after is not None and state == after.key
        if after is None or here or (state < str(after.key)) is ordering.falling:
            beyond = (
                ordering.beyond_in_state(things.updated, things.id, rank, after)
                if after is not None and here
                else []
            )
            part = select(cast(literal(state), Text).label("key"), *columns).where(*chosen, condition, *beyond)
            yield part.order_by(*ordering.of_key())


def _key(things: Things, sort: Sort) -> ColumnElement[Any]:
    match sort:
        case "updated" | "type":
            return things.updated
        case "created":
            return things.created
        case "title":
            return func.lower(func.substr(things.title, 1, _LONGEST_KEY))
        case "state":
            return things.state
        case "workspace":
            return func.coalesce(_slug(things), "")


def _slug(things: Things) -> ColumnElement[str]:
    return select(workspaces.c.slug).where(workspaces.c.id == things.workspace).scalar_subquery()


def _matches(things: Things) -> Mapping[str, Match]:
    """Each field as a condition on this type."""
    own_fields = {name: things.fields.get(name, _never) for name in ("severity", "event", "from", "ticket")}
    return {
        "type": lambda wanted: true() if things.type in wanted.texts else false(),
        "is": lambda wanted: or_(*(_being(things, what) for what in wanted.texts)),
        "state": lambda wanted: _in_state(things, wanted),
        "workspace": lambda wanted: is_any(things.workspace, wanted, wanted.values, 0),
        "since": lambda wanted: things.created >= wanted.instant,
        "until": lambda wanted: things.created < wanted.instant,
        "text": things.fields.get("text", lambda wanted: contains((things.title,), wanted.texts)),
        **own_fields,
    }


def _never(wanted: Criterion) -> ColumnElement[bool]:
    return false()


def _in_state(things: Things, wanted: Criterion) -> ColumnElement[bool]:
    if not things.states:
        return things.state.in_(wanted.texts)
    return or_(false(), *(things.states[state] for state in wanted.texts if state in things.states))


def _being(things: Things, what: str) -> ColumnElement[bool]:
    if what == "open":
        return not_(things.being["over"])
    return things.being.get(what, false())


def _seen(things: Things, asker: Asker) -> list[ColumnElement[bool]]:
    if things.everywhere or asker.workspaces is None:
        return []
    return [things.workspace.in_(sorted(asker.workspaces))]


def _values(asker: Asker) -> dict[str, int]:
    return {"person": asker.person, "now": asker.now, "yesterday": asker.now - DAY}


def workspaces_of(connection: Connection, things: Things, ids: Collection[int]) -> dict[int, int]:
    """Where these things are."""
    statement = select(things.id, things.workspace).where(things.id.in_(list(ids)))
    return {row[0]: row[1] for row in connection.execute(statement)}
