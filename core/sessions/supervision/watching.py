"""The clocks of a running process: decides when it is over, by itself, by request, or at a limit."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from core.sessions.supervision.child import Child
from core.sessions.supervision.command import Ended, Limits

_TELLING = 5.0

_log = logging.getLogger("callboard.sessions")


class Watch:
    """`over` is done, with the first reason, when the process is to be seen as over. Each stretch of silence is
    told once, at the limit, and ends the process at twice the limit."""

    def __init__(
        self, child: Child, limits: Limits, stale: Callable[[float], Awaitable[None]], stop: asyncio.Event
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self.over: asyncio.Future[Ended] = self._loop.create_future()
        self.began = self._last = self._loop.time()
        self._silence = limits.silence
        self._stale = stale
        self._told = False
        self._paused = False
        self._telling: set[asyncio.Task[None]] = set()
        self._silent: asyncio.TimerHandle | None = None
        self._total = (
            self._loop.call_later(limits.total, self.end, "timeout") if limits.total is not None else None
        )
        self._stop = self._loop.create_task(self._await(stop))
        child.exited.add_done_callback(lambda _: self.end("exit"))
        self._set_silent()

    def end(self, why: Ended) -> None:
        """Only the first reason counts."""
        if not self.over.done():
            self.over.set_result(why)

    def heard(self) -> None:
        """There was output."""
        self._last = self._loop.time()
        self._told = False

    def pause(self, paused: bool) -> None:
        """No limit of silence in the meantime."""
        if paused != self._paused:
            self._paused = paused
            self.heard()
            self._set_silent()

    def seconds(self) -> float:
        return self._loop.time() - self.began

    async def close(self) -> None:
        self._paused = True
        self._set_silent()
        if self._total is not None:
            self._total.cancel()
        self._stop.cancel()
        if self._telling:
            _, late = await asyncio.wait(self._telling, timeout=_TELLING)
            for telling in late:
                telling.cancel()
        await asyncio.gather(self._stop, *self._telling, return_exceptions=True)

    async def _await(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self.end("stopped")

    def _set_silent(self) -> None:
        if self._silent is not None:
            self._silent.cancel()
            self._silent = None
        if self._silence is not None and not self._paused:
            after = self._silence * (2 if self._told else 1)
            self._silent = self._loop.call_at(self._last + after, self._look)

    def _look(self) -> None:
        if self._silence is None:
            return
        silent = self._loop.time() - self._last
        if silent >= 2 * self._silence:
            self.end("silent")
            return
        if silent >= self._silence and not self._told:
            self._told = True
            telling = self._loop.create_task(self._tell(silent))
            self._telling.add(telling)
            telling.add_done_callback(self._telling.discard)
        self._set_silent()

    async def _tell(self, seconds: float) -> None:
        try:
            await self._stale(seconds)
        except Exception:
            _log.exception("It could not be told that a process has been silent for %.0f s", seconds)
