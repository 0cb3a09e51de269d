"""The store: units of work, run by one writer thread with group commit and a few reader threads.

A unit is a plain function of a connection. Whoever awaits `write` gets its answer after the commit, never
before; a caller that is cancelled takes back a unit that has not begun and never aborts one that has. Units run
off the event loop, and may be run again before their commit: they touch nothing but their arguments, hold no
network call, and stay under a few milliseconds."""

import asyncio
import logging
from collections.abc import Callable
from typing import TypeVar, cast

from sqlalchemy import Connection as Connection

from storage.engines import Dialect
from storage.errors import UnavailableDatabaseError
from storage.readers import Readers
from storage.work import Part, Together, Waiting
from storage.work import Unit as Unit
from storage.writer import Writer

T = TypeVar("T")
G = TypeVar("G")

_log = logging.getLogger(__name__)


class Database:
    """One database, open for reading and writing until it is closed."""

    def __init__(self, dialect: Dialect, *, readers: int = 3) -> None:
        self._dialect = dialect
        self._loop = asyncio.get_running_loop()
        self._listeners: list[Callable[[], None]] = []
        self._writer = Writer(dialect, self._tell)  # first: on SQLite it alone may recover and checkpoint
        self._readers = Readers(dialect, readers)
        self._closing: asyncio.Future[None] | None = None

    @property
    def engine(self) -> str:
        """The engine's name: `sqlite` or `postgresql`."""
        return self._dialect.name

    @property
    def dialect(self) -> Dialect:
        """The engine, and where its database is."""
        return self._dialect

    def on_commit(self, listener: Callable[[], None]) -> None:
        """Call `listener` on the event loop after each commit: a hint that there may be something new."""
        self._listeners.append(listener)

    async def write(self, unit: Unit[T]) -> T:
        """Run the unit in a transaction, and answer when it is durable."""
        return await self._run(self._writer, unit)

    async def write_together(self, unit: Together[G, T], given: G) -> T:
        """The same with what others give to this unit meanwhile: it is run once for all, and where it fails, for
        each alone."""
        return cast(T, await self._run(self._writer, Part(unit, given)))

    async def read(self, unit: Unit[T]) -> T:
        """Run the unit on one snapshot of the database."""
        return await self._run(self._readers, unit)

    async def close(self) -> None:
        """Finish what was accepted and take nothing more; the writer is closed last."""
        if self._closing is None:
            self._closing = self._loop.run_in_executor(None, self._finish)
        await asyncio.shield(self._closing)

    async def _run(self, runner: Writer | Readers, unit: Unit[T]) -> T:
        if self._closing is not None:
            raise UnavailableDatabaseError("The database is closed: the server is stopping.")
        waiting = Waiting(unit, self._loop.create_future())
        runner.put(waiting)
        return cast(T, await waiting.future)

    def _finish(self) -> None:
        self._readers.finish()
        self._writer.finish()

    def _tell(self) -> None:
        for listener in self._listeners:
            try:
                listener()
            except Exception:
                _log.exception("A listener failed after a commit")
