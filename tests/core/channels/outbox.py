"""An outbox for tests: channels that do as they are told, deliveries put straight into the store, and the way to
wait for what becomes of them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import select, update

from core.channels.delivering.backoff import PATIENCE
from core.channels.delivering.workers import Workers
from core.clock import ManualClock
from core.ids import Entropy, delivery_id
from storage import channels, deliveries, events
from storage.database import Connection, Database
from storage.deliveries import NewDeliveryRow, delivery_attempts
from storage.ids import ChannelId, Instant
from tests.fakes.adapters import FakeAdapter, FakeAdapters, add_channel

PATIENCE_SECONDS = 20.0


class Row(NamedTuple):
    state: str
    attempt: int
    error: str | None
    reason: str | None
    run_at: int
    settled_at: int | None


class Outbox:
    """One store, its channels by name, and the servers that deliver."""

    def __init__(self, database: Database, clock: ManualClock, entropy: Entropy) -> None:
        self.database = database
        self.clock = clock
        self.entropy = entropy
        self.adapters = FakeAdapters({})
        self.ids: dict[str, ChannelId] = {}

    async def channel(self, name: str, adapter: FakeAdapter | None = None) -> FakeAdapter:
        made = adapter or FakeAdapter()
        self.adapters.adapters[name] = made
        self.ids[name] = await add_channel(self.database, name, self.clock)
        return made

    async def put(self, channel: str, **facts: Any) -> str:
        """A delivery that is due now, unless told otherwise."""
        now = self.clock.now()
        fires = Instant(now + facts.pop("delay", 0))
        made = delivery_id(now, self.entropy)
        known = {
            "id": made,
            "external_id": None,
            "event_seq": None,
            "event_id": None,
            "event": "task:transition",
            "rule_id": "failed-tasks",
            "rule_name": "Tasks that fail",
            "channel": channel,
            "channel_type": "webhook",
            "channel_id": self.ids.get(channel),
            "workspace_id": None,
            "private": False,
            "title": f"Title {made}",
            "body": "Body",
            "severity": "warning",
            "sender_id": None,
            "held_back": 0,
            "held_since": None,
            "state": "pending",
            "run_at": fires,
            "error": None,
            "reason": None,
            "created_at": now,
            "fires_at": fires,
            "give_up_at": Instant(fires + PATIENCE),
            "settled_at": None,
        }
        row = NewDeliveryRow(**{**known, **facts})
        await self.database.write(lambda connection: deliveries.insert_many(connection, [row]))
        return row.id

    def server(self, name: str = "here", seconds: float = 10.0) -> Workers:
        return Workers(
            self.database, self.clock, self.entropy, self.adapters, name=name, seconds=seconds, grace=0.01
        )

    @asynccontextmanager
    async def delivering(self, name: str = "here", seconds: float = 10.0) -> AsyncIterator[Workers]:
        """A server that delivers, until the block ends."""
        server = self.server(name, seconds)
        task = asyncio.create_task(server.run())
        try:
            yield server
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def row(self, id: str) -> Row:
        table = deliveries.deliveries
        statement = select(*(table.c[name] for name in Row._fields)).where(table.c.id == id)
        return await self.database.read(lambda connection: Row(*connection.execute(statement).one()))

    async def rows(self) -> list[Row]:
        table = deliveries.deliveries
        statement = select(*(table.c[name] for name in Row._fields)).order_by(table.c.seq)
        return await self.database.read(lambda connection: [Row(*row) for row in connection.execute(statement)])

    async def held(self) -> int:
        """How many a worker holds."""
        table = deliveries.deliveries
        statement = select(table.c.seq).where(table.c.lease_token.is_not(None))
        return len(await self.database.read(lambda connection: connection.execute(statement).all()))

    async def attempts(self, id: str) -> list[tuple[str | None, str]]:
        """How each attempt ended, and what was said."""
        table, of = deliveries.deliveries, delivery_attempts
        statement = (
            select(of.c.outcome, of.c.sentence)
            .join(table, table.c.seq == of.c.delivery_seq)
            .where(table.c.id == id)
            .order_by(of.c.number)
        )
        return await self.database.read(lambda connection: [tuple(row) for row in connection.execute(statement)])

    async def becomes(self, id: str, state: str) -> Row:
        """Wait until the delivery is that."""
        await until(lambda: self._is(id, state))
        return await self.row(id)

    async def tried(self, id: str, times: int) -> Row:
        """Wait until the delivery has been tried so often, and no attempt is under way."""

        async def ended() -> bool:
            found = await self.attempts(id)
            return len(found) >= times and all(outcome for outcome, _ in found)

        await until(ended)
        return await self.row(id)

    async def told(self) -> list[tuple[str, dict[str, Any]]]:
        """The events that were recorded, with their payloads."""
        statement = select(events.events.c.name, events.events.c.payload).order_by(events.events.c.seq)

        def unit(connection: Connection) -> list[tuple[str, dict[str, Any]]]:
            return [(name, msgspec.json.decode(payload)) for name, payload in connection.execute(statement)]

        return await self.database.read(unit)

    async def how(self, name: str) -> Any:
        """The channel, as stored."""
        statement = select(channels.channels).where(channels.channels.c.name == name)
        return await self.database.read(lambda connection: connection.execute(statement).one())

    async def days(self, name: str) -> list[tuple[str, int, int, int]]:
        """What became of the channel's deliveries: sent, failed, dropped."""
        days = deliveries.delivery_days
        statement = select(days.c.day, days.c.sent, days.c.failed, days.c.dropped).where(
            days.c.channel_id == self.ids[name]
        )
        return await self.database.read(lambda connection: [tuple(row) for row in connection.execute(statement)])

    async def change(self, name: str, **values: Any) -> None:
        statement = update(channels.channels).where(channels.channels.c.name == name).values(**values)
        await self.database.write(lambda connection: connection.execute(statement).close())

    async def _is(self, id: str, state: str) -> bool:
        return (await self.row(id)).state == state


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait until it holds."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            if await holds():
                return
            await asyncio.sleep(0.005)
