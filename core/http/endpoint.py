"""An endpoint as data: what it is called, what it takes and answers, and the function behind it.

The router, the checks at the door, the OpenAPI document and the reference page are all made from this one
declaration."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from msgspec import Struct

from core.caller import Caller
from core.errors import NotFoundError
from core.ids import row_number
from core.people.words import quoted

Q = TypeVar("Q", covariant=True)
B = TypeVar("B", covariant=True)


@dataclass(frozen=True, slots=True)
class Asked(Generic[Q, B]):
    """A request that passed the door: who asks, and what, already parsed into its types."""

    caller: Caller
    path: Mapping[str, str]
    query: Q
    body: B

    def number(self, name: str) -> int:
        """The number of what the path calls so."""
        text = self.path[name]
        found = row_number(text)
        if found is None:
            raise NotFoundError(f"There is no {name} {quoted(text)}, or none that you may see.")
        return found


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`handle` takes an `Asked` of the types named here and answers a value of type `answer`."""

    method: str
    path: str  # below /api/v1, with {names}
    summary: str
    handle: Callable[[Asked[Any, Any]], Awaitable[object]]
    answer: Any
    query: type[Struct] | None = None
    body: type[Struct] | None = None
    status: int = 200
