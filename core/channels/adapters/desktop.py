"""The native alert of whoever is connected: each app shows it as its person likes, or not at all."""

from collections.abc import Awaitable, Callable

from msgspec import Struct

from core.channels.adapter import Rate
from core.channels.message import Message
from core.channels.outbound.http_client import HttpClient
from core.channels.outcome import Outcome, Sent, Transient

NOBODY = "Nobody is connected whose desktop could show it."
Announce = Callable[[Message | None], Awaitable[int]]
"""Announces a message, or nothing, and says how many people are connected who may see it."""


class DesktopSettings(Struct, frozen=True, rename="camel"):
    """There is nothing to set: each person says in their own settings when and how they are alerted."""

    def wrong(self) -> tuple[str, str] | None:
        """Nothing can be."""
        return None


async def nobody(message: Message | None) -> int:
    return 0


class Desktop:
    """The apps that are connected to this server."""

    rate: Rate | None = None
    at_once = 4

    def __init__(self, settings: DesktopSettings, client: HttpClient, announce: Announce = nobody) -> None:
        self._announce = announce

    async def send(self, message: Message) -> Outcome:
        return _told(await self._announce(message), "Announced to")

    async def check(self) -> Outcome:
        return _told(await self._announce(None), "There would be")

    async def close(self) -> None:
        """The connections are the apps'."""


def _told(people: int, what: str) -> Outcome:
    if not people:
        return Transient(NOBODY)
    who = "one person who is" if people == 1 else f"{people} people who are"
    return Sent(sentence=f"{what} {who} connected. Their apps show it as they like.")
