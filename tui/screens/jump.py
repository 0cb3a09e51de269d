"""Jump mode: each part of the screen that takes keys gets a letter, and the letter goes there."""

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Click, Key, Resize
from textual.geometry import Region, Size
from textual.screen import ModalScreen, Screen
from textual.strip import Strip
from textual.widget import Widget

from tui.widgets.looks import Looks

LETTERS = "asdfghjklqwertyuiopzxcvbnm"


class JumpLetter(Widget):
    """A letter that lies on the part that it stands for."""

    DEFAULT_CSS = "JumpLetter { width: 3; height: 1; position: absolute; }"

    def __init__(self, letter: str, target: Region) -> None:
        super().__init__()
        self._letter = letter
        self.styles.offset = (target.x, target.y)

    def render_line(self, y: int) -> Strip:
        looks = Looks.of(self)
        return Strip([Segment(f" {self._letter} ", looks.base + looks.accent + Style(reverse=True, bold=True))])


class Jump(ModalScreen[Widget | None]):
    """Lies over the screen that it was opened on. Any other key closes it."""

    DEFAULT_CSS = "Jump { layout: vertical; }"

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]

    def __init__(self, targets: Sequence[Widget]) -> None:
        super().__init__()
        self._size_before: Size | None = None
        self._targets = dict(zip(LETTERS, targets, strict=False))

    def compose(self) -> ComposeResult:
        for letter, target in self._targets.items():
            yield JumpLetter(letter, target.region)

    def on_key(self, event: Key) -> None:
        event.stop()
        self.dismiss(self._targets.get(event.key))

    def on_click(self, event: Click) -> None:
        hit = (part for part in self._targets.values() if part.region.contains(event.screen_x, event.screen_y))
        self.dismiss(min(hit, key=lambda part: part.region.area, default=None))

    def on_resize(self, event: Resize) -> None:
        """The parts have moved from under their letters."""
        before, self._size_before = self._size_before, event.size
        if before not in (None, event.size):
            self.dismiss(None)

    def action_leave(self) -> None:
        self.dismiss(None)


def targets_of(screen: Screen[None]) -> list[Widget]:
    """The parts of a screen that take keys and can be seen, in their order."""
    seen = [part for part in screen.focus_chain if part.region.area and screen.region.overlaps(part.region)]
    return seen[: len(LETTERS)]
