"""Keeps the index of words in order, beside everything else: small units, with pauses between them."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from core.clock import Clock
from storage import events, indexing, search
from storage.database import Connection, Database
from storage.search import NOT_BUILDING, State

_AT_ONCE = 250
_FEWEST = 10
_PAGES = 8
_LONGEST_SECONDS = 0.012  # of a unit and, about as long again, its commit; others want to write, too
_PAUSE_SECONDS = 0.002
_SETTLE_SECONDS = 1.0
_BUSY_SECONDS = 0.05
_LOOK_SECONDS = 3600.0
_LEFT_UNINDEXED = 10_000
"""So many items may wait for the index while events wait to be sent."""

_log = logging.getLogger("callboard.indexing")

_Unit = Callable[[Connection, int], int]


class Indexing:
    """Puts into the index what is not in it yet, merges what is new in it, and makes it anew when it holds mostly
    what is gone. Where much is sent, it waits: what is not in the index is found by reading it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._woken = asyncio.Event()
        self._sizes = {"items": _AT_ONCE, "pages": _PAGES}
        database.on_commit(self._woken.set)

    async def run(self) -> None:
        """Keep it in order until cancelled."""
        await self._database.write(indexing.begin)
        looked, newest = self._clock.monotonic() - _LOOK_SECONDS, -1
        while True:
            if self._clock.monotonic() - looked >= _LOOK_SECONDS:
                looked = self._clock.monotonic()
                await self.renew()
            last = await self._database.read(search.newest)
            if last != newest:
                newest = last
                await self._until_all_is_sent()
                await self.catch_up()
            await asyncio.sleep(_SETTLE_SECONDS)
            self._woken.clear()
            await self._woken.wait()

    async def renew(self) -> None:
        """Begin to make the index anew if most of what it holds is gone."""
        if await self._database.read(indexing.is_stale):
            await self._database.write(indexing.start)
            _log.info("Making the index of words anew")
            await self.catch_up()

    async def catch_up(self) -> None:
        """Do all that there is to do."""
        if not await self._database.read(search.able):
            return
        state = await self._database.read(search.state)
        await self._follow(state)
        if state.built != NOT_BUILDING:
            await self._build(state)
            state = await self._database.read(search.state)
        if self._database.engine == "sqlite":
            await self._clear(state)
            await self._merge(state.current)

    async def _until_all_is_sent(self) -> None:
        """Let those who send go first, unless too much would wait."""
        pressed = True
        while pressed:
            await asyncio.sleep(_BUSY_SECONDS)
            pressed = await self._database.read(_is_pressed)

    async def _follow(self, state: State) -> None:
        """Put in what came since."""
        if not state.current or self._database.engine != "sqlite":
            return
        units = 0
        while await self._some("items", indexing.index_some):
            units += 1
            if units % 16 == 0:
                await self._merge(state.current)
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _build(self, state: State) -> None:
        if state.built == 0 and self._database.engine == "sqlite":
            await self._clear(state)
        while True:
            units = 0
            while await self._some("items", indexing.build_some):
                units += 1
                if units % 16 == 0 and self._database.engine == "sqlite":
                    await self._merge(indexing.target(state))
                    await self._follow(state)
                await asyncio.sleep(_PAUSE_SECONDS)
            held = await self._database.read(indexing.held)
            if await self._database.write(partial(indexing.switch, held=held)):
                _log.info("The index of words is made", extra={"items": held})
                return

    async def _merge(self, table: int) -> None:
        more = table in search.MADE
        while more:
            more = bool(await self._some("pages", partial(_merge_some, table=table)))

    async def _clear(self, state: State) -> None:
        unit = partial(indexing.clear_some, table=indexing.target(state))
        more = True
        while more:
            more = await self._database.write(unit)
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _some(self, what: str, unit: _Unit) -> int:
        """Do one unit, and make the next one as large as can be done in time."""
        size = self._sizes[what]
        done, seconds = await self._database.write(partial(_timed, unit=unit, size=size, clock=self._clock))
        most, least = (_AT_ONCE, _FEWEST) if what == "items" else (_PAGES, 1)
        if seconds > _LONGEST_SECONDS:
            self._sizes[what] = max(least, size // 2)
        elif seconds < _LONGEST_SECONDS / 2:
            self._sizes[what] = min(most, size * 2)
        return done


def _timed(connection: Connection, *, unit: _Unit, size: int, clock: Clock) -> tuple[int, float]:
    began = clock.monotonic()
    done = unit(connection, size)
    return done, clock.monotonic() - began


def _merge_some(connection: Connection, pages: int, *, table: int) -> int:
    return indexing.merge_some(connection, table, pages)


def _is_pressed(connection: Connection) -> bool:
    """Whether there are events to be sent, and not too many items that wait for the index."""
    if connection.dialect.name != "sqlite" or not events.pending(connection, "inbox"):
        return False
    return search.newest(connection) - search.state(connection).whole < _LEFT_UNINDEXED
