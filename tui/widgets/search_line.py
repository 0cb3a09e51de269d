"""The line that searches what was printed: each letter looks on from here, enter goes to the next."""

from collections.abc import Sequence

from rich.segment import Segment
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message

from tui.widgets.asking import Asking
from tui.widgets.controls import Edited, Entered, LineControl
from tui.widgets.line import Line
from tui.widgets.looks import Looks


class SearchHead(Line):
    """What the line is for, or that nothing was found."""

    DEFAULT_CSS = "SearchHead { width: 12; background: $panel; }"
    found = True
    another = False  # whether what was looked for is one more than there was

    def draw(self, width: int, looks: Looks) -> Sequence[Segment]:
        text = "  Search  " if self.found else "  No more " if self.another else "  Nothing "
        return [Segment(text, looks.base + (looks.accent if self.found else looks.warning))]


class SearchLine(Horizontal, Asking):
    """Escape goes back to what was found."""

    HINT = "⏎ ↓ next  ↑ previous  esc goes back"
    DEFAULT_CSS = "SearchLine { height: 1; LineControl { width: 1fr; } }"

    class Sought(Message):
        """Look for these words: here (0), or on from what was found, down (1) or up (-1)."""

        def __init__(self, words: str, step: int) -> None:
            super().__init__()
            self.words = words
            self.step = step

    class Left(Message):
        """That was all."""

    def __init__(self, words: str) -> None:
        super().__init__(id="search")
        self._head = SearchHead()
        self._control = LineControl()
        self._control.set(words)

    def compose(self) -> ComposeResult:
        yield self._head
        yield self._control

    def on_mount(self) -> None:
        self._control.focus()
        self._control.select_all()  # other words take the place of those from before

    def show(self, *, found: bool, another: bool) -> None:
        self._head.found, self._head.another = found, another
        self._head.refresh()

    def _seek(self, step: int) -> None:
        self.post_message(self.Sought(str(self._control.get()), step))

    def on_edited(self, event: Edited) -> None:
        event.stop()
        self._seek(0)

    def on_entered(self, event: Entered) -> None:
        event.stop()
        self._seek(1)

    def on_key(self, event: events.Key) -> None:
        steps = {"down": 1, "up": -1}
        if event.key in steps:
            self._seek(steps[event.key])
        elif event.key == "escape":
            self.post_message(self.Left())
        else:
            return
        event.stop()
        event.prevent_default()
