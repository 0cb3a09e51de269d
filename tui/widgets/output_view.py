"""What a turn printed, on the screen: it follows the end while there comes more, and goes anywhere else by pages.

It asks for news only while its turn runs and somebody looks: a turn that has ended is silent."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from core.api.sessions import Output
from core.errors import CallboardError, UnreachableError
from core.text import cut
from tui.actions import bindings
from tui.live import Source
from tui.output import PAGE, LiveOutput, Row
from tui.session_words import size
from tui.widgets.looks import Looks

_NEWS = 0.2  # seconds between looks while there comes more
_QUIET = 1.0  # the same while there does not
_NEAR = 200  # rows from an end of what is there at which more is asked for
_WHEEL = 3
_SEARCHED = 128  # pages that one search goes through


class OutputView(Widget, can_focus=True):
    """The last column is a bar that says where this is in the whole of it; pressing it goes there."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("detail")
    DEFAULT_CSS = "OutputView { height: 1fr; width: 1fr; background: $background; }"

    class Left(Message):
        """Back to the list of turns."""

    class Placed(Message):
        """What is seen is somewhere else, or there is more of it."""

    def __init__(self, source: Source, start: Callable[[Coroutine[None, None, None]], None]) -> None:
        super().__init__(id="output")
        self._source = source
        self._start = start
        self.output: LiveOutput | None = None
        self.following = True
        self.words = ""  # that are searched for
        self._top = 0
        self._found: int | None = None
        self._asking = False
        self._loop: asyncio.Task[None] | None = None
        self._paused = asyncio.Event()

    # What the owner says

    def show(self, session: int, turn: int | None, running: bool) -> None:
        """Show the output of a turn. One that is shown already goes on being so."""
        now = None if self.output is None else self.output.turn
        if turn != now:
            self._forget()
            if turn is not None:
                self.output = LiveOutput(self._source, session, turn, self._shifted)
                self.output.lay_out(self._width)
            self.refresh()
        if self.output is not None and (running or not self.output.known):
            self.listen()

    def listen(self) -> None:
        """Ask for news, as long as there may be some."""
        if self._loop is None and self.output is not None and self.is_attached:
            self._start(self._listen(self.output))

    async def _listen(self, output: LiveOutput) -> None:
        self._loop = asyncio.current_task()
        try:
            if not output.known:
                await output.to_end()
                self._grown()
            while output is self.output and (output.running or not output.ends_here) and self._wants_news:
                came = await output.news() if self._at_the_end else await self._look(output)
                if came:
                    self._grown()
                await asyncio.sleep(_NEWS if came else _QUIET)
        except UnreachableError:
            return  # the screen asks again once the connection is there
        finally:
            if self._loop is asyncio.current_task():
                self._loop = None

    async def _look(self, output: LiveOutput) -> bool:
        """How much there is by now, where the end is not in sight."""
        before = output.total
        await output.measure()
        return output.total != before

    @property
    def _wants_news(self) -> bool:
        output = self.output
        return output is not None and (output.running or self._at_the_end) and self.is_attached

    @property
    def _at_the_end(self) -> bool:
        return self.following

    def stop(self) -> None:
        self._forget()

    def _forget(self) -> None:
        if self._loop is not None:
            self._loop.cancel()
        self._loop = self.output = self._found = None
        self.following, self._top, self._asking = True, 0, False

    def _grown(self) -> None:
        if self.following:
            self._top = self._last_top
        self.refresh()
        self.post_message(self.Placed())

    def _shifted(self, rows: int) -> None:
        self._top = max(0, self._top + rows)
        self._found = None if self._found is None else self._found + rows

    # Where this is

    @property
    def _width(self) -> int:
        return max(10, self.size.width - 3)

    @property
    def _last_top(self) -> int:
        return max(0, (self.output.count if self.output else 0) - self.size.height)

    def place(self) -> str:
        """Where this is in the whole, in words."""
        output = self.output
        if output is None or not output.known or not output.total:
            return ""
        whole = size(output.total)
        if self.following:
            return f"{whole}, following the end" if output.running else f"{whole}, at the end"
        return f"{self._percent}% of {whole}"

    @property
    def _percent(self) -> int:
        output = self.output
        if output is None or not output.total:
            return 0
        return min(100, output.place(self._top) * 100 // output.total)

    def _go(self, top: int) -> None:
        output = self.output
        if output is None:
            return
        self._top = max(0, min(top, self._last_top))
        self.following = self._top >= self._last_top and output.ends_here
        self.refresh()
        self.post_message(self.Placed())
        self._load()
        if self.following and output.running:
            self.listen()

    def _load(self) -> None:
        output = self.output
        if output is None or self._asking:
            return
        if self._top < _NEAR and not output.starts_here:
            self._ask(output.less)
        elif self._top > self._last_top - _NEAR and not output.ends_here:
            self._ask(output.more)

    def _ask(self, load: Callable[[], Coroutine[None, None, object]]) -> None:
        self._asking = True
        self._start(self._asked(load))

    async def _asked(self, load: Callable[[], Coroutine[None, None, object]]) -> None:
        try:
            await load()
        except UnreachableError:
            return
        finally:
            self._asking = False
        self._top = min(self._top, self._last_top)
        self.refresh()
        self.post_message(self.Placed())

    def action_back(self) -> None:
        self.post_message(self.Left())

    def action_text_down(self) -> None:
        self._go(self._top + 1)

    def action_text_up(self) -> None:
        self._go(self._top - 1)

    def action_text_page_down(self) -> None:
        self._go(self._top + max(1, self.size.height - 1))

    def action_text_page_up(self) -> None:
        self._go(self._top - max(1, self.size.height - 1))

    def action_text_start(self) -> None:
        output = self.output
        if output is None or output.starts_here:
            self._go(0)
            return
        self.following, self._top = False, 0
        self._ask(self._to_start)

    async def _to_start(self) -> None:
        if self.output is not None:
            await self.output.to(0)
            self._top = 0

    def action_text_end(self) -> None:
        output = self.output
        if output is None:
            return
        self.following = True
        if output.ends_here:
            self._go(self._last_top)
        else:
            self._ask(self._to_end)

    async def _to_end(self) -> None:
        if self.output is not None:
            await self.output.to_end()
            self.following = True
            self._top = self._last_top
            self.listen()

    async def _to(self, at: int) -> None:
        if self.output is not None:
            await self.output.to(at)
            self._top = 0

    # Searching

    def search(self, words: str, step: int = 1, *, again: bool = False) -> None:
        """Go to the next row with these words, down or up: through what is there, and on from page to page."""
        self.words = words
        self.refresh()
        output = self.output
        if output is None or not words or self._asking:
            return
        begin = self._top if self._found is None else self._found
        self._asking = True
        self._start(self._search(output, words, begin + (step if again and self._found is not None else 0), step))

    async def _search(self, output: LiveOutput, words: str, begin: int, step: int) -> None:
        try:
            found = output.find(words, begin, step)
            for _ in range(_SEARCHED):
                if found is not None or output is not self.output or not await self._further(output, step):
                    break
                start = output.fresh_from if step > 0 else output.fresh_until
                found = output.find(words, start, step)
        finally:
            self._asking = False
        self.post_message(self.Searched(found is not None))
        if found is not None:
            self._found = found
            self.following = False
            self._top = max(0, min(found - self.size.height // 3, self._last_top))
            self.refresh()
            self.post_message(self.Placed())
