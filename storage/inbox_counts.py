"""How many of a person's items are what: one row for each person, kept exact by triggers on the items (see
migration 0003), so that to count is to look up. Whoever makes the table of the items anew makes them anew."""

from typing import NamedTuple

from sqlalchemy import BigInteger, Column, Connection, ForeignKey, Table, bindparam, select

from storage.ids import PersonId
from storage.metadata import metadata
from storage.prepared import Prepared

inbox_counts = Table(
    "inbox_counts",
    metadata,
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("unread", BigInteger, nullable=False),
    Column("starred", BigInteger, nullable=False),
    Column("fresh", BigInteger, nullable=False),  # unread or starred: what is in the sidebar
    Column("total", BigInteger, nullable=False),
    Column("snoozed", BigInteger, nullable=False),
    Column("failed", BigInteger, nullable=False),
)


class Counts(NamedTuple):
    """`total` is what is neither dismissed nor asleep, and of that unread, starred, and unread failed deliveries;
    an item is asleep until it is woken, and `snoozed` while it is not dismissed."""

    unread: int
    starred: int
    total: int
    snoozed: int
    failed: int


_NONE = Counts(0, 0, 0, 0, 0)
_OF_PERSON = Prepared(
    select(*(inbox_counts.c[name] for name in Counts._fields)).where(
        inbox_counts.c.person_id == bindparam("person")
    )
)


def counts(connection: Connection, person: PersonId) -> Counts:
    """The person's counts as they are in this transaction."""
    found = _OF_PERSON.one(connection, {"person": person})
    return _NONE if found is None else Counts._make(found)
