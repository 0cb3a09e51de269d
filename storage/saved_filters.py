"""The filters that a person has saved, each with a name, in their order."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    bindparam,
    delete,
    insert,
    select,
)

from storage.ids import PersonId
from storage.metadata import metadata

saved_filters = Table(
    "saved_filters",
    metadata,
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("list", String(16), primary_key=True),  # which list it is for
    Column("name", String(64), primary_key=True),
    Column("filter", Text, nullable=False),
    Column("position", Integer, nullable=False),
)


class SavedFilterRow(NamedTuple):
    """One saved filter, as stored."""

    list: str
    name: str
    filter: str


_OF_PERSON = (
    select(*(saved_filters.c[name] for name in SavedFilterRow._fields))
    .where(saved_filters.c.person_id == bindparam("person"))
    .order_by(saved_filters.c.position)
)
_FORGET = delete(saved_filters).where(saved_filters.c.person_id == bindparam("person"))
_SAVE = insert(saved_filters)


def of_person(connection: Connection, person: PersonId) -> list[SavedFilterRow]:
    """What the person has saved, in its order."""
    return [SavedFilterRow._make(row) for row in connection.execute(_OF_PERSON, {"person": person})]


def set_all(connection: Connection, person: PersonId, rows: Sequence[SavedFilterRow]) -> None:
    """Save exactly these, in this order."""
    connection.execute(_FORGET, {"person": person})
    if rows:
        connection.execute(
            _SAVE,
            [{"person_id": person, "position": place, **row._asdict()} for place, row in enumerate(rows)],
        )
