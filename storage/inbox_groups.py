"""A person's inbox with what it is grouped by: for each item its id, whether it is starred, and one column."""

from collections.abc import Iterable
from typing import cast

from storage.database import Connection
from storage.ids import Instant, PersonId
from storage.inbox import Narrowing, inbox_items
from storage.inbox_lists import everything

KeyedRow = tuple[int, bool, int | str]
"""An item, whether it is starred, and what it is grouped by; plain, as there may be a great many of them."""


def keyed(
    connection: Connection, person: PersonId, narrowing: Narrowing, now: Instant, column: str
) -> Iterable[KeyedRow]:
    """All that the page would come to, in its order, each with this column."""
    rows = everything(connection, person, narrowing, now, inbox_items.c.starred, inbox_items.c[column])
    return cast("Iterable[KeyedRow]", rows)
