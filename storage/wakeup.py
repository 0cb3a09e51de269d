"""Word between servers that share one PostgreSQL: after a commit each says so, at most fifty times a second and
without content, and the others look. A word that is lost costs one poll. On SQLite there is nobody to hear."""

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from storage.engines import Dialect, Postgres

if TYPE_CHECKING:
    from psycopg import AsyncConnection

_CHANNEL = "callboard"
_GATHER_SECONDS = 0.02
_RECONNECT_SECONDS = 1.0

_log = logging.getLogger("callboard.wakeup")


class Wakeup:
    """This server's ear and voice. Not for the writing transaction: NOTIFY there would queue all commits up."""

    def __init__(self, dialect: Dialect) -> None:
        self._url = dialect.url if isinstance(dialect, Postgres) else None
        self._committed = asyncio.Event()

    def committed(self) -> None:
        """This server has something for the others to look at."""
        self._committed.set()

    async def run(self, heard: Callable[[], None]) -> None:
        """Pass the word on until cancelled, and call `heard` when another server has something new."""
        if self._url is None:
            return
        while True:
            try:
                await self._talk(self._url, heard)
            except OSError as error:
                _log.warning("The other servers cannot be heard: %s", error)
            await asyncio.sleep(_RECONNECT_SECONDS)

    async def _talk(self, url: str, heard: Callable[[], None]) -> None:
        from psycopg import AsyncConnection, Error

        try:
            async with (
                await AsyncConnection.connect(url, autocommit=True) as ear,
                await AsyncConnection.connect(url, autocommit=True) as voice,
                asyncio.TaskGroup() as both,
            ):
                await ear.execute(f"LISTEN {_CHANNEL}")
                both.create_task(self._speak(voice))
                heard()
                async for word in ear.notifies():
                    if word.pid != voice.info.backend_pid:
                        heard()
        except* Error as errors:
            raise ConnectionError(str(errors.exceptions[0]).strip()) from None

    async def _speak(self, voice: "AsyncConnection[Any]") -> None:
        while True:
            await self._committed.wait()
            self._committed.clear()
            await voice.execute(f"NOTIFY {_CHANNEL}")
            await asyncio.sleep(_GATHER_SECONDS)
