"""Everything that is pending finds its channel's worker: this looks at what waits, wakes whose time has come, and
gives up what nobody can deliver any more.

All that it knows is in the store. It can be killed at any line: what was under way then is sent again."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Final, NamedTuple

from core.channels.adapter import Adapters
from core.channels.delivering.settling import give_up
from core.channels.delivering.usable import why_not
from core.channels.delivering.worker import GRACE_SECONDS, SEND_SECONDS, Shop, Worker
from core.clock import SECOND, Clock
from core.ids import Entropy
from storage import delivering
from storage.database import Connection, Database
from storage.deliveries import DueRow
from storage.delivering import Waiting
from storage.ids import ChannelId, Instant
from storage.standings import Standing

_POLL_SECONDS: Final = 1.0
_SHORTEST_SECONDS: Final = 0.02  # between two looks
_PATROL_SECONDS: Final = 10.0  # between two looks at what has waited too long
_GIVEN_UP_AT_ONCE: Final = 50
_PAUSE_SECONDS: Final = 1.0

_log = logging.getLogger("callboard.channels")


class Outlook(NamedTuple):
    """What waits, and whether anything waits for a channel that there never was."""

    waiting: list[Waiting]
    nowhere: bool


class Workers:
    """The workers of one server. On PostgreSQL any number may run beside each other. `name` is that of the
    server, `public` where others reach it."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        entropy: Entropy,
        adapters: Adapters,
        *,
        name: str,
        public: Callable[[], str | None] = lambda: None,
        seconds: float = SEND_SECONDS,
        grace: float = GRACE_SECONDS,
    ) -> None:
        self._shop = Shop(database, clock, entropy, adapters, public, name, clock.now(), seconds, grace)
        self._workers: dict[ChannelId, Worker] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._patrolled: dict[ChannelId, float] = {}
        self._woken = asyncio.Event()
        database.on_commit(self.wake)

    def wake(self) -> None:
        """There may be something to deliver. A wake-up that gets lost costs one poll."""
        self._woken.set()

    async def run(self) -> None:
        """Deliver until cancelled."""
        await self._take_over()
        try:
            while True:
                self._woken.clear()
                seconds = await self.look()
                await asyncio.sleep(_SHORTEST_SECONDS)
                with suppress(TimeoutError):
                    async with asyncio.timeout(seconds):
                        await self._woken.wait()
        finally:
            await self._stop()

    async def look(self) -> float:
        """Wake who has something to do, and say for how many seconds nobody will have."""
        database, clock = self._shop.database, self._shop.clock
        outlook = await database.read(_look)
        now = clock.now()
        soonest = now + int(_POLL_SECONDS * SECOND)
        for standing, due in outlook.waiting:
            why = why_not(self._shop.adapters, standing, now)
            if why is not None:
                await self._give_up(standing, why)
            if standing.present and standing.disabled_at is None:
                at = Instant(max(due, standing.paused_until or 0))
                self._worker(standing).hear(at)
                soonest = min(soonest, max(at, now))
        if outlook.nowhere:
            await database.write(partial(_give_up_nowhere, clock=clock, entropy=self._shop.entropy))
        return (soonest - now) / SECOND if soonest > now else _POLL_SECONDS

    async def _give_up(self, standing: Standing, why: str) -> None:
        """Of what waits in vain, end what has waited long enough; all of it where the channel is no more."""
        shop, channel = self._shop, standing.id
        monotonic = shop.clock.monotonic()
        if standing.present and monotonic - self._patrolled.get(channel, -_PATROL_SECONDS) < _PATROL_SECONDS:
            return
        self._patrolled[channel] = monotonic
        find = delivering.past if standing.present else delivering.all_of

        def unit(connection: Connection) -> int:
            now = shop.clock.now()
            rows = find(connection, channel, now, _GIVEN_UP_AT_ONCE)
            return give_up(connection, rows, why, now, shop.entropy)

        def any_past(connection: Connection) -> bool:
            return delivering.any_past(connection, channel, shop.clock.now())

        if not standing.present or await shop.database.read(any_past):
            ended = _GIVEN_UP_AT_ONCE
            while ended == _GIVEN_UP_AT_ONCE:
                ended = await shop.database.write(unit)

    def _worker(self, standing: Standing) -> Worker:
        worker = self._workers.get(standing.id)
        if worker is None:
            worker = Worker(self._shop, standing.id, standing.name or "")
            self._workers[standing.id] = worker
            self._tasks.append(asyncio.create_task(_kept(worker), name=f"channel {standing.name}"))
        return worker

    async def _take_over(self) -> None:
        """On SQLite there is no other server: what is under way was left behind by one that died."""
        if self._shop.database.engine == "sqlite":
            clock = self._shop.clock
            await self._shop.database.write(lambda connection: delivering.take_over(connection, clock.now()))

    async def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        self._workers.clear()


async def _kept(worker: Worker) -> None:
    while True:
        try:
            await worker.run()
        except Exception:
            _log.exception("A channel's worker failed and goes on")
            await asyncio.sleep(_PAUSE_SECONDS)


def _look(connection: Connection) -> Outlook:
    return Outlook(delivering.waiting(connection), delivering.any_nowhere(connection))


def _give_up_nowhere(connection: Connection, clock: Clock, entropy: Entropy) -> None:
    now = clock.now()
    by_channel: dict[str, list[DueRow]] = {}
    for row in delivering.nowhere(connection, _GIVEN_UP_AT_ONCE):
        by_channel.setdefault(row.channel, []).append(row)
    for channel, rows in by_channel.items():
        give_up(connection, rows, f"There is no channel {channel}.", now, entropy)
