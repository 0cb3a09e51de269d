"""Looking again at what changed: one question at a time, and many changes in a row are one question."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine

from core.api.stream import Change, Reset
from core.errors import UnreachableError
from tui.live.feed import Heard

REST = 0.25  # seconds between two looks


class Looking:
    """Works in a task of its owner, which says what was refused."""

    def __init__(
        self,
        look: Callable[[], Awaitable[None]],
        start: Callable[[Coroutine[None, None, None]], None],
        rest: float = REST,
    ) -> None:
        self._look = look
        self._start = start
        self._rest = rest
        self._busy = False
        self.wanted = False  # something changed since the last look, or it could not be looked at

    def hear(self, heard: Heard, topics: Collection[str], known: bool) -> None:
        """Look again at what changed or may have, and with a new connection at what was not to be had before."""
        match heard:
            case Change() if heard.topic in topics:
                self.again()
            case Reset():
                self.again()
            case "live" if self.wanted or not known:
                self.again()

    def again(self) -> None:
        """Look, now or when the look that is under way has ended."""
        self.wanted = True
        if not self._busy:
            self._busy = True
            self._start(self._run())

    async def _run(self) -> None:
        try:
            while self.wanted:
                self.wanted = False
                await self._look()
                await asyncio.sleep(self._rest)
        except UnreachableError:
            self.wanted = True  # once the connection is there again
        finally:
            self._busy = False
