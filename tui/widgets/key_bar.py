"""The bottom line: the keys that apply here, and for a moment what just happened."""

from collections.abc import Sequence
from typing import Literal

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.timer import Timer

from core.text import clean, cut
from tui.actions import Action
from tui.widgets.line import Line
from tui.widgets.looks import Looks

Tone = Literal["done", "trouble"]

SHOWN_FOR = 6.0  # seconds
_ALWAYS = ("help",)  # however little room there is


class KeyBar(Line):
    """Keys as pairs of key and title. A flash covers them for a moment, or until the cursor moves on."""

    class Pressed(Message):
        """The keys of an action were clicked."""

        def __init__(self, action: Action) -> None:
            super().__init__()
            self.action = action

    def __init__(self) -> None:
        super().__init__(id="keys")
        self._keys: list[tuple[Action, str]] = []
        self._ends: list[tuple[int, Action]] = []
        self._hint = ""
        self._flash = ""
        self._tone: Tone = "done"
        self._timer: Timer | None = None

    def show(self, keys: list[tuple[Action, str]], hint: str = "") -> None:
        """Each action with its key; or a hint, where keys are text."""
        if (keys, hint) != (self._keys, self._hint):
            if hint and hint != self._hint:
                self.clear_flash()  # what opened since then says how it is used
            self._keys, self._hint = keys, hint
            self.refresh()

    @property
    def flashed(self) -> str:
        return self._flash

    def flash(self, text: str, tone: Tone = "done") -> None:
        self._flash, self._tone = clean(text), tone
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(SHOWN_FOR, self.clear_flash) if text else None
        self.refresh()

    def clear_flash(self) -> None:
        if self._flash:
            self.flash("")

    def draw(self, width: int, looks: Looks) -> Sequence[Segment]:
        self._ends = []
        if self._flash:
            sign, ink = ("✖ ", looks.critical) if self._tone == "trouble" else ("✓ ", looks.accent)
            return [
                Segment(" " + sign, looks.base + ink),
                Segment(cut(self._flash, max(1, width - 4)), looks.base + looks.strong),
            ]
        if self._hint:
            return [Segment(" " + cut(self._hint, max(1, width - 2)), looks.base + looks.muted)]
        segments = [Segment(" ", looks.base)]
        used = 1
        left = width - sum(_room(action, key) for action, key in self._keys if action.id in _ALWAYS)
        for action, key in self._keys:
            room, always = _room(action, key), action.id in _ALWAYS
            if used + room > (width if always else left):
                continue
            left += room if always else 0
            segments += [
                Segment(key, looks.base + looks.accent),
                Segment(f" {action.title}  ", looks.base + looks.muted),
            ]
            used += room
            self._ends.append((used, action))
        return segments

    def on_click(self, event: events.Click) -> None:
        for end, action in self._ends:
            if event.x < end:
                self.post_message(self.Pressed(action))
                return


def _room(action: Action, key: str) -> int:
    return len(key) + len(action.title) + 3
