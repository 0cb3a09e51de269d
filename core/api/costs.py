"""What sessions cost, on the wire."""

from typing import Literal

from msgspec import Struct

from core.api.wire import Call, Page

Grouping = Literal["month", "workspace", "session", "ticket", "provider", "automation"]


class CostQuery(Struct, frozen=True):
    by: Grouping = "month"
    limit: int = 50
    cursor: str | None = None
    filter: str = ""


class Cost(Struct, frozen=True):
    """The sum of a group. `cost` is in dollars, of the turns whose cost is known, and nothing where none is;
    `unmetered` counts the others."""

    group: str
    cost: float | None
    turns: int
    unmetered: int
    input_tokens: int | None
    output_tokens: int | None


def costs(
    by: Grouping = "month", *, limit: int = 50, cursor: str | None = None, filter: str = ""
) -> Call[Page[Cost]]:
    return Call("GET", "/costs", Page[Cost], {"by": by, "limit": limit, "cursor": cursor, "filter": filter})
