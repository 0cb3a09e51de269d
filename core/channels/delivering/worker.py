"""One channel's worker: claims what is due, as many as the channel has places and its rate allows, sends each
within its time limit, and settles what has ended with the claim of what is next, in one transaction.

It knows no other channel: one that is slow, hangs or is gone holds up nobody but itself."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, NamedTuple

from core.api.rules import Problem
from core.channels.adapter import Adapter, Adapters
from core.channels.delivering.backoff import PATIENCE
from core.channels.delivering.composing import compose
from core.channels.delivering.pacing import Bucket
from core.channels.delivering.settling import Ended, Interrupted, settle
from core.channels.delivering.usable import usable, works
from core.channels.outbound.http_client import LIMIT
from core.channels.outcome import Ambiguous, Gone, Outcome, RetryAt, Sent, Transient
from core.clock import SECOND, Clock
from core.ids import Entropy, lease_token
from storage import delivering, standings
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
_QUICK_SECONDS: Final = 0.25
_AHEAD: Final = 4  # times as many as there are places
_DOWN: Final = 8  # so many failures without a success between them, and it is only probed
_PROBE_SECONDS: Final = 1.0
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
    lost: set[DeliveryId]  # what is this worker's no more


class Worker:
    """Delivers over one channel, as long as `run` runs. While a service answers quickly, more is claimed than it
    has places, so that none is empty while a transaction takes its time; one that seems to be down is probed by
    one delivery after the other."""

    def __init__(self, shop: Shop, channel: ChannelId, name: str) -> None:
        self._shop = shop
        self._channel = channel
        self._name = name
        self._token = lease_token(shop.entropy)
        self._woken = asyncio.Event()
        self._bucket = Bucket(None, shop.clock)
        self._adapter: Adapter | None = None
        self._claimed: deque[Begun] = deque()  # to be sent as soon as there is a place
        self._sending: dict[DeliveryId, asyncio.Task[None]] = {}
        self._ended: list[Ended] = []
        self._holds = 0  # while there are any, nothing begins: the service wants to hear no more, or all stops
        self._quick = False
        self._failures = 0  # since the last that came to anything
        self._probe_at = 0.0
        self._next_due: Instant | None = None
        self._heard: Instant | None = None  # that something is due then, in the middle of a transaction
        self._beaten_at = 0.0
        self._rested = False  # the channel did not work at times, which held up what was due

    def hear(self, due: Instant) -> None:
        """Something is due then on this channel."""
        self._next_due = self._heard = due
        if due <= self._shop.clock.now():
            self._woken.set()

    async def run(self) -> None:
        """Deliver until cancelled; what is under way then has a moment to end."""
        self._holds = 0
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
        self._look_at_adapter()
        room = self._room()
        try:
            if self._ended or self._holds or (room and self._is_due()) or self._is_to_beat():
                await self._turn(room)
        except StorageError as error:
            _log.warning("Deliveries wait for the database: %s", error.sentence)
            return _PAUSE_SECONDS
        self._fill()
        return self._until_next()

    async def _turn(self, room: int) -> None:
        """One transaction: the ends of attempts, what is given back, and the claim of more."""
        shop, ended, holds = self._shop, list(self._ended), self._holds
        back = [begun.row.seq for begun in self._claimed] if holds or self._adapter is None else []
        mine = [seq for seq in (*self._sending, *(begun.row.seq for begun in self._claimed)) if seq not in back]
        self._heard = None

        def unit(connection: Connection) -> Turn:
            now = shop.clock.now()
            settle(connection, ended, self._token, now, shop.entropy)
            if back:
                delivering.give_back(connection, back, self._token, now)
            kept = CLAIMS.heartbeat(connection, mine, self._token, Instant(now + _LEASE)) if mine else set()
            lost = {*mine, *back} - kept
            return self._claim(connection, room, now, lost) if room else Turn([], self._next_due, lost)

        turn = await shop.database.write(unit)
        self._beaten_at = shop.clock.monotonic()
        for one in ended:
            self._ended.remove(one)
        self._bucket.take(len(turn.begun))
        self._claimed = deque(begun for begun in self._claimed if begun.row.seq not in turn.lost)
        self._claimed += turn.begun
        self._next_due = min((due for due in (turn.next_due, self._heard) if due is not None), default=None)
        if self._holds == holds:
            self._holds = 0

    def _claim(self, connection: Connection, room: int, now: Instant, lost: set[DeliveryId]) -> Turn:
        shop, channel = self._shop, self._channel
        standing = standings.of(connection, channel)
        if standing is None or not works(standing, now):
            self._rested = True
            return Turn([], None, lost)
        rows = CLAIMS.claim(connection, channel, room, worker=shop.name, token=self._token, now=now, lease=_LEASE)
        if rows:
            delivering.begin(connection, rows, now, Interrupted().sentence)
            rows = self._say_late(connection, rows, now)
        subjects = delivering.subjects(connection, [row.event_seq for row in rows if row.event_seq is not None])
        begun = [Begun(row, None if row.event_seq is None else subjects.get(row.event_seq)) for row in rows]
        return Turn(begun, now if len(rows) == room else CLAIMS.next_due(connection, channel), lost)

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

    def _fill(self) -> None:
        """Begin what has been claimed, as far as there are places."""
        adapter = self._adapter
        while adapter and self._claimed and not self._holds and len(self._sending) < adapter.at_once:
            begun = self._claimed.popleft()
            task = asyncio.create_task(self._attempt(adapter, begun), name=f"delivery {begun.row.id}")
            self._sending[begun.row.seq] = task

    async def _attempt(self, adapter: Adapter, begun: Begun) -> None:
        clock = self._shop.clock
        began = clock.monotonic()
        outcome: Outcome | Interrupted = Interrupted()
        try:
            outcome = await self._send(adapter, begun)
        finally:
            took = clock.monotonic() - began
            self._ended.append(Ended(begun.row, outcome, int(took * 1000)))
            self._sending.pop(begun.row.seq, None)
            self._quick = isinstance(outcome, Sent) and took < _QUICK_SECONDS
            self._holds += isinstance(outcome, RetryAt | Gone)
            self._failures = self._failures + 1 if isinstance(outcome, Transient | Ambiguous) else 0
            self._probe_at = clock.monotonic() + _PROBE_SECONDS
            self._fill()
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

    async def _stop(self) -> None:
        """Let what is under way end, for a moment; what does not, and what has not begun, is given back."""
        self._holds += 1
        tasks = list(self._sending.values())
        if tasks:
            _, hanging = await asyncio.wait(tasks, timeout=self._shop.grace)
            for task in hanging:
                task.cancel()
            await asyncio.gather(*hanging, return_exceptions=True)
        if self._ended or self._claimed:
            with suppress(StorageError):
                await self._turn(0)

    def _look_at_adapter(self) -> None:
        """The channel as it is configured now."""
        found = usable(self._shop.adapters, self._name)
        if isinstance(found, Problem):
            self._rested = True
            self._adapter = None
            return
        if found is not self._adapter:
            self._failures = 0  # those of other settings say nothing of these
        self._adapter = found
        if found.rate != self._bucket.rate:
            self._bucket = Bucket(found.rate, self._shop.clock)

    def _room(self) -> int:
        """How many may be claimed."""
        if self._adapter is None or self._holds:
            return 0
        taken = len(self._sending) + len(self._claimed)
        if self._failures >= _DOWN:
            return self._bucket.room(0 if taken or self._until_probe() > 0 else 1)
        ahead = _AHEAD if self._quick and self._bucket.rate is None else 1
        return self._bucket.room(max(0, self._adapter.at_once * ahead - taken))

    def _is_due(self) -> bool:
        return self._next_due is not None and self._next_due <= self._shop.clock.now()

    def _until_probe(self) -> float:
        """For how many seconds a service that is down is left alone."""
        return 0.0 if self._failures < _DOWN else self._probe_at - self._shop.clock.monotonic()

    def _is_to_beat(self) -> bool:
        """Whether the leases of what is under way must be kept."""
        under_way = bool(self._sending or self._claimed)
        return under_way and self._shop.clock.monotonic() - self._beaten_at >= _HEARTBEAT_SECONDS

    def _until_next(self) -> float | None:
        beat = _HEARTBEAT_SECONDS if self._sending or self._claimed else None
        if self._adapter is None or self._next_due is None or len(self._sending) >= self._adapter.at_once:
            return beat
        if self._sending and self._failures >= _DOWN:
            return beat
        wait = max((self._next_due - self._shop.clock.now()) / SECOND, self._bucket.wait(), self._until_probe())
        return wait if beat is None else min(wait, beat)
