"""A person's inbox with what it is grouped by: for each item its id, whether it is starred, and one column."""

from typing import NamedTuple

from storage.database import Connection
from storage.ids import Instant, PersonId
from storage.inbox import Narrowing, inbox_items
from storage.inbox_lists import everything


class KeyedRow(NamedTuple):
    """An item, and what it is grouped by."""

    id: int
    starred: bool
    value: int | str


def keyed(
    connection: Connection, person: PersonId, narrowing: Narrowing, now: Instant, column: str
) -> list[KeyedRow]:
    """All that the page would come to, in its order, each with this column."""
    rows = everything(connection, person, narrowing, now, inbox_items.c.starred, inbox_items.c[column])
    return [KeyedRow(*row) for row in rows]
