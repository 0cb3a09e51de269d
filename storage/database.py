"""The store: units of work, run by one writer thread with group commit and a few reader threads.

A unit is a plain function of a connection. Whoever awaits `write` gets its answer after the commit, never
before; a caller that is cancelled takes back a unit that has not begun and never aborts one that has. Units run
off the event loop: they touch nothing but their arguments, hold no network call, and stay under a few
milliseconds."""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from sqlalchemy import Connection as Connection

from storage.engines import Dialect

T = TypeVar("T")
Unit = Callable[[Connection], T]

_LARGEST_BATCH = 256


@dataclass
class _Waiting:
    """A unit that waits for the writer, and the future of whoever waits for the unit."""

    unit: Unit[Any]
    future: "asyncio.Future[Any]"
    result: Any = None
    error: BaseException | None = None


class Database:
    """One database, open for reading and writing until it is closed."""

    def __init__(self, dialect: Dialect, *, readers: int = 3) -> None:
        self._dialect = dialect
        self._loop = asyncio.get_running_loop()
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._listeners: list[Callable[[], None]] = []
        self._local = threading.local()
        self._reader_connections: list[Connection] = []
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="reader")
        self._writer_connection = dialect.open_writer()
        self._writer = threading.Thread(target=self._write_batches, name="writer", daemon=True)
        self._writer.start()

    @property
    def engine(self) -> str:
        """The engine's name: `sqlite` or `postgresql`."""
        return self._dialect.name

    def on_commit(self, listener: Callable[[], None]) -> None:
        """Call `listener` on the event loop after each commit: a hint that there may be something new."""
        self._listeners.append(listener)

    async def write(self, unit: Unit[T]) -> T:
        """Run the unit in a transaction, and answer when it is durable."""
        waiting = _Waiting(unit, self._loop.create_future())
        self._queue.put(waiting)
        return cast(T, await waiting.future)

    async def read(self, unit: Unit[T]) -> T:
        """Run the unit on one snapshot of the database."""
        return await self._loop.run_in_executor(self._readers, self._read, unit)

    async def close(self) -> None:
        """Finish what was accepted, close the readers first and the writer last."""
        self._readers.shutdown(wait=True)
        for connection in self._reader_connections:
            _dispose(connection)
        self._queue.put(None)
        await self._loop.run_in_executor(None, self._writer.join)

    def _read(self, unit: Unit[T]) -> T:
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None or connection.invalidated:
            connection = self._local.connection = self._dialect.open_reader()
            self._reader_connections.append(connection)
        send = connection.exec_driver_sql
        send(self._dialect.begin_read)
        try:
            return unit(connection)
        finally:
            send("ROLLBACK")

    def _write_batches(self) -> None:
        running = True
        while running:
            batch, running = self._next_batch()
            if batch:
                self._write_batch(batch)
                self._loop.call_soon_threadsafe(self._settle, batch)
        _dispose(self._writer_connection)

    def _next_batch(self) -> tuple[list[_Waiting], bool]:
        """All that waits, at most a batch of it, and whether to go on after it."""
        batch: list[_Waiting] = []
        item = self._queue.get()
        while item is not None:
            if not item.future.cancelled():
                batch.append(item)
            if len(batch) == _LARGEST_BATCH:
                return batch, True
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                return batch, True
        return batch, False

    def _write_batch(self, batch: list[_Waiting]) -> None:
        try:
            self._commit_together(batch)
        except Exception as error:
            if len(batch) > 1 and self._dialect.retry_alone(error):
                for waiting in batch:
                    self._write_batch([waiting])
                return
            for waiting in batch:
                waiting.error = error

    def _commit_together(self, batch: list[_Waiting]) -> None:
        """One transaction for the whole batch, a savepoint for each unit."""
        send = self._writer_connection.exec_driver_sql
        send(self._dialect.begin_write)
        try:
            for waiting in batch:
                waiting.result, waiting.error = None, None
                send("SAVEPOINT unit")
                try:
                    waiting.result = waiting.unit(self._writer_connection)
                except Exception as error:
                    if self._dialect.retry_alone(error):
                        raise
                    waiting.error = error
                    send("ROLLBACK TO SAVEPOINT unit")
                send("RELEASE SAVEPOINT unit")
            send("COMMIT")
        except Exception:
            send("ROLLBACK")
            raise

    def _settle(self, batch: list[_Waiting]) -> None:
        for waiting in batch:
            if waiting.future.done():
                continue
            if waiting.error is None:
                waiting.future.set_result(waiting.result)
            else:
                waiting.future.set_exception(waiting.error)
        for listener in self._listeners:
            listener()


def _dispose(connection: Connection) -> None:
    engine = connection.engine
    connection.close()
    engine.dispose()
