"""The threads that read, each on a connection of its own, so that no reader waits for the writer."""

import asyncio
import logging
import queue
import threading
from collections.abc import Sequence

from storage.engines import Dialect
from storage.link import Link
from storage.work import Waiting, answer, explained

_log = logging.getLogger(__name__)


class Readers:
    """Runs units on snapshots. A connection is opened with the first unit that needs it."""

    def __init__(self, dialect: Dialect, count: int) -> None:
        self._dialect = dialect
        self._loop = asyncio.get_running_loop()
        self._queue: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._work, name=f"reader-{number}", daemon=True) for number in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def put(self, waiting: Waiting) -> None:
        self._queue.put(waiting)

    def finish(self) -> None:
        """Run what was accepted, and close the connections. Blocks until that is done."""
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        link: Link | None = None
        while (waiting := self._queue.get()) is not None:
            if waiting.taken_back():
                continue
            try:
                link = self._read(link, waiting)
            except BaseException as error:
                _log.critical("A reader failed by its own fault", exc_info=error)
                waiting.error = error
            if not answer(self._loop, _settle, [waiting]):
                break
        if link is not None:
            link.close()

    def _read(self, link: Link | None, waiting: Waiting) -> Link | None:
        """Run the unit and return the connection to go on with. One that was lost meanwhile is replaced once."""
        was_open = link is not None
        link = self._try(link, waiting)
        if link is None and was_open:
            link = self._try(None, waiting)
        return link

    def _try(self, link: Link | None, waiting: Waiting) -> Link | None:
        try:
            if link is None:
                link = Link(self._dialect, self._dialect.open_reader())
            link.send(self._dialect.begin_read)
            waiting.result, waiting.error = waiting.unit(link.connection), None
        except BaseException as error:
            waiting.error = explained(self._dialect, error)
        if link is None:
            return None
        link.rollback()
        if link.lost:
            link.close()
            return None
        return link


def _settle(done: Sequence[Waiting]) -> None:
    for waiting in done:
        waiting.settle()
