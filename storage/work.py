"""A unit of work on its way: from the coroutine that waits for it, through a thread of the store, and back."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection

from storage.engines import Dialect
from storage.errors import StorageError

T = TypeVar("T")
G = TypeVar("G")
Unit = Callable[[Connection], T]
Together = Callable[[Connection, Sequence[G]], Sequence[T]]
"""A unit for several callers: for each of what they give it has an answer, in their order."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one caller gives to a unit that answers several at once. By itself it is a unit too."""

    together: Together[Any, Any]
    given: Any

    def __call__(self, connection: Connection) -> Any:
        return self.together(connection, [self.given])[0]


@dataclass(slots=True, eq=False)
class Waiting:
    """A unit, and the future of whoever waits for it. The thread fills in either the result or the error."""

    unit: Unit[Any]
    future: "asyncio.Future[Any]"
    result: Any = None
    error: BaseException | None = None

    def taken_back(self) -> bool:
        """Whether nobody waits any more."""
        return self.future.cancelled()

    def settle(self) -> None:
        """Answer. Belongs on the event loop."""
        if self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.result)
        elif isinstance(self.error, StopIteration):  # which a future refuses
            escaped = RuntimeError("The unit of work let a StopIteration out.")
            escaped.__cause__ = self.error
            self.future.set_exception(escaped)
        else:
            self.future.set_exception(self.error)


def answer(
    loop: asyncio.AbstractEventLoop, settle: Callable[[Sequence[Waiting]], None], done: Sequence[Waiting]
) -> bool:
    """Have `settle` called on the loop; false once the loop is closed and nobody can be answered."""
    try:
        loop.call_soon_threadsafe(settle, done)
    except RuntimeError:
        return False
    return True


def explained(dialect: Dialect, error: BaseException) -> BaseException:
    """What to tell whoever waits: a sentence where the database is at fault, otherwise the unit's own error."""
    if isinstance(error, StorageError):
        return type(error)(error.sentence)  # one for each, since a raised error gathers where it came by
    better = dialect.explain(error)
    if better is None:
        return error
    better.__cause__ = error
    return better
