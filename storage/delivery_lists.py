"""Deliveries as lists, one by one, and what a person does to one.

A page costs the same however many there are: it is asked workspace by workspace and state by state, each time
from an index that has those alone in their order, and merged."""

from collections.abc import Collection, Iterator, Sequence
from itertools import product
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    update,
)

from storage.criteria import Criterion, contains, matches
from storage.deliveries import deliveries, delivery_attempts
from storage.delivery_counts import NONE, Counts, count
from storage.events import events
from storage.ids import ChannelId, DeliveryId, EventId, EventSeq, Instant, PersonId, WorkspaceId
from storage.listing import Match, conditions
from storage.people import people, workspaces
from storage.prepared import Prepared

_FEW_WORKSPACES = 12  # asked one by one
_MOST_PARTS = 64
_STEP = 3_600_000_000  # microseconds by which a clock may have been set back


class Reader(NamedTuple):
    """Who asks: with the workspaces that they see, all of them where nothing is said. Who manages channels sees
    what belongs to no workspace, and every letter of their workspaces."""

    person: PersonId
    workspaces: frozenset[WorkspaceId] | None
    manages: bool


class DeliveryRow(NamedTuple):
    """One delivery, as stored."""

    seq: DeliveryId
    id: str
    external_id: str | None
    event_seq: EventSeq | None
    event_id: EventId | None
    event: str
    rule_id: str
    rule_name: str
    channel: str
    channel_type: str
    channel_id: ChannelId | None
    workspace_id: WorkspaceId | None
    private: bool
    title: str
    body: str
    severity: str
    sender_id: PersonId | None
    state: str
    run_at: Instant
    attempt: int
    lease_token: str | None
    error: str | None
    reason: str | None
    created_at: Instant
    fires_at: Instant
    settled_at: Instant | None


class AttemptRow(NamedTuple):
    """One try to send it. It has no outcome while it is under way."""

    number: int
    began_at: Instant
    took_ms: int | None
    outcome: str | None
    sentence: str


_table = deliveries.c
_MATCHES: dict[str, Match] = {
    "text": lambda wanted: contains(
        (_table.title, _table.body, _table.event, _table.rule_name, _table.channel, _table.error), wanted.texts
    ),
    "state": lambda wanted: _table.state.in_(wanted.texts),
    "status": lambda wanted: _table.state.in_(wanted.texts),
    "channel": lambda wanted: _table.channel.in_(wanted.texts),
    "rule": lambda wanted: _table.rule_id.in_(wanted.texts),
    "event": lambda wanted: matches(_table.event, wanted.texts),
    "severity": lambda wanted: _table.severity.in_(wanted.texts),
    "workspace": lambda wanted: _of_workspaces(wanted),
    "sender": lambda wanted: _of_senders(wanted),
    "since": lambda wanted: _table.created_at >= wanted.instant,
    "until": lambda wanted: _table.created_at < wanted.instant,
}
_ROW = select(*(_table[name] for name in DeliveryRow._fields))
_THESE = _ROW.where(_table.seq.in_(bindparam("seqs", expanding=True))).order_by(_table.seq.desc())
_BY_ID = _ROW.where(_table.id == bindparam("of_id"))
_LOCKED = _BY_ID.with_for_update()
_BY_EXTERNAL_ID = _ROW.where(
    _table.workspace_id == bindparam("workspace"), _table.external_id == bindparam("external_id")
)
_ATTEMPTS = (
    select(*(delivery_attempts.c[name] for name in AttemptRow._fields))
    .where(delivery_attempts.c.delivery_seq == bindparam("seq"))
    .order_by(delivery_attempts.c.number)
)
_NEXT = Prepared(
    select(_table.seq, _table.created_at).where(_table.seq >= bindparam("at_least")).order_by(_table.seq).limit(1)
)
_ENDS = select(func.coalesce(func.min(_table.seq), 0), func.coalesce(func.max(_table.seq), 0))
_PAYLOAD = select(events.c.payload).where(events.c.seq == bindparam("seq"))
_AGAIN = (
    update(deliveries)
    .where(_table.seq == bindparam("of_seq"))
    .values(
        state="pending",
        channel_id=bindparam("to"),
        channel_type=bindparam("of_type"),
        run_at=bindparam("now"),
        give_up_at=bindparam("until"),
        error=None,
        reason=bindparam("why"),
        settled_at=None,
    )
)
_CANCEL = (
    update(deliveries)
    .where(_table.seq == bindparam("of_seq"))
    .values(
        state="cancelled",
        reason=bindparam("why"),
        settled_at=bindparam("now"),
        lease_token=None,
        leased_by=None,
    )
)
_named = literal(",").concat(func.replace(func.trim(events.c.recipients, "[]"), " ", "")).concat(",")
_LETTER = exists(
    select(events.c.seq).where(
        events.c.seq == _table.event_seq,
        or_(events.c.actor_id == bindparam("reader"), _named.like(bindparam("among"))),
    )
)
_MINE = or_(_table.sender_id == bindparam("reader"), _LETTER)
_NOWHERE = _table.workspace_id.is_(None)


