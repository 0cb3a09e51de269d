"""The watch over deadlines: sleeps until one of them nears or passes, tells of it, and sleeps again.

What it tells and that it was told are one transaction: killed at any moment and begun anew, it tells nothing
twice and leaves nothing out."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from functools import partial
from typing import Final

from core.clock import SECOND, Clock
from core.ids import Entropy
from core.planning.deadlines import WARNED_AT, look
from core.planning.deadlines import armed as armed_at
from core.planning.telling import Change, tell_deadline
from storage import missions, tickets
from storage.database import Connection, Database
from storage.deadlines import DeadlineRow, Deadlines
from storage.ids import Instant, MissionSeq, TicketSeq
from storage.missions import MissionRow
from storage.tickets import TicketRow

_LONGEST_SLEEP = 30.0
_SHORTEST_SLEEP = 0.01
_AT_ONCE = 50
_SWEPT_AT_ONCE = 500


def _ticket(connection: Connection, seq: int) -> TicketRow:
    return tickets.existing(connection, TicketSeq(seq))


def _mission(connection: Connection, seq: int) -> MissionRow:
    return missions.existing(connection, MissionSeq(seq))


Found = Callable[[Connection, int], TicketRow | MissionRow]
_WATCHED: Final[tuple[tuple[Deadlines, Found], ...]] = (
    (tickets.deadlines, _ticket),
    (missions.deadlines, _mission),
)


class Watch:
    """Watches the deadlines of one database. On PostgreSQL any number may watch beside each other. `share` is the
    part of the time after which a warning is due."""

    def __init__(
        self, database: Database, clock: Clock, entropy: Entropy, share: Callable[[], float] = lambda: WARNED_AT
    ) -> None:
        self._database = database
        self._clock = clock
        self._entropy = entropy
        self._share = share
        self._armed_with: float | None = None
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """A deadline may have been set. A wake-up that gets lost costs half a minute."""
        self._woken.set()

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            self._woken.clear()
            seconds = await self.tick()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._woken.wait()

    async def tick(self) -> float:
        """Tell all that is due, and say for how many seconds there will be nothing."""
        share = self._share()
        if share != self._armed_with:
            await self._arm_anew(share)
            self._armed_with = share
        while True:
            now, soonest = self._clock.now(), await self._database.read(_soonest)
            if soonest is None:
                return _LONGEST_SLEEP
            if soonest > now:
                return min(_LONGEST_SLEEP, max(_SHORTEST_SLEEP, (soonest - now) / SECOND))
            await self._database.write(partial(tell_due, now=now, entropy=self._entropy, share=share))

    async def _arm_anew(self, share: float) -> None:
        """The share is another one than it was when deadlines were set: they are looked at when that says."""
        for watched, _ in _WATCHED:
            after = 0
            while rows := await self._database.read(partial(watched.unwarned, after=after, limit=_SWEPT_AT_ONCE)):
                after = rows[-1].seq
                other = [row for row in rows if row.deadline_check_at != _due_at(row, share)]
                if other:
                    await self._database.write(partial(_rearm, watched=watched, rows=other, share=share))


def tell_due(connection: Connection, now: Instant, entropy: Entropy, share: float) -> None:
    """Tell of some of the deadlines that are due, the longest due first."""
    change = Change(connection, now, entropy, share)
    for watched, found in _WATCHED:
        for row in watched.due(connection, now, _AT_ONCE):
            seen = look(row.deadline_state, row.deadline_set_at, row.deadline, now, share)
            if watched.settle(connection, row, seen.state, seen.then) and seen.told is not None:
                tell_deadline(change, seen.told, found(connection, row.seq))


def _rearm(connection: Connection, watched: Deadlines, rows: Iterable[DeadlineRow], share: float) -> None:
    for row in rows:
        watched.settle(connection, row, row.deadline_state, _due_at(row, share))


def _due_at(row: DeadlineRow, share: float) -> Instant | None:
    return armed_at(row.deadline_state, row.deadline_set_at, row.deadline, share)


def _soonest(connection: Connection) -> Instant | None:
    """When the next deadline is to be looked at: each is the first entry of an index."""
    return min(
        (then for watched, _ in _WATCHED if (then := watched.next_due(connection)) is not None), default=None
    )
