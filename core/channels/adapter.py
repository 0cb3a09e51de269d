"""What every channel is: a thing that sends a message and can say whether it is there."""

from dataclasses import dataclass
from typing import Protocol

from core.api.rules import Problem
from core.channels.message import Message
from core.channels.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Rate:
    """So many messages in so many seconds, and so many at once after a silence."""

    count: float
    seconds: float
    burst: int


class Adapter(Protocol):
    """One configured channel. It is made anew when its settings change; `close` ends what it holds open."""

    rate: Rate | None
    at_once: int  # how many may be under way

    async def send(self, message: Message) -> Outcome:
        """One attempt, within the channel's time limit."""

    async def check(self) -> Outcome:
        """Whether the service can be reached and knows us, sending nothing to anybody."""

    async def close(self) -> None: ...


class Adapters(Protocol):
    """The channels of a server, ready to send."""

    def adapter(self, name: str) -> Adapter | Problem:
        """The channel of this name as it is configured now, or why it cannot be used."""