def page(
    connection: Connection,
    reader: Reader,
    criteria: Sequence[Criterion],
    *,
    of: WorkspaceId | None,
    below: DeliveryId | None,
    limit: int,
) -> list[DeliveryRow]:
    """Deliveries that the reader may see, newest first; of one workspace, or of all."""
    parts = list(_parts(connection, reader, criteria, of))
    rest = conditions(_MATCHES, criteria)
    first, last = _span(connection, criteria)
    values = {**_asking(reader), "above": first, "most": limit}
    values["below"] = last if below is None else min(below, last)
    found: list[DeliveryId] = []
    for part in parts:
        statement = (
            select(_table.seq)
            .where(*part, *rest, _table.seq < bindparam("below"), _table.seq > bindparam("above"))
            .order_by(_table.seq.desc())
            .limit(bindparam("most"))
        )
        found += connection.execute(statement, values).scalars()
    newest = sorted(set(found), reverse=True)[:limit]
    return [DeliveryRow._make(row) for row in connection.execute(_THESE, {"seqs": newest})] if newest else []


def by_id(connection: Connection, delivery: str, *, locked: bool = False) -> DeliveryRow | None:
    found = connection.execute(_LOCKED if locked else _BY_ID, {"of_id": delivery}).one_or_none()
    return None if found is None else DeliveryRow._make(found)


def is_visible(connection: Connection, reader: Reader, delivery: DeliveryId) -> bool:
    """Whether the reader may see it."""
    spaces = true() if reader.workspaces is None else _table.workspace_id.in_(reader.workspaces)
    seen = or_(and_(spaces, *_open(reader)), and_(_NOWHERE, *_open_nowhere(reader)))
    statement = select(_table.seq).where(_table.seq == bindparam("of_seq"), seen)
    return connection.execute(statement, {**_asking(reader), "of_seq": delivery}).first() is not None


def by_external_id(connection: Connection, workspace: WorkspaceId, external_id: str) -> DeliveryRow | None:
    """What was sent by hand under this id."""
    values = {"workspace": workspace, "external_id": external_id}
    found = connection.execute(_BY_EXTERNAL_ID, values).one_or_none()
    return None if found is None else DeliveryRow._make(found)


def attempts(connection: Connection, delivery: DeliveryId) -> list[AttemptRow]:
    return [AttemptRow._make(row) for row in connection.execute(_ATTEMPTS, {"seq": delivery})]


def payload(connection: Connection, event: EventSeq) -> str | None:
    """What the event said, as long as it is kept."""
    found: str | None = connection.execute(_PAYLOAD, {"seq": event}).scalar_one_or_none()
    return found


def again(
    connection: Connection,
    delivery: DeliveryId,
    channel: ChannelId,
    type: str,
    reason: str | None,
    now: Instant,
    until: Instant,
) -> None:
    """Let it be sent now."""
    values = {"of_seq": delivery, "to": channel, "of_type": type, "why": reason, "now": now, "until": until}
    connection.execute(_AGAIN, values)


def cancel(connection: Connection, delivery: DeliveryId, reason: str, now: Instant) -> None:
    """Let it not be sent."""
    connection.execute(_CANCEL, {"of_seq": delivery, "why": reason, "now": now})


def counts(connection: Connection, reader: Reader, of: WorkspaceId | None) -> Counts:
    """How many of those that the reader may see are in each state."""
    if of is not None:
        spaces: Collection[WorkspaceId] | None = (of,)
    elif reader.workspaces is None:
        spaces = None
    else:
        spaces = (*reader.workspaces, *((NONE,) if reader.manages else ()))
    found = count(connection, spaces, private=reader.manages)
    if reader.manages:
        return found
    letters = select(_table.state, func.count()).where(_table.private, _MINE).group_by(_table.state)
    if of is not None:
        letters = letters.where(_table.workspace_id == of)
    else:
        letters = letters.where(or_(_NOWHERE, _table.workspace_id.in_(reader.workspaces or ())))
    more = {str(row[0]): int(row[1]) for row in connection.execute(letters, _asking(reader))}
    return Counts(*(number + more.get(state, 0) for state, number in found._asdict().items()))


