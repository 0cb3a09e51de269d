"""What the server says by itself, handed on to whatever is on the screen."""

from collections.abc import Callable
from typing import Literal

from core.api.stream import Change, Frame, Reset

Connection = Literal["connecting", "live", "lost"]
Heard = Change | Reset | Connection
"""Something changed; something was missed, so that everything may have; or the connection is like this now."""


class Feed:
    """One conversation with the server, and any number of listeners."""

    def __init__(self) -> None:
        self.connection: Connection = "connecting"
        self.trouble = ""
        self._listeners: list[Callable[[Heard], None]] = []

    def join(self, listener: Callable[[Heard], None]) -> None:
        self._listeners.append(listener)

    def leave(self, listener: Callable[[Heard], None]) -> None:
        if listener in self._listeners:
            self._listeners.remove(listener)

    def hear(self, frame: Frame) -> None:
        if isinstance(frame, Change | Reset):
            self._tell(frame)

    def connected(self, connection: Connection, trouble: str) -> None:
        self.connection, self.trouble = connection, trouble
        self._tell(connection)

    def _tell(self, heard: Heard) -> None:
        for listener in list(self._listeners):
            listener(heard)
