"""Runs what is queued: claims the oldest, a few at once, and lets go of none before its end is written."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from core.clock import SECOND
from core.sessions.runs.mending import mend
from core.sessions.runs.run import Run
from core.sessions.workshop import Slots, Workshop
from storage import workers
from storage.database import Connection
from storage.ids import Instant, SessionId
from storage.workers import WorkerRow

_POLL_SECONDS = 1.0
_BEAT = 10 * SECOND

_log = logging.getLogger("callboard.sessions")


@dataclass(frozen=True, slots=True)
class _Going:
    """A run that is under way."""

    task: "asyncio.Task[None]"
    stop: asyncio.Event


class Runner:
    """The one of this server. `wake` says that there may be something to run, `stop` that a run is to end; both
    may get lost and then cost a second."""

    def __init__(self, shop: Workshop) -> None:
        self._shop = shop
        self._slots = Slots()
        self._going: dict[SessionId, _Going] = {}
        self._woken = asyncio.Event()
        self._listeners: list[Callable[[], None]] = []
        self._beaten: Instant | None = None
        self._looked = float("-inf")

    @property
    def going(self) -> frozenset[SessionId]:
        return frozenset(self._going)

    def on_end(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each end of a run here: a hint that there may be something to do."""
        self._listeners.append(listener)

    def wake(self) -> None:
        self._woken.set()

    def stop(self, session: SessionId) -> None:
        """End the session's run, if it is here."""
        if session in self._going:
            self._going[session].stop.set()

    async def run(self) -> None:
        """Run sessions until cancelled; those under way are interrupted then, and their processes ended."""
        try:
            await self._beat()
            await mend(self._shop, at_start=True)
            while True:
                self._woken.clear()
                try:
                    await self._tend()
                    await self._claim()
                except Exception:  # what runs is not to end because the database could not be asked
                    _log.exception("Sessions could not be looked after; this is tried again")
                    await asyncio.sleep(_POLL_SECONDS)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_POLL_SECONDS):
                        await self._woken.wait()
        finally:
            await self._leave()

    async def _tend(self) -> None:
        """Say now and then that this server is there, and look after what runs here and what others left."""
        now = self._shop.clock.now()
        if self._shop.database.engine != "sqlite" and (self._beaten is None or now - self._beaten >= _BEAT):
            await self._beat()
            await mend(self._shop, at_start=False)
        at = asyncio.get_running_loop().time()
        if at - self._looked >= _POLL_SECONDS:  # and not at every wake-up: many sessions may be begun in a second
            self._looked = at
            await self._look_after()

    async def _beat(self) -> None:
        worker, now = self._shop.worker, self._shop.clock.now()
        row = WorkerRow(worker.name, worker.home, worker.boot, now)
        await self._shop.database.write(lambda connection: workers.see(connection, row))
        self._beaten = now

    async def _look_after(self) -> None:
        """Stop what somebody asked to stop on another server, leave what another server has taken over, and let
        go of what is this server's and does not run."""
        before = set(self._going)
        name = self._shop.worker.name
        mine = await self._shop.database.read(lambda connection: workers.mine(connection, name))
        for session in before & set(self._going):
            going = self._going[session]
            if session not in mine and not going.task.cancelling():
                going.task.cancel()
            elif mine.get(session):
                going.stop.set()
        for session in mine.keys() - before - self._going.keys():
            await Run(self._shop, session, self._slots, asyncio.Event()).give_up()

    async def _claim(self) -> None:
        most = self._shop.rules().at_once
        free = self._slots.free(most)
        if free == 0:
            return
        waiting = await self._shop.database.read(lambda connection: workers.queued(connection, free))
        for session in waiting:
            if await self._shop.database.write(partial(self._take, session=session)):
                self._begin(session)

    def _take(self, connection: Connection, session: SessionId) -> bool:
        return workers.claim(connection, session, self._shop.worker.name, self._shop.clock.now())

    def _begin(self, session: SessionId) -> None:
        stop = asyncio.Event()
        self._slots.take()
        run = Run(self._shop, session, self._slots, stop)
        task = asyncio.create_task(run.go(), name=f"session {session}")
        self._going[session] = _Going(task, stop)
        task.add_done_callback(lambda _: self._ended(session))

    def _ended(self, session: SessionId) -> None:
        going = self._going.pop(session)
        self._slots.give()
        if not going.task.cancelled() and (error := going.task.exception()) is not None:
            _log.error("The end of session %d could not be written", session, exc_info=error)
        self.wake()
        for listener in self._listeners:
            listener()

    async def _leave(self) -> None:
        tasks = [going.task for going in self._going.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
