"""Where the app's pictures come from."""

from collections.abc import AsyncIterator
from typing import Protocol, TypeVar

from core.api.stream import Frame
from core.api.wire import Call

T = TypeVar("T")


class Source(Protocol):
    """A server, or what stands in for one."""

    async def send(self, call: Call[T]) -> T:
        """The answer."""

    def changes(self, after: int | None = None) -> AsyncIterator[Frame]:
        """What changes from a position on."""
