"""The one thread that writes. It commits together what waits together: one transaction for a batch, so that the
price of durability is shared. A unit that fails takes no other with it: then the batch is begun again, with a
savepoint for each unit. They are not there from the start because one costs as much as a small statement."""

import asyncio
import logging
import queue
import threading
from collections.abc import Callable, Sequence
from itertools import groupby

from storage.engines import Dialect
from storage.errors import UnavailableDatabaseError
from storage.link import Link
from storage.work import Part, Waiting, answer, explained

_ATTEMPTS = 3
_WARY_BATCHES = 16  # units that fail come in crowds: so many batches have savepoints after one that needed them

_log = logging.getLogger(__name__)


class _NotBegunError(Exception):
    """The transaction could not be begun: no unit is at fault."""


class _UnknownOutcomeError(Exception):
    """The connection was lost between sending COMMIT and hearing of it."""


class _EndedTransactionError(RuntimeError):
    """A unit ended the transaction that it was given, or went on after an error in it."""


class Writer:
    """Takes units in order, and answers each after the commit that made it durable."""

    def __init__(self, dialect: Dialect, committed: Callable[[], None]) -> None:
        self._dialect = dialect
        self._loop = asyncio.get_running_loop()
        self._committed = committed
        self._queue: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._link = self._open()
        self._wary = 0
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        self._thread.start()

    def put(self, waiting: Waiting) -> None:
        self._queue.put(waiting)

    def finish(self) -> None:
        """Write what was accepted, and close the connection. Blocks until that is done."""
        self._queue.put(None)
        self._thread.join()

    def _open(self) -> Link:
        return Link(self._dialect, self._dialect.open_writer())

    def _work(self) -> None:
        running = True
        while running:
            batch, running = self._next_batch()
            if batch:
                self._write_surely(batch)
                running = answer(self._loop, self._settle, batch) and running
        self._link.close()

    def _next_batch(self) -> tuple[list[Waiting], bool]:
        """All that waits, at most a batch of it, and whether to go on after it."""
        batch: list[Waiting] = []
        waiting = self._queue.get()
        try:
            while waiting is not None:
                if not waiting.taken_back():
                    batch.append(waiting)
                if len(batch) == self._dialect.largest_batch:
                    return batch, True
                waiting = self._queue.get_nowait()
        except queue.Empty:
            return batch, True
        return batch, False

    def _settle(self, batch: Sequence[Waiting]) -> None:
        for waiting in batch:
            waiting.settle()
        if any(waiting.error is None for waiting in batch):
            self._committed()

    def _write_surely(self, batch: Sequence[Waiting]) -> None:
        """Whatever happens, whoever waits is answered and the thread goes on."""
        try:
            self._write(batch)
        except BaseException as error:
            _log.critical("The writer failed by its own fault", exc_info=error)
            for waiting in batch:
                waiting.error = waiting.error or error

    def _write(self, batch: Sequence[Waiting]) -> None:
        """Write the batch together. Where that fails and the fault may be one unit's, write each alone."""
        try:
            self._commit(batch)
        except BaseException as error:
            of_all = isinstance(error, _NotBegunError | _UnknownOutcomeError | _EndedTransactionError)
            if len(batch) == 1 or of_all or self._link.lost:
                for waiting in batch:
                    waiting.error = self._explained(error)
            else:
                for waiting in batch:
                    self._write([waiting])

    def _commit(self, batch: Sequence[Waiting]) -> None:
        """Commit; again where that is safe: after a lost connection, or a deadlock with another server."""
        for attempt in range(_ATTEMPTS):
            if self._link.lost:
                self._link.close()
                self._link = self._open()
            try:
                return self._commit_once(batch)
            except _UnknownOutcomeError:
                raise
            except BaseException as error:
                again = self._link.lost or self._dialect.retry_alone(error)
                if not again or attempt == _ATTEMPTS - 1:
                    raise
                _log.warning("%d units of work are tried again: %s", len(batch), error)
        return None

    def _commit_once(self, batch: Sequence[Waiting]) -> None:
        link = self._link
        try:
            try:
                link.send(self._dialect.begin_write)
            except Exception as error:
                raise _NotBegunError(str(error)) from error
            if len(batch) == 1:
                self._run(batch[0])
            else:
                self._run_together(batch)
            try:
                link.send("COMMIT")
            except Exception as error:
                raise (_UnknownOutcomeError() if link.lost else error) from error
        finally:
            link.rollback()

    def _run_together(self, batch: Sequence[Waiting]) -> None:
        if self._wary > 0:
            self._wary -= 1
            self._run_guarded(batch)
            return
        try:
            for _, some in groupby(batch, _unit_of):
                self._run_at_once(list(some))
        except BaseException as error:
            if not self._link.in_transaction or self._dialect.retry_alone(error):
                raise
            self._wary = _WARY_BATCHES
            self._link.rollback()
            self._link.send(self._dialect.begin_write)
            self._run_guarded(batch)

    def _run_guarded(self, batch: Sequence[Waiting]) -> None:
        """Each unit behind a savepoint: an error of its own is its own."""
        link = self._link
        link.send("SAVEPOINT unit")
        for place, waiting in enumerate(batch):
            if place > 0:
                link.send(*self._dialect.next_savepoint)
            try:
                self._run(waiting)
            except BaseException as error:
                if not link.in_transaction or self._dialect.retry_alone(error):
                    raise
                waiting.error = self._explained(error)
                link.send("ROLLBACK TO SAVEPOINT unit")

    def _run(self, waiting: Waiting) -> None:
        waiting.result = waiting.error = None
        waiting.result = waiting.unit(self._link.connection)
        self._check_transaction()

    def _run_at_once(self, some: Sequence[Waiting]) -> None:
        """Run a unit, or for all who wait for it one that answers several."""
        parts = [waiting.unit for waiting in some if isinstance(waiting.unit, Part)]
        if len(parts) < 2:
            self._run(some[0])
            return
        results = parts[0].together(self._link.connection, [part.given for part in parts])
        for waiting, result in zip(some, results, strict=True):
            waiting.result, waiting.error = result, None
        self._check_transaction()

    def _check_transaction(self) -> None:
        if not self._link.can_commit:
            raise _EndedTransactionError(
                "The unit of work ended its transaction, or went on after an error in it."
            )

    def _explained(self, error: BaseException) -> BaseException:
        if isinstance(error, _NotBegunError) and error.__cause__ is not None:
            return explained(self._dialect, error.__cause__)
        if isinstance(error, _UnknownOutcomeError):
            return UnavailableDatabaseError(
                "The connection to the database was lost while a change was being stored: check whether it "
                "was stored before you repeat it."
            )
        return explained(self._dialect, error)


def _unit_of(waiting: Waiting) -> object:
    """What must be run for it: the same for all parts of one unit."""
    return waiting.unit.together if isinstance(waiting.unit, Part) else waiting
