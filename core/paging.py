"""The place in a list that its pages go by: bounded in length, and as text for the wire."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from core.api.wire import Page
from core.errors import InvalidError
from core.ids import row_number

Row = TypeVar("Row")
Item = TypeVar("Item")

MOST = 1000


class Limited(Protocol):
    """Whatever asks for a page."""

    @property
    def limit(self) -> int: ...


def one_more(query: Limited) -> int:
    """How many rows to ask for: one more than the page holds, to know whether there is a next one."""
    if not 1 <= query.limit <= MOST:
        raise InvalidError(f"A page holds 1 to {MOST} items.", "limit")
    return query.limit + 1


def number(cursor: str) -> int:
    """The cursor of a list that goes by number."""
    found = row_number(cursor)
    if found is None:
        raise InvalidError("This cursor is not one of this list; start again without it.", "cursor")
    return found


def name(cursor: str | None) -> str:
    """The cursor of a list that goes by name, from the beginning when there is none."""
    if cursor is not None and (not cursor.isascii() or not cursor.isprintable() or len(cursor) > 64):
        raise InvalidError("This cursor is not one of this list; start again without it.", "cursor")
    return cursor or ""


def page(
    rows: Sequence[Row], limit: int, show: Callable[[Sequence[Row]], list[Item]], place: Callable[[Row], str]
) -> Page[Item]:
    """The page that these rows make, the last of which may only tell that there are more."""
    shown = rows[:limit]
    return Page(show(shown), place(shown[-1]) if len(rows) > limit else None)
