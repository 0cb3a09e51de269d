"""What a person has hidden of My Work: sessions, plans and round tables. Notifications are dismissed instead."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import BigInteger, Column, Connection, ForeignKey, Index, String, Table, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as insert_unless_there

from storage.ids import Instant, PersonId
from storage.metadata import metadata

hidden_work = Table(
    "hidden_work",
    metadata,
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("type", String(12), primary_key=True),  # session, plan, roundtable
    Column("thing_id", BigInteger, primary_key=True),
    Column("hidden_at", BigInteger, nullable=False),
    Index("ix_hidden_work_thing", "type", "thing_id"),
)


class HiddenRow(NamedTuple):
    """A thing that somebody has hidden."""

    person_id: PersonId
    type: str
    thing_id: int
    hidden_at: Instant


_OWN = (hidden_work.c.person_id == bindparam("person"), hidden_work.c.type == bindparam("of_type"))
_THESE = hidden_work.c.thing_id.in_(bindparam("ids", expanding=True))
_HIDDEN = select(hidden_work.c.thing_id).where(*_OWN, _THESE)
_HIDE = insert_unless_there(hidden_work).on_conflict_do_nothing()
_SHOW = delete(hidden_work).where(*_OWN, _THESE)
_BY_ANYBODY = (
    select(*(hidden_work.c[name] for name in HiddenRow._fields))
    .where(hidden_work.c.type == bindparam("of_type"), _THESE)
    .order_by(hidden_work.c.thing_id, hidden_work.c.person_id)
)
_ANY = select(hidden_work.c.thing_id).limit(1)


def hidden(connection: Connection, person: PersonId, type: str, ids: Collection[int]) -> set[int]:
    """Those of the things that the person has hidden."""
    if not ids:
        return set()
    return set(connection.execute(_HIDDEN, {"person": person, "of_type": type, "ids": list(ids)}).scalars())


def hide(connection: Connection, person: PersonId, type: str, ids: Collection[int], now: Instant) -> None:
    """Hide these, those that are hidden already excepted."""
    if ids:
        connection.execute(_HIDE, [HiddenRow(person, type, thing, now)._asdict() for thing in ids])


def show(connection: Connection, person: PersonId, type: str, ids: Collection[int]) -> None:
    """These are no longer hidden."""
    if ids:
        connection.execute(_SHOW, {"person": person, "of_type": type, "ids": list(ids)})


def by_anybody(connection: Connection, type: str, ids: Collection[int]) -> list[HiddenRow]:
    """Who has hidden which of these, and when."""
    if not ids or connection.execute(_ANY).first() is None:
        return []
    found = connection.execute(_BY_ANYBODY, {"of_type": type, "ids": list(ids)})
    return [HiddenRow._make(row) for row in found]
