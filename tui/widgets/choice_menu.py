"""All that there is to choose from, at the foot of the screen."""

from rich.segment import Segment
from textual import events
from textual.strip import Strip

from core.text import excerpt
from tui.widgets.asking import Asking
from tui.widgets.controls import ChoiceControl
from tui.widgets.looks import Looks

_MOST = 12  # lines


class ChoiceMenu(Asking, can_focus=True):
    """Arrows move, enter chooses, a letter goes to what begins with it; escape leaves things as they are."""

    HINT = "↑ ↓ move  ⏎ chooses  a letter goes there  esc leaves it"

    DEFAULT_CSS = "ChoiceMenu { dock: bottom; background: $panel; margin-bottom: 1; }"

    def __init__(self, control: ChoiceControl) -> None:
        super().__init__()
        self._control = control
        self._options = list(control.options)
        values = [value for value, _ in self._options]
        self._at = values.index(str(control.get())) if control.get() in values else 0

    def on_mount(self) -> None:
        self.styles.height = min(_MOST, max(1, len(self._options)))
        self.focus()

    def render_line(self, y: int) -> Strip:
        looks, width = Looks.of(self), self.size.width
        number = y + self._top
        if number >= len(self._options):
            text = "  There is nothing to choose from." if not self._options else ""
            return Strip([Segment(text, looks.base + looks.muted)]).adjust_cell_length(width, looks.base)
        here = number == self._at
        ground = looks.cursor if here else looks.base
        words = excerpt(self._options[number][1], max(1, width - 4))
        made = [Segment("▌ " if here else "  ", ground + looks.accent), Segment(words, ground)]
        return Strip(made).adjust_cell_length(width, ground)

    @property
    def _top(self) -> int:
        height = max(1, self.size.height)
        return max(0, min(self._at - height // 2, len(self._options) - height))

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        steps = {"down": 1, "tab": 1, "up": -1, "shift+tab": -1, "pagedown": _MOST, "pageup": -_MOST}
        if event.key in steps:
            self._move(self._at + steps[event.key])
        elif event.key == "enter":
            self._choose()
        elif event.key == "escape":
            self._leave()
        elif event.character and event.character.isalnum():
            self._jump(event.character.lower())

    def on_click(self, event: events.Click) -> None:
        if event.y + self._top < len(self._options):
            self._at = event.y + self._top
            self._choose()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._move(self._at + 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._move(self._at - 1)

    def _jump(self, letter: str) -> None:
        count = len(self._options)
        after = [(self._at + step) % count for step in range(1, count + 1)]
        found = next((at for at in after if self._options[at][1].lower().startswith(letter)), self._at)
        self._move(found)

    def _move(self, position: int) -> None:
        self._at = max(0, min(position, len(self._options) - 1))
        self.refresh()

    def _choose(self) -> None:
        if self._options:
            self._control.choose(self._options[self._at][0])
        self._leave()

    def _leave(self) -> None:
        self._control.focus()
        self.remove()
