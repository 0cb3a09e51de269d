"""The clock of automations: looks at what is due, owed or ended, and sleeps until there will be something.

All that it knows is in the store. It can be killed between any two of its units of work and begun anew."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from functools import partial
from typing import Final, NamedTuple

from core.automations.claiming import claim_due
from core.automations.firing import Firing
from core.automations.settling import settle
from core.automations.upkeep import Swept, disable_orphans, take_up_zone_data, wake_loops
from core.clock import SECOND, Clock
from core.ids import Entropy
from storage import automations as store
from storage import executions
from storage.database import Connection, Database
from storage.errors import UnavailableDatabaseError
from storage.ids import AutomationId, Instant

_LONGEST_SLEEP = 30.0
_POLL = 1.0  # while sessions run, whose end nobody may have told
_SHORTEST_SLEEP = 0.002
_CLAIMED_AT_ONCE = 100
_STARTED_AT_ONCE = 10
_SETTLED_AT_ONCE = 10
_SWEPT_AT_ONCE = 100
_CATCH_UPS: Final = 2
"""How many sessions that catch up on missed runs may be in flight."""

_NOTICED_STEP = 2.0
_FIRST = AutomationId(0)

Sweeping = Callable[[Connection, AutomationId], Swept]

_log = logging.getLogger("callboard.automations")


class Outlook(NamedTuple):
    """What there is to do, and when there will be more."""

    next_due: Instant | None
    ended: bool
    owed: bool
    catch_ups: bool
    open: bool
    things: tuple[object, ...]

    def has_work(self, now: Instant) -> bool:
        due = self.next_due is not None and self.next_due <= now
        return due or self.ended or self.owed or self.catch_ups


class Scheduler:
    """Runs the automations of one database. On PostgreSQL any number may run beside each other. `started` is
    called when sessions were begun."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        entropy: Entropy,
        firing: Firing,
        started: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._entropy = entropy
        self._firing = firing
        self._started = started
        self._woken = asyncio.Event()
        self._looked: tuple[Instant, float] | None = (
            None  # the wall clock and the monotonic one, at the last look
        )
        self._patrolled: float | None = None
        self._things: tuple[object, ...] | None = None

    def wake(self) -> None:
        """There may be something to do. A wake-up that gets lost costs a second while sessions run."""
        self._woken.set()

    async def run(self) -> None:
        """Run automations until cancelled."""
        await self.take_up_zone_data()
        while True:
            self._woken.clear()
            seconds = await self.tick()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._woken.wait()

    async def tick(self) -> float:
        """Do all that there is to do, and say for how many seconds there will be nothing."""
        self._compare_clocks()
        await self._patrol()
        while True:
            now = self._clock.now()
            outlook = await self._database.read(look)
            if outlook.things != self._things:
                if await self._database.read(partial(store.orphans, after=_FIRST, limit=1)):
                    await self._sweep(self._orphans)
                self._things = outlook.things
            if not outlook.has_work(now):
                return _sleep(outlook, now)
            if not await self._work(outlook, now):
                return _POLL

    async def take_up_zone_data(self) -> None:
        """Compute what other zone data gave, and say so."""
        changed = await self._sweep(partial(take_up_zone_data, limit=_SWEPT_AT_ONCE))
        if changed:
            _log.warning("New time zone data: %d next runs are at another time now", changed)

    async def _work(self, outlook: Outlook, now: Instant) -> bool:
        """One unit of each kind that there is work for; whether any got on."""
        done = 0
        if outlook.ended:
            done += await self._database.write(
                lambda connection: settle(connection, now, self._entropy, _SETTLED_AT_ONCE)
            )
        if outlook.next_due is not None and outlook.next_due <= now:
            done += await self._database.write(
                lambda connection: claim_due(connection, now, self._entropy, _CLAIMED_AT_ONCE)
            )
        elif outlook.owed or outlook.catch_ups:
            done += await self._start()
            self._started()
        return done > 0

    async def _start(self) -> int:
        """Start some of what is owed. What cannot be started, whyever, keeps nothing else from it."""
        try:
            return await self._database.write(self._start_some)
        except UnavailableDatabaseError:
            raise
        except Exception:
            _log.exception("Automations could not be started together; they are started one by one")
        for _ in range(_STARTED_AT_ONCE):
            try:
                await self._database.write(partial(self._start_some, limit=1))
            except UnavailableDatabaseError:
                raise
            except Exception:
                _log.exception("An automation could not be started")
                await self._database.write(self._give_up_one)
        return 1

    def _start_some(self, connection: Connection, limit: int = _STARTED_AT_ONCE) -> int:
        now = self._clock.now()
        rows = executions.owed(connection, limit)
        if len(rows) < limit:
            free = _CATCH_UPS - executions.catch_ups_in_flight(connection)
            rows += executions.owed_catch_ups(connection, min(free, limit - len(rows))) if free > 0 else []
        for row in rows:
            self._firing.start_owed(connection, row, now)
        return len(rows)

    def _give_up_one(self, connection: Connection) -> None:
        for row in executions.owed(connection, 1) or executions.owed_catch_ups(connection, 1):
            reason = "It could not be started, by a fault of the server; its log says more."
            self._firing.give_up(connection, row, reason, self._clock.now())

    def _orphans(self, connection: Connection, after: AutomationId) -> Swept:
        return disable_orphans(connection, self._clock.now(), self._entropy, after, _SWEPT_AT_ONCE)

    def _resting(self, connection: Connection, after: AutomationId) -> Swept:
        return wake_loops(connection, self._clock.now(), after, _SWEPT_AT_ONCE)

    async def _patrol(self) -> None:
        """From time to time, see that no loop has come to rest for good."""
        monotonic = self._clock.monotonic()
        if self._patrolled is not None and monotonic - self._patrolled < _LONGEST_SLEEP:
            return
        self._patrolled = monotonic
        if await self._database.read(partial(store.resting_loops, after=_FIRST, limit=1)):
            await self._sweep(self._resting)

    async def _sweep(self, unit: Sweeping) -> int:
        """Run the unit over all automations, some at a time."""
        after: AutomationId | None = _FIRST
        changed = 0
        while after is not None:
            swept = await self._database.write(partial(_beginning, unit, after))
            after, changed = swept.after, changed + swept.changed
        return changed

    def _compare_clocks(self) -> None:
        """Say so when the wall clock was set, or the machine slept."""
        now, monotonic = self._clock.now(), self._clock.monotonic()
        if self._looked is not None:
            step = (now - self._looked[0]) / SECOND - (monotonic - self._looked[1])
            if abs(step) > _NOTICED_STEP:
                way = "forward (it was set, or the machine slept)" if step > 0 else "back"
                _log.warning("The clock went %.0f s %s: all that is due is looked for", abs(step), way)
        self._looked = now, monotonic


def look(connection: Connection) -> Outlook:
    """What there is to do. It asks indexes that hold only what is due, owed or in flight."""
    next_due, things = store.next_due(connection), store.things_named(connection)
    if not executions.any_open(connection):
        return Outlook(next_due, False, False, False, False, things)
    return Outlook(
        next_due,
        bool(executions.ended(connection, 1)),
        executions.any_owed(connection),
        executions.any_catch_up_owed(connection) and executions.catch_ups_in_flight(connection) < _CATCH_UPS,
        True,
        things,
    )


def _beginning(unit: Sweeping, after: AutomationId, connection: Connection) -> Swept:
    return unit(connection, after)


def _sleep(outlook: Outlook, now: Instant) -> float:
    longest = _POLL if outlook.open else _LONGEST_SLEEP
    if outlook.next_due is None:
        return longest
    return min(longest, max((outlook.next_due - now) / SECOND, _SHORTEST_SLEEP))
