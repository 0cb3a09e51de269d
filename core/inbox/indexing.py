"""Keeps the index of words in order, beside everything else: small units, with pauses between them."""

import asyncio
import logging
from functools import partial

from core.clock import Clock
from storage import indexing, search
from storage.database import Database
from storage.search import NOT_BUILDING, State

_AT_ONCE = 40
_PAUSE_SECONDS = 0.002
_SETTLE_SECONDS = 1.0
_LOOK_SECONDS = 3600.0

_log = logging.getLogger("callboard.indexing")


class Indexing:
    """Puts into the index what was there before it, merges what is new in it, and makes it anew when it holds
    mostly what is gone."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._woken = asyncio.Event()
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
        if state.built != NOT_BUILDING:
            await self._build(state)
            state = await self._database.read(search.state)
        if self._database.engine == "sqlite":
            await self._clear(state)
            await self._merge(state.current)

    async def _build(self, state: State) -> None:
        if state.built == 0 and self._database.engine == "sqlite":
            await self._clear(state)
        while True:
            units = 0
            while await self._database.write(partial(indexing.build_some, limit=_AT_ONCE)):
                units += 1
                if units % 16 == 0 and self._database.engine == "sqlite":
                    await self._merge(indexing.target(state))
                await asyncio.sleep(_PAUSE_SECONDS)
            held = await self._database.read(indexing.held)
            if await self._database.write(partial(indexing.switch, held=held)):
                _log.info("The index of words is made", extra={"items": held})
                return

    async def _merge(self, table: int) -> None:
        unit = partial(indexing.merge_some, table=table)
        more = table in search.MADE
        while more:
            more = await self._database.write(unit)

    async def _clear(self, state: State) -> None:
        unit = partial(indexing.clear_some, table=indexing.target(state))
        more = True
        while more:
            more = await self._database.write(unit)
            await asyncio.sleep(_PAUSE_SECONDS)
