"""What goes when it is old: found on a snapshot, which holds no writer up, and removed a few rows at a time."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    Delete,
    Table,
    Text,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
)

from storage.changes import changes
from storage.cooldowns import rule_cooldowns
from storage.deliveries import deliveries
from storage.events import RESTORED, cursors, events
from storage.ids import Instant, ItemId, PersonId, WorkspaceId
from storage.inbox import inbox_items, undo_steps
from storage.keys import auth_failures
from storage.metadata import Serial, metadata
from storage.mutes import mutes
from storage.rules import scoped_rules
from storage.strays import STRAY

_BEFORE: BindParameter[int] = bindparam("before", type_=BigInteger)
_UNSTARRED = and_(inbox_items.c.starred_at.is_(None), inbox_items.c.created_at < _BEFORE)
_LAST_CHANGE = select(func.max(changes.c.seq)).scalar_subquery()

tidyings = Table(
    "tidyings",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("began_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger, nullable=False),
    Column("removed", Text, nullable=False),  # JSON: how many of what
    sqlite_autoincrement=True,
)
"""What was removed when."""

_TIDYINGS_KEPT = 30

KEPT_CHANGES = 100_000
"""More than this need not be heard again: a listener that missed so much starts afresh."""


class GoneRow(NamedTuple):
    """A notification that was removed."""

    id: ItemId
    person_id: PersonId
    workspace_id: WorkspaceId | None
    dismissed_at: Instant | None


class LeavingRow(NamedTuple):
    """How many notifications are old, and since when the oldest is there."""

    read: int
    unread: int
    oldest: Instant | None


class TidyingRow(NamedTuple):
    """What was removed when."""

    began_at: Instant
    ended_at: Instant
    removed: str


OLD: dict[str, tuple[Table, ColumnElement[bool]]] = {
    "read notifications": (inbox_items, and_(_UNSTARRED, inbox_items.c.read_at.is_not(None))),
    "notifications": (inbox_items, _UNSTARRED),
    "events": (
        events,
        and_(
            events.c.recorded_at < _BEFORE,
            events.c.seq
            <= select(func.min(cursors.c.position)).where(cursors.c.name != RESTORED).scalar_subquery(),
        ),
    ),
    "deliveries": (deliveries, and_(deliveries.c.settled_at < _BEFORE, deliveries.c.state != "pending")),
    "changes": (changes, and_(changes.c.at < _BEFORE, changes.c.seq < _LAST_CHANGE)),
    "surplus changes": (changes, and_(changes.c.seq < _LAST_CHANGE - KEPT_CHANGES, _BEFORE.is_not(None))),
    "strayed notifications": (inbox_items, and_(STRAY, inbox_items.c.created_at <= _BEFORE)),
    "ended mutes": (mutes, mutes.c.until <= _BEFORE),
    "undo steps": (undo_steps, undo_steps.c.at < _BEFORE),
    "failed attempts": (auth_failures, auth_failures.c.at < _BEFORE),
    "rules of what is gone": (scoped_rules, scoped_rules.c.gone_at < _BEFORE),
    "old cooldowns": (
        rule_cooldowns,
        and_(rule_cooldowns.c.scope != "", rule_cooldowns.c.fired_at < _BEFORE),
    ),
}
"""What can be old, and when it is: as of the instant `before`."""


def old(connection: Connection, what: str, before: Instant, limit: int) -> list[int]:
    """The keys of what is old, no more than `limit` of them."""
    table, condition = OLD[what]
    return list(
        connection.execute(select(_key(table)).where(condition).limit(limit), {"before": before}).scalars()
    )


def remove(connection: Connection, what: str, before: Instant, keys: Sequence[int]) -> int:
    """Remove those of them that still are old, and say how many."""
    return connection.execute(_removal(what, keys), {"before": before}).rowcount


def are_items(what: str) -> bool:
    """Whether these are notifications."""
    return OLD[what][0] is inbox_items


def remove_items(connection: Connection, what: str, before: Instant, keys: Sequence[int]) -> list[GoneRow]:
    """Remove those of these notifications that still are old, and say which, and whose."""
    statement = _removal(what, keys).returning(*(inbox_items.c[name] for name in GoneRow._fields))
    return [GoneRow(*row) for row in connection.execute(statement, {"before": before})]


def _removal(what: str, keys: Sequence[int]) -> Delete:
    table, condition = OLD[what]
    return delete(table).where(_key(table).in_(keys), condition)


def leaving(
    connection: Connection, limits: Sequence[tuple[Instant, Instant]], person: PersonId | None
) -> list[LeavingRow]:
    """For each pair of limits, what was created before: before the first and read, or before the second. One
    person's, or everybody's."""
    item = inbox_items.c
    columns: list[ColumnElement[int]] = []
    for of_read, of_unread in limits:
        read = and_(item.read_at.is_not(None), item.created_at < of_read)
        unread = and_(item.read_at.is_(None), item.created_at < of_unread)
        columns += [func.coalesce(func.sum(case((condition, 1), else_=0)), 0) for condition in (read, unread)]
        columns.append(func.min(case((or_(read, unread), item.created_at))))
    statement = select(*columns).where(item.starred_at.is_(None), item.created_at < max(map(max, limits)))
    if person is not None:
        statement = statement.where(item.person_id == person)
    found = tuple(connection.execute(statement).one())
    return [
        LeavingRow(int(found[place]), int(found[place + 1]), found[place + 2])
        for place in range(0, len(found), 3)
    ]


def note(connection: Connection, row: TidyingRow) -> None:
    """Remember what was removed, and forget what is long ago."""
    number = connection.execute(insert(tidyings).returning(tidyings.c.id), row._asdict()).scalar_one()
    connection.execute(delete(tidyings).where(tidyings.c.id <= number - _TIDYINGS_KEPT))


def last_tidying(connection: Connection) -> TidyingRow | None:
    """What was removed the last time."""
    columns = (tidyings.c[name] for name in TidyingRow._fields)
    found = connection.execute(select(*columns).order_by(tidyings.c.id.desc()).limit(1)).one_or_none()
    return None if found is None else TidyingRow._make(found)


def _key(table: Table) -> Column[int]:
    (key,) = table.primary_key.columns
    return key
