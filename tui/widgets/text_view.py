"""A text beside a list: drawn as lines, of which a change repaints only the cells that differ."""

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from core.text import pad
from tui.actions import bindings
from tui.widgets.looks import Looks

_MARGIN = "  "
NAMES = 11

Lines = list[list[Segment]]


class TextView(ScrollView, can_focus=True):
    """Whoever extends it makes the lines; a click is told by the line that it was on."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("detail")
    DEFAULT_CSS = "TextView { overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1; }"

    class Left(Message):
        """Back to the list."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: list[Strip] = []
        self._width = 0

    def lines(self, width: int, looks: Looks) -> Lines:
        """The lines, each of at most so many cells."""
        raise NotImplementedError

    def pressed(self, line: int) -> None:
        """A line was clicked."""

    def to_start(self) -> None:
        if self.scroll_y:
            self.scroll_to(y=0, animate=False)

    def lay_out(self) -> None:
        """Make the lines anew, and repaint where they differ."""
        width = self.size.width - self.scrollbar_size_vertical
        if not width:
            return
        before, self._lines = self._lines, self._made(width)
        # A size that fits stays the same, so that another text is no reason to lay the screen out again.
        size = Size(width, max(len(self._lines), self.size.height))
        if size != self.virtual_size:
            self.virtual_size = size
        if self.show_vertical_scrollbar and size.height <= self.size.height:
            self.show_vertical_scrollbar = False  # of a size that was not the last: nobody else takes it away
            self.call_after_refresh(self.lay_out)
        if width != self._width:
            self._width = width
            self.refresh()
            return
        top = round(self.scroll_y)
        for y in range(self.size.height):
            old, new = _at(before, top + y), _at(self._lines, top + y)
            if (cells := _differ_until(old, new)) > 0:
                self.refresh(Region(0, y, min(cells, width), 1))

    def _made(self, width: int) -> list[Strip]:
        looks = Looks.of(self)
        try:
            made = self.lines(width - 2 * len(_MARGIN), looks)
        except (ValueError, TypeError, IndexError, KeyError, AttributeError, OverflowError):
            made = [[], [Segment("(cannot display)", looks.base + looks.muted)]]
        return [_with_margin(line) for line in made]

    def render_line(self, y: int) -> Strip:
        position = y + round(self.scroll_y)
        width = self.size.width - self.scrollbar_size_vertical
        if position >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        return _filled(self._lines[position], width, self.rich_style)

    def on_resize(self) -> None:
        self.lay_out()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._width = 0
        self.call_later(self.lay_out)

    def on_click(self, event: events.Click) -> None:
        self.pressed(event.y + round(self.scroll_y))

    def action_back(self) -> None:
        self.post_message(self.Left())

    def action_text_down(self) -> None:
        self.scroll_relative(y=1, animate=False)

    def action_text_up(self) -> None:
        self.scroll_relative(y=-1, animate=False)

    def action_text_page_down(self) -> None:
        self.scroll_relative(y=max(1, self.size.height - 1), animate=False)

    def action_text_page_up(self) -> None:
        self.scroll_relative(y=-max(1, self.size.height - 1), animate=False)

    def action_text_start(self) -> None:
        self.scroll_to(y=0, animate=False)

    def action_text_end(self) -> None:
        self.scroll_to(y=self.max_scroll_y, animate=False)


def _with_margin(line: Sequence[Segment]) -> Strip:
    """The margin is a part of the first segment: one of its own would cost forty bytes on the terminal's line."""
    if not line:
        return Strip([])
    first, *others = line
    return Strip([Segment(_MARGIN + first.text, first.style), *others])


def _filled(line: Strip, width: int, ground: Style) -> Strip:
    """The line with its last segment drawn out to the width: a segment of its own would cost forty bytes, too."""
    if (missing := width - line.cell_length) <= 0 or not line:
        return line.adjust_cell_length(width, ground)
    *others, last = line
    if last.style is None or last.style.bgcolor != ground.bgcolor or last.style.underline:
        return line.adjust_cell_length(width, ground)
    return Strip([*others, Segment(last.text + " " * missing, last.style)], width)


def fact(name: str, value: str, looks: Looks) -> list[Segment]:
    """One ink for both: the text below is what should stand out, and each change of ink costs forty bytes."""
    return [Segment(pad(name, NAMES) + value, looks.base + looks.muted)]


def _at(lines: Sequence[Strip], position: int) -> Strip | None:
    return lines[position] if position < len(lines) else None


def _differ_until(old: Strip | None, new: Strip | None) -> int:
    """How many cells from the left must be painted to turn one line into the other. One more than the longer one
    has: cut right behind a character, a line loses signs without a width that belong to it."""
    if old == new:
        return 0
    longest = max(line.cell_length for line in (old, new) if line is not None)
    return longest and longest + 1
