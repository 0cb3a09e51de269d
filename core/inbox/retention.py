"""What leaves by itself: notifications, events and the traces of both when they are old enough, and the sleep of
a snoozed notification when its time has come."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from functools import partial
from typing import Protocol

from core.clock import DAY, HOUR, Clock
from storage import changes, inbox_actions, retention
from storage.changes import NewChange
from storage.database import Connection, Database
from storage.ids import Instant

_FOUND = 20_000
_REMOVED = 100
_WOKEN = 250
_POLL_SECONDS = 1.0
_TRIM_SECONDS = 60.0
_TIDY_SECONDS = 24 * 3600.0
_TRACES = {
    "changes": HOUR,
    "undo steps": 30 * DAY,
    "ended mutes": 0,
    "strayed notifications": 0,
    "failed attempts": DAY,
}

_log = logging.getLogger("callboard.retention")


class Figures(Protocol):
    """How many days things are kept."""

    @property
    def read_days(self) -> int: ...
    @property
    def unread_days(self) -> int: ...
    @property
    def event_days(self) -> int: ...


class Retention:
    """Tidies at the start and daily. `figures` is asked each time, so that a change of them needs no restart."""

    def __init__(self, database: Database, clock: Clock, figures: Callable[[], Figures]) -> None:
        self._database = database
        self._clock = clock
        self._figures = figures

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
            await self.tidy()
            due = self._clock.monotonic() + _TIDY_SECONDS
            while self._clock.monotonic() < due:
                await asyncio.sleep(_TRIM_SECONDS)
                await self._remove("surplus changes", self._clock.now())

    async def tidy(self) -> dict[str, int]:
        """Remove all that is old enough, and say how much of what it was."""
        removed = {what: await self._remove(what, before) for what, before in self._limits(self._clock.now())}
        if any(removed.values()):
            _log.info("Tidied up", extra={"removed": removed})
        return removed

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
        yield "read notifications", Instant(now - figures.read_days * DAY)
        yield "notifications", Instant(now - figures.unread_days * DAY)
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
