"""One channel's worker: claims what is due, as many as the channel has places and its rate allows, sends each
within its time limit, and settles what has ended with the claim of what is next, in one transaction.

It knows no other channel: one that is slow, hangs or is gone holds up nobody but itself."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, NamedTuple

from core.api.rules import Problem
from core.channels.adapter import Adapter, Adapters
from core.channels.backoff import PATIENCE
from core.channels.composing import compose
from core.channels.http_client import LIMIT
from core.channels.outcome import Ambiguous, Outcome, Transient
from core.channels.pacing import Bucket
from core.channels.settling import Ended, Interrupted, settle
from core.clock import SECOND, Clock
from core.ids import Entropy, lease_token
from storage import delivering
from storage.database import Connection, Database
from storage.deliveries import CLAIMS, DueRow
from storage.delivering import Subject
from storage.errors import StorageError
from storage.ids import ChannelId, DeliveryId, Instant

SEND_SECONDS: Final = LIMIT + 1.0  # each adapter keeps the limit by itself, and knows what it was that hung
_LEASE: Final = 30 * SECOND
_HEARTBEAT_SECONDS: Final = 5.0
GRACE_SECONDS: Final = 2.0
_PAUSE_SECONDS: Final = 1.0
_AT_ONCE: Final = 2 * SECOND  # what is sent no later than this was not held up by anything

LATE: Final = "The server was not running when it was due."
STOPPED: Final = "The server stopped before it could be sent."

_log = logging.getLogger("callboard.channels")


@dataclass(frozen=True, slots=True)
class Shop:
    """What all workers of a server work with. `began_at` is when it began: what was due before is late."""

    database: Database
    clock: Clock
    entropy: Entropy
    adapters: Adapters
    public: Callable[[], str | None]
    name: str
    began_at: Instant
    seconds: float = SEND_SECONDS
    grace: float = GRACE_SECONDS  # for what is under way when the server stops


class Begun(NamedTuple):
    """A delivery whose attempt may begin, and what its event was about."""

    row: DueRow
    subject: Subject | None


class Turn(NamedTuple):
    """What a transaction of a worker came to."""

    begun: list[Begun]
    next_due: Instant | None


class Worker:
    """Delivers over one channel, as long as `run` runs."""

    def __init__(self, shop: Shop, channel: ChannelId, name: str) -> None:
        self._shop = shop
        self._channel = channel
        self._name = name
        self._token = lease_token(shop.entropy)
        self._woken = asyncio.Event()
        self._bucket = Bucket(None, shop.clock)
        self._under_way: dict[DeliveryId, asyncio.Task[None]] = {}
        self._ended: list[Ended] = []
        self._next_due: Instant | None = None
        self._beaten_at = 0.0
        self._rested = False  # the channel did not work at times, which held up what was due

    def hear(self, due: Instant) -> None:
        """Something is due then on this channel."""
        self._next_due = due
        if due <= self._shop.clock.now():
            self._woken.set()

    async def run(self) -> None:
        """Deliver until cancelled; what is under way then has a moment to end."""
        try:
            while True:
                self._woken.clear()
                seconds = await self._advance()
                with suppress(TimeoutError):
                    async with asyncio.timeout(seconds):
                        await self._woken.wait()
        finally:
            await self._stop()

    async def _advance(self) -> float | None:
        """Settle and claim what there is, and say in how many seconds to look again if nobody calls."""
        adapter = self._adapter()
        room = 0 if adapter is None else self._room(adapter)
        if self._ended or (room and self._is_due()):
            try:
                turn = await self._turn(room)
            except StorageError as error:
                _log.warning("Deliveries wait for the database: %s", error.sentence)
                return _PAUSE_SECONDS
            if adapter is not None:
                for begun in turn.begun:
                    self._begin(adapter, begun)
        await self._hold()
        return self._until_next(adapter)

    async def _turn(self, room: int) -> Turn:
        """One transaction: the ends of attempts, and the claim of others."""
        shop, ended = self._shop, list(self._ended)
        under_way = [seq for seq in self._under_way if seq not in {one.row.seq for one in ended}]

        def unit(connection: Connection) -> Turn:
            now = shop.clock.now()
            settle(connection, ended, self._token, now, shop.entropy)
            if under_way:
                CLAIMS.heartbeat(connection, under_way, self._token, Instant(now + _LEASE))
            return self._claim(connection, room, now) if room else Turn([], None)

        turn = await shop.database.write(unit)
        self._beaten_at = shop.clock.monotonic()
        for one in ended:
            self._ended.remove(one)
            self._under_way.pop(one.row.seq, None)
        if room:
            self._next_due = turn.next_due
        return turn

    def _claim(self, connection: Connection, room: int, now: Instant) -> Turn:
        shop, channel = self._shop, self._channel
        standing = delivering.standing(connection, channel)
        if standing is None or not works(standing, now):
            self._rested = True
            return Turn([], None)
        rows = CLAIMS.claim(connection, channel, room, worker=shop.name, token=self._token, now=now, lease=_LEASE)
        if rows:
            delivering.begin(connection, rows, now, Interrupted().sentence)
            rows = self._say_late(connection, rows, now)
        subjects = delivering.subjects(connection, [row.event_seq for row in rows if row.event_seq is not None])
        begun = [Begun(row, None if row.event_seq is None else subjects.get(row.event_seq)) for row in rows]
        return Turn(begun, now if len(rows) == room else CLAIMS.next_due(connection, channel))

    def _say_late(self, connection: Connection, rows: list[DueRow], now: Instant) -> list[DueRow]:
        """What was due while the server was not running is tried a whole day from now on, and says why."""
        until = Instant(now + PATIENCE)
        reasons = {} if self._rested else {row.seq: self._why_late(row, now) for row in rows}
        for reason in (LATE, STOPPED):
            late = [seq for seq, why in reasons.items() if why == reason]
            if late:
                delivering.be_late(connection, late, reason, until)
        return [row._replace(give_up_at=until) if reasons.get(row.seq) else row for row in rows]

    def _why_late(self, row: DueRow, now: Instant) -> str | None:
        if row.attempt > 1 or row.fires_at >= self._shop.began_at:
            return None
        if row.fires_at > row.created_at:
            return LATE
        return STOPPED if now - row.fires_at > _AT_ONCE else None

    def _begin(self, adapter: Adapter, begun: Begun) -> None:
        self._bucket.take(1)
        task = asyncio.create_task(self._attempt(adapter, begun), name=f"delivery {begun.row.id}")
        self._under_way[begun.row.seq] = task

    async def _attempt(self, adapter: Adapter, begun: Begun) -> None:
        clock = self._shop.clock
        began = clock.monotonic()
        outcome: Outcome | Interrupted = Interrupted()
        try:
            outcome = await self._send(adapter, begun)
        finally:
            took = int((clock.monotonic() - began) * 1000)
            self._ended.append(Ended(begun.row, outcome, took))
            self._woken.set()

    async def _send(self, adapter: Adapter, begun: Begun) -> Outcome:
        seconds = self._shop.seconds
        try:
            message = compose(begun.row, begun.subject, self._shop.public())
            async with asyncio.timeout(seconds):
                return await adapter.send(message)
        except TimeoutError:
            return Ambiguous(f"There was no answer within {seconds:g} seconds.")
        except Exception:
            _log.exception("A delivery could not be sent", extra={"delivery": begun.row.id})
            return Transient("It could not be sent, by a fault of the server; its log says more.")

    async def _hold(self) -> None:
        """Keep the leases of what is under way."""
        if not self._under_way or self._shop.clock.monotonic() - self._beaten_at < _HEARTBEAT_SECONDS:
            return
        with suppress(StorageError):
            await self._turn(0)

    async def _stop(self) -> None:
        """Let what is under way end, for a moment; what does not is given back."""
        tasks = list(self._under_way.values())
        if tasks:
            _, hanging = await asyncio.wait(tasks, timeout=self._shop.grace)
            for task in hanging:
                task.cancel()
            await asyncio.gather(*hanging, return_exceptions=True)
        if self._ended:
            with suppress(StorageError):
                await self._turn(0)

    def _adapter(self) -> Adapter | None:
        found = usable(self._shop.adapters, self._name)
        if isinstance(found, Problem):
            self._rested = True
            return None
        if found.rate != self._bucket.rate:
            self._bucket = Bucket(found.rate, self._shop.clock)
        return found

    def _room(self, adapter: Adapter) -> int:
        return self._bucket.room(max(0, adapter.at_once - self._busy()))

    def _busy(self) -> int:
        """How many places are taken."""
        return len(self._under_way) - len(self._ended)

    def _is_due(self) -> bool:
        return self._next_due is not None and self._next_due <= self._shop.clock.now()

    def _until_next(self, adapter: Adapter | None) -> float | None:
        beat = _HEARTBEAT_SECONDS if self._under_way else None
        if adapter is None or self._next_due is None:
            return beat
        if self._busy() >= adapter.at_once:
            return beat
        wait = max((self._next_due - self._shop.clock.now()) / SECOND, self._bucket.wait())
        return wait if beat is None else min(wait, beat)


def usable(adapters: Adapters, name: str) -> Adapter | Problem:
    """The channel of this name, or why it cannot be used. A fault in making one is that one's alone."""
    try:
        return adapters.adapter(name)
    except Exception:
        _log.exception("A channel could not be made", extra={"channel": name})
        return Problem(f"channels.{name}", "It could not be made, by a fault of the server; its log says more.")


def works(standing: delivering.Standing, now: Instant) -> bool:
    """Whether the channel is to send now."""
    paused = standing.paused_until is not None and standing.paused_until > now
    return standing.present and standing.disabled_at is None and not paused
