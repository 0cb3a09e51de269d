"""What the number keys run, at the foot of the screen: moved, unpinned, and pinned from all that there is."""

from collections.abc import Sequence

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from core.api.bots import Pin
from core.text import excerpt
from tui.live.pins import MOST
from tui.widgets.asking import Asking
from tui.widgets.looks import Looks

_LINES = 12


class PinPanel(Asking, can_focus=True):
    """Shows the pins, or, while one is added, what else could be pinned."""

    DEFAULT_CSS = "PinPanel { dock: bottom; background: $panel; margin-bottom: 1; height: auto; }"
    _PINS = "⏎ runs it  a pins another  d unpins  J K move it  esc goes back"
    _ADDING = "↑ ↓ move  ⏎ pins it  a letter goes there  esc goes back"
    HINT = _PINS

    class Ordered(Message):
        """These are to be pinned, in this order."""

        def __init__(self, pins: Sequence[Pin]) -> None:
            super().__init__()
            self.pins = pins

    class Chosen(Message):
        """Run what is in this place, counted from 1."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    class Turned(Message):
        """Other keys count now."""

    class Wanted(Message):
        """Say what else could be pinned."""

    def __init__(self, pins: Sequence[Pin]) -> None:
        super().__init__()
        self._pins = list(pins)
        self._others: list[Pin] = []
        self._adding = False
        self._at = 0
        self._before: Widget | None = None

    def on_mount(self) -> None:
        self._before = self.screen.focused
        self._fit()
        self.focus()

    def show(self, pins: Sequence[Pin]) -> None:
        """They are these now."""
        if list(pins) == self._pins:
            return
        self._pins = list(pins)
        self._fit()

    def offer(self, others: Sequence[Pin]) -> None:
        """Choose one of these to be pinned."""
        self._others = [one for one in others if one not in self._pins]
        self._adding, self._at, self.HINT = True, 0, self._ADDING
        self._fit()
        self.post_message(self.Turned())

    @property
    def _shown(self) -> list[Pin]:
        return self._others if self._adding else self._pins

    def _fit(self) -> None:
        self._at = max(0, min(self._at, len(self._shown) - 1))
        self.styles.height = 1 + min(_LINES, max(1, len(self._shown)))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        looks, width = Looks.of(self), self.size.width
        if y == 0:
            title = "  Pin which?" if self._adding else "  Quick launch"
            return Strip([Segment(title, looks.base + looks.strong)]).adjust_cell_length(width, looks.base)
        number = y - 1 + self._top
        if number >= len(self._shown):
            said = "  There is nothing to pin." if self._adding else "  Nothing is pinned: a pins something."
            text = said if not self._shown and y == 1 else ""
            return Strip([Segment(text, looks.base + looks.muted)]).adjust_cell_length(width, looks.base)
        pin, here = self._shown[number], number == self._at
        ground = looks.cursor if here else looks.base
        key = " " if self._adding else str(number + 1)
        name = excerpt(pin.name, max(1, width - 30))
        return Strip(
            [
                Segment(f"{'▌' if here else ' '} {key} ", ground + looks.accent),
                Segment(name, ground + looks.strong),
                Segment(f"  {pin.kind} in {excerpt(pin.workspace, 14)}", ground + looks.muted),
            ]
        ).adjust_cell_length(width, ground)

    @property
    def _top(self) -> int:
        height = max(1, self.size.height - 1)
        return max(0, min(self._at - height // 2, len(self._shown) - height))

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        steps = {"down": 1, "up": -1, "pagedown": _LINES, "pageup": -_LINES}
        if event.key in steps:
            self._at += steps[event.key]
            self._fit()
        elif event.key == "escape":
            self._leave()
        elif event.key == "enter" and self._shown:
            self._choose()
        elif self._adding and event.character and event.character.isalnum():
            self._jump(event.character.lower())
        elif not self._adding:
            self._arrange(event.key)

    def _arrange(self, key: str) -> None:
        if key in ("j", "k"):
            self._at += 1 if key == "j" else -1
            self._fit()
        elif key in ("J", "shift+down", "K", "shift+up") and self._pins:
            self._move(1 if key in ("J", "shift+down") else -1)
        elif key in ("d", "delete") and self._pins:
            self._order([pin for number, pin in enumerate(self._pins) if number != self._at])
        elif key == "a" and len(self._pins) < MOST:
            self.post_message(self.Wanted())

    def _move(self, by: int) -> None:
        to = self._at + by
        if 0 <= to < len(self._pins):
            pins = list(self._pins)
            pins.insert(to, pins.pop(self._at))
            self._at = to
            self._order(pins)

    def _order(self, pins: list[Pin]) -> None:
        self._pins = pins
        self._fit()
        self.post_message(self.Ordered(pins))

    def _jump(self, letter: str) -> None:
        count = len(self._others)
        after = [(self._at + step) % count for step in range(1, count + 1)] if count else []
        self._at = next((at for at in after if self._others[at].name.lower().startswith(letter)), self._at)
        self._fit()

    def _choose(self) -> None:
        if not self._adding:
            place = self._at + 1
            self._close()
            self.post_message(self.Chosen(place))
            return
        pins = [*self._pins, self._others[self._at]]
        self._back()
        self._at = len(pins) - 1
        self._order(pins)

    def _back(self) -> None:
        self._adding, self.HINT = False, self._PINS
        self._fit()
        self.post_message(self.Turned())

    def _leave(self) -> None:
        if self._adding:
            self._back()
        else:
            self._close()

    def _close(self) -> None:
        if self._before is not None and self._before.is_attached:
            self._before.focus()
        self.remove()

    def on_click(self, event: events.Click) -> None:
        number = event.y - 1 + self._top
        if 0 <= number < len(self._shown):
            self._at = number
            self._choose()