def _span(connection: Connection, criteria: Sequence[Criterion]) -> tuple[int, int]:
    """Between which numbers everything is that was made in the time that is asked for."""
    first, last = 0, 2**62
    for one in criteria:
        if one.what == "since" and not one.negated:
            first = max(first, _number_at(connection, one.instant - _STEP) - 1)
        elif one.what == "until" and not one.negated:
            last = min(last, _number_at(connection, one.instant + _STEP))
    return first, last


def _number_at(connection: Connection, instant: int) -> int:
    """The first number that was given from then on: numbers grow with the time, a step of the clock aside."""
    low, high = connection.execute(_ENDS).one()
    high += 1
    while low < high:
        middle = (low + high) // 2
        found = _NEXT.one(connection, {"at_least": middle})
        if found is None or found[1] >= instant:
            high = middle
        else:
            low = found[0] + 1
    return int(low)


def _parts(
    connection: Connection, reader: Reader, criteria: Sequence[Criterion], of: WorkspaceId | None
) -> Iterator[list[ColumnElement[bool]]]:
    """The conditions of parts that are each found in one index, and together are all that may be seen."""
    spaces = list(_spaces(connection, reader, criteria, of))
    shares = list(_shares(criteria))
    if len(spaces) * len(shares) > _MOST_PARTS:
        shares = [[]]
    for space, share in product(spaces, shares):
        yield [*space, *share]


def _spaces(
    connection: Connection, reader: Reader, criteria: Sequence[Criterion], of: WorkspaceId | None
) -> Iterator[list[ColumnElement[bool]]]:
    seen = reader.workspaces
    named = _first(criteria, "workspace")
    if of is not None or named is not None:
        asked = [of] if of is not None else _ids(connection, named or ())
        for space in asked:
            if seen is None or space in seen:
                yield [_table.workspace_id == space, *_open(reader)]
        return
    if seen is None:
        yield _open(reader)
        return
    if len(seen) <= _FEW_WORKSPACES:
        for space in seen:
            yield [_table.workspace_id == space, *_open(reader)]
    else:
        yield [_table.workspace_id.in_(seen), *_open(reader)]
    yield [_NOWHERE, *_open_nowhere(reader)]


def _shares(criteria: Sequence[Criterion]) -> Iterator[list[ColumnElement[bool]]]:
    """What is asked of the channel, the rule and the state, as one value of each: an index has them together."""
    rules, channels = _first(criteria, "rule"), _first(criteria, "channel")
    states = _first(criteria, "state") or _first(criteria, "status")
    if states is None and (rules or channels):
        states = Counts._fields
    for rule, channel, state in product(rules or (None,), channels or (None,), states or (None,)):
        wanted = ((_table.rule_id, rule), (_table.channel, channel), (_table.state, state))
        yield [column == value for column, value in wanted if value is not None]


def _first(criteria: Sequence[Criterion], what: str) -> tuple[str, ...] | None:
    """The values of the first of these criteria that says what must be so."""
    return next((one.texts for one in criteria if one.what == what and not one.negated), None)


def _open(reader: Reader) -> list[ColumnElement[bool]]:
    """What of a workspace the reader may see."""
    return [] if reader.manages else [or_(not_(_table.private), _MINE)]


def _open_nowhere(reader: Reader) -> list[ColumnElement[bool]]:
    """What belongs to no workspace and the reader may see."""
    return [] if reader.manages else [_table.private, _MINE]


def _asking(reader: Reader) -> dict[str, object]:
    return {"reader": reader.person, "among": f"%,{reader.person},%"}


def _ids(connection: Connection, slugs: Collection[str]) -> list[WorkspaceId]:
    return list(connection.execute(select(workspaces.c.id).where(workspaces.c.slug.in_(slugs))).scalars())


def _of_workspaces(wanted: Criterion) -> ColumnElement[bool]:
    ids = select(workspaces.c.id).where(workspaces.c.slug.in_(wanted.texts))
    return func.coalesce(_table.workspace_id, NONE).in_(ids)


def _of_senders(wanted: Criterion) -> ColumnElement[bool]:
    ids = select(people.c.id).where(people.c.name.in_(wanted.texts))
    return func.coalesce(_table.sender_id, 0).in_(ids)
