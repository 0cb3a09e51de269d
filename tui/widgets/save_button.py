"""The button at the end of a form."""

from collections.abc import Sequence

from rich.segment import Segment
from textual import events
from textual.message import Message

from tui.widgets.fields import LABEL
from tui.widgets.line import Line
from tui.widgets.looks import Looks


class SaveButton(Line, can_focus=True):
    """Enter, space or a click saves."""

    DEFAULT_CSS = "SaveButton { margin: 1 0; }"

    class Pressed(Message):
        """Save it."""

    def __init__(self, words: str = "Save") -> None:
        super().__init__()
        self._words = words

    def draw(self, width: int, looks: Looks) -> Sequence[Segment]:
        ink = looks.cursor + looks.accent + looks.strong if self.has_focus else looks.base + looks.accent
        return [Segment(" " * LABEL, looks.base), Segment(f" ▸ {self._words} ", ink)]

    def on_key(self, event: events.Key) -> None:
        if event.key in ("enter", "space"):
            event.stop()
            event.prevent_default()
            self.post_message(self.Pressed())

    def on_click(self) -> None:
        self.post_message(self.Pressed())

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()
