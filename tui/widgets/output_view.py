"""What a turn printed, on the screen: it follows the end while there comes more, and goes anywhere else by pages.

It asks for news only while its turn runs and somebody looks: a turn that has ended is silent."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from core.errors import UnreachableError
from core.text import clean, cut
from tui.actions import bindings
from tui.live.source import Source
from tui.output import LiveOutput
from tui.output_pages import Row
from tui.widgets.looks import Looks
from tui.words.sessions import size

_NEWS = 0.2  # seconds between looks while there comes more
_QUIET = 0.7  # the same while there does not
_NEAR = 200  # rows from an end of what is there at which more is asked for
_WHEEL = 3
_MARK = Style(reverse=True, bold=True)

Start = Callable[[Coroutine[None, None, None]], None]


class OutputView(Widget, can_focus=True):
    """The last column is a bar that says where this is in the whole of it; pressing it goes there."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("detail")
    DEFAULT_CSS = "OutputView { height: 1fr; width: 1fr; background: $background; }"

    class Left(Message):
        """Back to the list of turns."""

    class Placed(Message):
        """What is seen is somewhere else, or there is more of it."""

    class Searched(Message):
        """A search has ended; whether it found anything, and whether that was to be another one."""

        def __init__(self, found: bool, another: bool) -> None:
            super().__init__()
            self.found = found
            self.another = another

    def __init__(self, source: Source, start: Start) -> None:
        super().__init__(id="output")
        self._source = source
        self._start = start
        self.output: LiveOutput | None = None
        self.following = True
        self.nothing = ""  # what is said where there is no output
        self._words = ""  # that are searched for
        self._top = 0
        self._found: int | None = None
        self._sought: tuple[str, int] | None = None
        self._searching = False
        self._asking = False
        self._listening: asyncio.Task[None] | None = None

    # What the owner says

    def show(self, session: int, turn: int | None, *, running: bool) -> None:
        """Show the output of a turn. One that is shown already goes on being so."""
        if self.output is None or turn != self.output.turn:
            self.forget()
            if turn is not None:
                self.output = LiveOutput(self._source, session, turn)
                self.output.shifted = partial(self._shifted, self.output)
                self.output.lay_out(self._width)
                self.output.least = self.size.height
            self._say()
        if self.output is not None and (running or not self.output.known or self.output.running):
            self.listen()

    def listen(self) -> None:
        """Ask for what there is, and go on as long as there may come more."""
        if self._listening is None and self.output is not None:
            self._start(self._listen(self.output))

    def forget(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
        self._listening = self.output = self._found = None
        self.following, self._top, self._asking = True, 0, False

    async def _listen(self, output: LiveOutput) -> None:
        if self._listening is not None:
            return
        self._listening = asyncio.current_task()
        try:
            if not output.known:
                await output.to_end()
                self._grown()
            while output.running or (self.following and not output.ends_here):
                came = self.screen.is_current and await (output.news() if self.following else output.measure())
                if came or not output.running:
                    self._grown()
                await asyncio.sleep(_NEWS if came else _QUIET)
        except UnreachableError:
            return  # the screen asks again once the connection is there
        finally:
            if self._listening is asyncio.current_task():
                self._listening = None

    def _grown(self) -> None:
        self._top = self._last_top if self.following else min(self._top, self._last_top)
        self._say()

    def _shifted(self, output: LiveOutput, rows: int) -> None:
        if output is self.output:
            self._top = max(0, self._top + rows)
            self._found = None if self._found is None else self._found + rows

    def _say(self) -> None:
        self.refresh()
        self.post_message(self.Placed())

    # Where this is

    @property
    def _width(self) -> int:
        return max(10, (self.size.width or self.screen.size.width) - 3)

    @property
    def _last_top(self) -> int:
        return max(0, (self.output.count if self.output else 0) - self.size.height)

    def place(self) -> str:
        """Where this is in the whole, in words."""
        output = self.output
        if output is None or not output.total:
            return ""
        whole = size(output.total)
        if self.following:
            return f"{whole}, following" if output.running else f"{whole}, at the end"
        return f"{min(100, output.place(self._top) * 100 // output.total)}% of {whole}"

    def _go(self, top: int) -> None:
        output = self.output
        if output is None:
            return
        self._top = max(0, min(top, self._last_top))
        self.following = self._top >= self._last_top and output.ends_here
        self._found = None
        self._say()
        if self._top < _NEAR and not output.starts_here:
            self._ask(output.less)
        elif self._top > self._last_top - _NEAR and not output.ends_here:
            self._ask(output.more)

    def _ask(self, load: Callable[[], Coroutine[None, None, object]]) -> None:
        if not self._asking:
            self._asking = True
            self._start(self._asked(load))

    async def _asked(self, load: Callable[[], Coroutine[None, None, object]]) -> None:
        try:
            await load()
        except UnreachableError:
            return
        finally:
            self._asking = False
        self._grown()

    async def _to(self, at: int) -> None:
        if self.output is not None:
            self.following, self._found, self._top = False, None, 0
            await self.output.to(at)

    async def _to_end(self) -> None:
        if self.output is not None:
            self.following, self._found = True, None
            await self.output.to_end()

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
        if self.output is not None and self.output.starts_here:
            self._go(0)
        else:
            self._ask(lambda: self._to(0))

    def action_text_end(self) -> None:
        if self.output is not None and self.output.ends_here:
            self._go(self._last_top)
        else:
            self._ask(self._to_end)

    # Searching

    def search(self, words: str, step: int = 0) -> None:
        """Go to the next row with these words: from where this is, or from the last one found down or up. What is
        searched for already gives way."""
        self._words, self._sought = words, (words, step)
        self.refresh()
        if not self._searching:
            self._searching = True
            self._start(self._search())

    async def _search(self) -> None:
        try:
            while self._sought is not None and self.output is not None:
                (words, step), self._sought = self._sought, None
                output = self.output
                begin = self._top if self._found is None else self._found + step
                goes_on = partial(self._still_seeks, output)
                found = await output.seek(words, begin, step or 1, goes_on) if words else None
                if self._still_seeks(output):
                    another = self._found is not None and step != 0
                    self._show_found(found)
                    self.post_message(self.Searched(found is not None or not words, another))
        except UnreachableError:
            return
        finally:
            self._searching = False

    def _still_seeks(self, output: LiveOutput) -> bool:
        return self._sought is None and output is self.output and bool(self._words)

    def _show_found(self, found: int | None) -> None:
        if found is not None:
            self._found = found
            self._top = max(0, min(found - self.size.height // 3, self._last_top))
            self.following = False
            self._say()

    def end_search(self) -> None:
        self._words, self._found = "", None
        self.refresh()

    # Drawing

    def render_line(self, y: int) -> Strip:
        looks, width = Looks.of(self), self.size.width
        output = self.output
        position = self._top + y
        if output is None or position >= output.count:
            said = self._nothing() if y == 0 else ""
            return Strip([Segment(f"  {cut(said, width - 3)}", looks.base + looks.muted)]).adjust_cell_length(
                width, looks.base
            )
        row = output.row(position)
        ground = looks.cursor if position == self._found else looks.base
        line = Strip([Segment(" ", ground), *self._marked(row, ground, looks)])
        return Strip([*line.adjust_cell_length(width - 1, ground), self._bar(y, looks)])

    def _nothing(self) -> str:
        output = self.output
        if output is None:
            return clean(self.nothing) or "It has not begun."
        if not output.known:
            return "Asking the server…"
        if output.count:
            return ""
        return "Nothing was printed yet." if output.running else "Nothing was printed."

    def _marked(self, row: Row, ground: Style, looks: Looks) -> list[Segment]:
        if row.note:
            return [Segment(row.text, ground + looks.warning)]
        at = row.text.casefold().find(self._words.casefold()) if self._words else -1
        if at < 0:
            return [Segment(row.text, ground)]
        end = at + len(self._words)
        parts = [(row.text[:at], ground), (row.text[at:end], ground + _MARK), (row.text[end:], ground)]
        return [Segment(text, style) for text, style in parts if text]

    def _bar(self, y: int, looks: Looks) -> Segment:
        """Where this is in the whole of it."""
        output, height = self.output, max(1, self.size.height)
        if output is None or (output.starts_here and output.ends_here and output.count <= height):
            return Segment(" ", looks.base)
        share = output.place(self._top) / max(1, output.total)
        here = height - 1 if self.following else min(height - 1, int(share * height))
        return Segment("┃" if y == here else "│", looks.base + (looks.accent if y == here else looks.rule))

    # Mouse and size

    def on_click(self, event: events.Click) -> None:
        output = self.output
        if output is not None and event.x == self.size.width - 1:
            at = event.y * output.total // max(1, self.size.height)
            self._ask(lambda: self._to(at))

    def on_mouse_scroll_down(self) -> None:
        self._go(self._top + _WHEEL)

    def on_mouse_scroll_up(self) -> None:
        self._go(self._top - _WHEEL)

    def on_resize(self) -> None:
        if self.output is not None:
            before = self.output.count
            self.output.lay_out(self._width)
            self.output.least = self.size.height
            self._top = self._top * self.output.count // max(1, before)
            self._grown()
