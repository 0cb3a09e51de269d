"""What leaves by itself: notifications, events, deliveries and the traces of them when they are old enough, and
the sleep of a snoozed notification when its time has come."""

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
from core.inbox.telling import tell
from storage import changes, inbox_actions, retention
from storage.changes import NewChange
from storage.database import Connection, Database
from storage.ids import Instant, PersonId, WorkspaceId
from storage.retention import GoneRow, TidyingRow

_FOUND = 20_000
_REMOVED = 100
_FEWEST = 10
_LONGEST_SECONDS = 0.02  # to remove some; others want to write, too
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
    "rules of what is gone": DAY,
    "old cooldowns": 400 * DAY,  # longer than any lasts
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
        return await self.state(caller)

    async def state(self, caller: Caller) -> RetentionState:
        """Whether it is tidied now, and when it was the last time; for an admin, what was removed then of all."""
        row = await self._database.read(retention.last_tidying)
        last = None
        if row is not None:
            removed = msgspec.json.decode(row.removed, type=dict[str, int]) if caller.admin else None
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
        yield "deliveries", Instant(now - figures.delivery_days * DAY)
        for what, kept in _TRACES.items():
            yield what, Instant(now - kept)
        yield "surplus changes", now

    async def _remove(self, what: str, before: Instant) -> int:
        removed = 0
        while True:
            keys = await self._database.read(partial(retention.old, what=what, before=before, limit=_FOUND))
            shown: list[GoneRow] = []
            place, size = 0, _REMOVED
            while place < len(keys):
                some = keys[place : place + size]
                unit = partial(_remove, what=what, before=before, keys=some, clock=self._clock)
                count, gone, seconds = await self._database.write(unit)
                shown += gone
                removed, place = removed + count, place + size
                size = max(_FEWEST, size // 2) if seconds > _LONGEST_SECONDS else min(_REMOVED, size * 2)
            if shown:
                await self._database.write(partial(_tell, shown=shown, now=self._clock.now()))
            if len(keys) < _FOUND:
                return removed


def _remove(
    connection: Connection, *, what: str, before: Instant, keys: list[int], clock: Clock
) -> tuple[int, list[GoneRow], float]:
    """How many were removed, which of them stood in an inbox, and how long it took."""
    began = clock.monotonic()
    if retention.are_items(what):
        gone = retention.remove_items(connection, what, before, keys)
        return len(gone), [row for row in gone if row.dismissed_at is None], clock.monotonic() - began
    return retention.remove(connection, what, before, keys), [], clock.monotonic() - began


def _tell(connection: Connection, *, shown: list[GoneRow], now: Instant) -> None:
    of_person: dict[PersonId, list[tuple[int, WorkspaceId | None]]] = {}
    for row in shown:
        of_person.setdefault(row.person_id, []).append((row.id, row.workspace_id))
    for person, items in of_person.items():
        tell(connection, person, items, now)


def _wake(connection: Connection, *, now: Instant) -> int:
    woken = inbox_actions.wake(connection, now, _WOKEN)
    changes.append(
        connection, [NewChange("inbox", str(item), person, space, now) for item, person, space in woken]
    )
    return len(woken)
