"""What leaves by itself: notifications, events and the traces of both when they are old enough, and the sleep of
a snoozed notification when its time has come."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

import msgspec

from core.api.inbox import RetentionPlan, RetentionState, Tidying
from core.caller import Caller
from core.clock import DAY, HOUR, Clock, to_datetime
from core.errors import NotAllowedError
from core.inbox.keeping import Figures, leaving, limits
from storage import changes, inbox_actions, retention
from storage.changes import NewChange
from storage.database import Connection, Database
from storage.ids import Instant
from storage.retention import TidyingRow

_FOUND = 20_000
_REMOVED = 100
_WOKEN = 250
_POLL_SECONDS = 1.0
_TRIM_SECONDS = 60.0
_TIDY_SECONDS = 24 * 3600.0
_PATIENCE_SECONDS = 20.0
_TRACES = {
    "changes": HOUR,
    "undo steps": 30 * DAY,
    "ended mutes": 0,
    "strayed notifications": 0,
    "failed attempts": DAY,
}

_log = logging.getLogger("callboard.retention")


class Retention:
    """Tidies at the start and daily. `figures` is asked each time, so that a change of them needs no restart."""

    def __init__(self, database: Database, clock: Clock, figures: Callable[[], Figures]) -> None:
        self._database = database
        self._clock = clock
        self._figures = figures
        self._tidying = asyncio.Lock()
        self._asked = asyncio.Event()
        self._ended = asyncio.Event()

    async def run(self) -> None:
        """Wake and tidy until cancelled."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._keep_waking())
            both.create_task(self._keep_tidy())

    async def _keep_waking(self) -> None:
        while True:
            await self.wake_due()
            await asyncio.sleep(_POLL_SECONDS)

    async def _keep_tidy(self) -> None:
        while True:
            self._asked.clear()
            await self.tidy()
            due = self._clock.monotonic() + _TIDY_SECONDS
            while self._clock.monotonic() < due and not await self._asked_within(_TRIM_SECONDS):
                await self._remove("surplus changes", self._clock.now())

    async def _asked_within(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._asked.wait()
        return self._asked.is_set()

    async def tidy(self) -> dict[str, int]:
        """Remove all that is old enough, and say how much of what it was."""
        async with self._tidying:
            began = self._clock.now()
            removed = {what: await self._remove(what, before) for what, before in self._limits(began)}
            if any(removed.values()):
                _log.info("Tidied up", extra={"removed": removed})
            told = msgspec.json.encode({what: count for what, count in removed.items() if count}).decode()
            row = TidyingRow(began, self._clock.now(), told)
            await self._database.write(partial(retention.note, row=row))
        self._ended.set()
        return removed

    async def tidy_now(self, caller: Caller) -> RetentionState:
        """Begin to tidy, unless that is being done, and answer when it is over or takes long."""
        if not caller.admin:
            raise NotAllowedError("Only an admin can clear away what is old; your own goes by itself, in time.")
        self._ended.clear()
        if not self._tidying.locked():
            self._asked.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._ended.wait()
        return await self.state()

    async def state(self) -> RetentionState:
        """Whether it is tidied now, and what was removed the last time."""
        row = await self._database.read(retention.last_tidying)
        last = None
        if row is not None:
            removed = msgspec.json.decode(row.removed, type=dict[str, int])
            last = Tidying(to_datetime(row.began_at), to_datetime(row.ended_at), removed)
        return RetentionState(self._tidying.locked() or self._asked.is_set(), last)

    async def plan(self, caller: Caller) -> RetentionPlan:
        """What would go now and later: the caller's own, and for an admin everybody's, as numbers."""
        figures, now = self._figures(), self._clock.now()

        def unit(connection: Connection) -> RetentionPlan:
            own = leaving(connection, person=caller.person, figures=figures, now=now)
            home = leaving(connection, person=None, figures=figures, now=now) if caller.admin else None
            return RetentionPlan(figures.read_days, figures.unread_days, own, home)

        return await self._database.read(unit)

    async def wake_due(self) -> int:
        """Bring back the notifications that were snoozed until now."""
        now = self._clock.now()
        due = await self._database.read(inbox_actions.next_due)
        woken = 0
        while due is not None and due <= now:
            woken += await self._database.write(partial(_wake, now=now))
            due = await self._database.read(inbox_actions.next_due)
        return woken

    def _limits(self, now: Instant) -> Iterator[tuple[str, Instant]]:
        figures = self._figures()
        read, unread = limits(figures, now)
        yield "read notifications", read
        yield "notifications", unread
        yield "events", Instant(now - figures.event_days * DAY)
        yield "settled jobs", Instant(now - figures.event_days * DAY)
        for what, kept in _TRACES.items():
            yield what, Instant(now - kept)
        yield "surplus changes", now

    async def _remove(self, what: str, before: Instant) -> int:
        removed = 0
        while True:
            keys = await self._database.read(partial(retention.old, what=what, before=before, limit=_FOUND))
            for start in range(0, len(keys), _REMOVED):
                chunk = keys[start : start + _REMOVED]
                removed += await self._database.write(
                    partial(_remove, what=what, before=before, keys=chunk, now=self._clock.now())
                )
            if len(keys) < _FOUND:
                return removed


def _remove(connection: Connection, *, what: str, before: Instant, keys: list[int], now: Instant) -> int:
    shown = retention.shown_among(connection, keys) if what.endswith("notifications") else []
    removed = retention.remove(connection, what, before, keys)
    if shown and removed:
        left = retention.left_among(connection, keys)
        gone = [
            NewChange("inbox", str(item), person, space, now) for item, person, space in shown if item not in left
        ]
        changes.append(connection, gone)
    return removed


def _wake(connection: Connection, *, now: Instant) -> int:
    woken = inbox_actions.wake(connection, now, _WOKEN)
    changes.append(
        connection, [NewChange("inbox", str(item), person, space, now) for item, person, space in woken]
    )
    return len(woken)
