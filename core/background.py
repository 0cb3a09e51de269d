"""The server's own work beside the requests. What fails is logged and begins again: it never ends the server."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

_log = logging.getLogger("callboard.background")
_PAUSE = 1.0
_LONGEST_PAUSE = 60.0


class Background:
    """Tasks that run until they are all stopped."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []

    def keep(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Run this until the end, again when it fails, with pauses that grow."""
        self._tasks.append(asyncio.create_task(_kept(name, work), name=name))

    async def stop(self) -> None:
        """Stop in reverse order, each before the next."""
        for task in reversed(self._tasks):
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        self._tasks.clear()


async def _kept(name: str, work: Callable[[], Awaitable[None]]) -> None:
    loop, pause = asyncio.get_running_loop(), _PAUSE
    while True:
        began = loop.time()
        try:
            await work()
        except Exception:
            pause = _PAUSE if loop.time() - began > _LONGEST_PAUSE else min(pause * 2, _LONGEST_PAUSE)
            _log.exception("%s failed and goes on in %.0f s", name, pause)
            await asyncio.sleep(pause)
        else:
            return
