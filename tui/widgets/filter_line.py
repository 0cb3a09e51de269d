"""The line that filters the list: typed here, answered by the server, and its mistake shown where it stands.

Textual's input is loaded when somebody first filters: a start does not pay for it."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer

from core.errors import CallboardError
from core.text import clean, cut
from core.text import width as cells
from tui.widgets.asking import Asking
from tui.widgets.line import Line, spread
from tui.widgets.looks import Looks
from tui.wrapping import wrap

if TYPE_CHECKING:
    from textual.widgets import Input

_PAUSE = 0.12  # seconds without a key before the server is asked
_INDENT = "    "
_PLACE = re.compile(r"^filter, characters? (\d+)(?:-(\d+))?: (.*)$", re.DOTALL)


class FilterText(Line):
    """The filter that is in force."""

    text = ""

    def draw(self, width: int, looks: Looks) -> Sequence[Segment]:
        left = [
            Segment("  / ", looks.base + looks.accent),
            Segment(cut(clean(self.text), max(1, width - 18)), looks.base + looks.strong),
        ]
        return spread(left, [Segment("esc clears ", looks.base + looks.muted)], width, looks)


class Prompt(Line):
    """Says that what follows is a filter."""

    def draw(self, width: int, looks: Looks) -> Sequence[Segment]:
        return [Segment("  / ", looks.base + looks.accent)]


class FilterError(Line):
    """What is wrong with it, under the place where it is."""

    start = 0
    end = 0
    said = ""

    def complain(self, start: int, end: int, said: str) -> None:
        self.start, self.end, self.said = start, end, clean(said)
        self.styles.height = len(self._lines(self.size.width or 40))
        self.refresh()

    def _lines(self, width: int) -> list[str]:
        room = max(1, width - len(_INDENT) - 1)
        marks = " " * self.start + "^" * (self.end - self.start)
        return [*([marks] if 0 < self.end <= room else []), *wrap(self.said, room)]

    def render_line(self, y: int) -> Strip:
        looks, width = Looks.of(self), self.size.width
        lines = self._lines(width)
        text = _INDENT + lines[y] if y < len(lines) else ""
        return Strip([Segment(text, looks.base + looks.warning)]).adjust_cell_length(width, looks.base)


class FilterLine(Vertical, Asking):
    """Hidden while nothing is filtered."""

    DEFAULT_CSS = """
    FilterLine {
        height: auto; display: none; margin-bottom: 1;
        &.-active, &.-editing { display: block; }
        &.-editing FilterText { display: none; }
        Horizontal { display: none; height: 1; }
        &.-editing Horizontal { display: block; }
        Prompt { width: 4; }
        Input { border: none; height: 1; padding: 0; width: 1fr; background: $surface; &:focus { border: none; } }
        FilterError { display: none; }
        &.-wrong FilterError { display: block; }
    }
    """

    class Typed(Message):
        """Nothing was typed for a moment: show what this line matches."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Submitted(Typed):
        """This is the filter now."""

    class Cancelled(Message):
        """Show what was shown before."""

    def __init__(self, words: str, example: str) -> None:
        super().__init__(id="filter")
        self._example = example
        self.HINT = f"⏎ keeps it  esc leaves it  ·  {words}"
        self._text = FilterText()
        self._error = FilterError()
        self._input: Input | None = None
        self._pause: Timer | None = None

    def compose(self) -> ComposeResult:
        yield self._text
        yield self._error

    def show(self, text: str) -> None:
        """The filter in force, or none."""
        self._text.text = text
        self._text.refresh()
        self._complain(0, 0, "")
        self.set_class(bool(text), "-active")

    async def edit(self, text: str) -> None:
        from textual.widgets import Input

        if self._input is None:
            self._input = Input(placeholder=self._example, compact=True, select_on_focus=False)
            self._input.cursor_blink = False
            await self.mount(Horizontal(Prompt(), self._input), before=self._error)
        with self.prevent(Input.Changed):
            self._input.value = text
        self._input.cursor_position = len(text)
        self.add_class("-editing")
        self._input.focus()

    @property
    def editing(self) -> bool:
        return self.has_class("-editing")

    def close(self) -> None:
        self.remove_class("-editing")
        if self._pause is not None:
            self._pause.stop()

    def complain(self, error: CallboardError) -> None:
        found = _PLACE.match(error.sentence)
        if found is None or self._input is None:
            self._complain(0, 0, error.sentence)
            return
        text, start = self._input.value, int(found[1]) - 1
        marked = text[start : int(found[2] or found[1])]
        before = cells(text[:start])
        self._complain(before, before + max(1, cells(marked)), found[3])

    def _complain(self, start: int, end: int, said: str) -> None:
        self._error.complain(start, end, said)
        self.set_class(bool(said), "-wrong")

    def on_input_changed(self, event: "Input.Changed") -> None:
        event.stop()
        if self._pause is not None:
            self._pause.stop()
        text = event.value
        self._pause = self.set_timer(_PAUSE, lambda: self.post_message(self.Typed(text)))

    def on_input_submitted(self, event: "Input.Submitted") -> None:
        event.stop()
        if self._pause is not None:
            self._pause.stop()
        self.post_message(self.Submitted(event.value))

    def key_escape(self) -> None:
        self.post_message(self.Cancelled())
