"""Channels that do as a test says, in the place of those that reach a service."""

import asyncio
from collections.abc import Callable, Mapping

from core.api.rules import Problem
from core.channels.adapter import Adapter, Rate
from core.channels.message import Message
from core.channels.outcome import Outcome, Sent
from core.clock import Clock
from storage import channels
from storage.database import Connection, Database
from storage.ids import ChannelId, Instant

Answer = Callable[[Message], Outcome]


class FakeAdapter:
    """Answers with what it was told to, in this order, and from then on that it was sent. It remembers what it
    was given. While `gate` is not set, nothing comes back."""

    def __init__(self, *outcomes: Outcome, at_once: int = 4, rate: Rate | None = None) -> None:
        self.outcomes = list(outcomes)
        self.at_once = at_once
        self.rate = rate
        self.messages: list[Message] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.given = asyncio.Event()

    async def send(self, message: Message) -> Outcome:
        self.messages.append(message)
        self.given.set()
        await self.gate.wait()
        return self.outcomes.pop(0) if self.outcomes else Sent()

    async def check(self) -> Outcome:
        return Sent()

    async def close(self) -> None: ...

    @property
    def ids(self) -> list[str]:
        return [message.id for message in self.messages]


class FakeAdapters:
    """The channels of a server."""

    def __init__(self, adapters: Mapping[str, Adapter]) -> None:
        self.adapters = dict(adapters)

    def adapter(self, name: str) -> Adapter | Problem:
        return self.adapters.get(name) or Problem(f"channels.{name}", "There is no token.")


async def add_channel(database: Database, name: str, clock: Clock, type: str = "webhook") -> ChannelId:
    """A channel in the store."""

    def unit(connection: Connection) -> ChannelId:
        now = Instant(clock.now())
        values = {"name": name, "type": type, "source": "file", "created_at": now, "updated_at": now}
        added = channels.channels.insert().values(values).returning(channels.channels.c.id)
        return ChannelId(connection.execute(added).scalar_one())

    return await database.write(unit)
