"""The line below a filter that is being typed: what it can go on with, and which of that is chosen."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.events import Click
from textual.message import Message

from core.text import clean, cut
from core.text import width as cells
from tui.widgets.line import Line, spread
from tui.widgets.looks import Looks

if TYPE_CHECKING:
    from core.completing import Completion

_INDENT = "    "
_GAP = "  "


class Completions(Line):
    """Holds them, draws those that there is room for, and knows which a click meant."""

    class Clicked(Message):
        """Take this one."""

        def __init__(self, completion: "Completion") -> None:
            super().__init__()
            self.completion = completion

    def __init__(self) -> None:
        super().__init__()
        self.offered: Sequence[Completion] = ()
        self._at: int | None = None
        self._places: list[tuple[int, int, Completion]] = []

    @property
    def chosen(self) -> "Completion | None":
        return None if self._at is None else self.offered[self._at]

    def offer(self, offered: "Sequence[Completion]") -> None:
        self.offered, self._at = offered, None
        self.refresh()

    def choose(self, step: int) -> None:
        """The next one or the one before; before the first there is none."""
        place = (-1 if self._at is None else self._at) + step
        self._at = min(place, len(self.offered) - 1) if place >= 0 and self.offered else None
        self.refresh()

    def draw(self, width: int, looks: Looks) -> Sequence[Segment]:
        """From the first on, or from a later one where the chosen one would not be seen."""
        room = max(1, width - len(_INDENT) - 2)
        first = 0
        while self._at is not None and first < self._at and self._length(first, self._at) > room:
            first += 1
        drawn, place = [Segment("  … " if first else _INDENT, looks.base + looks.muted)], len(_INDENT)
        self._places = []
        for number, one in enumerate(self.offered[first:], first):
            name = cut(clean(one.text), room)
            length = cells(name)
            if self._places and place + length > len(_INDENT) + room:
                drawn.append(Segment("…", looks.base + looks.muted))
                break
            style = looks.cursor + looks.strong if number == self._at else looks.base + looks.accent
            drawn += [Segment(name, style), Segment(_GAP, looks.base)]
            self._places.append((place, place + length, one))
            place += length + len(_GAP)
        said = self.chosen.help if self.chosen is not None else ""
        return spread(drawn, [Segment(f"{clean(said)} ", looks.base + looks.muted)], width, looks)

    def _length(self, first: int, last: int) -> int:
        """How long these are, one after the other."""
        return sum(cells(clean(one.text)) + len(_GAP) for one in self.offered[first : last + 1]) - len(_GAP)

    def on_click(self, event: Click) -> None:
        event.stop()
        for start, end, one in self._places:
            if start <= event.x < end:
                self.post_message(self.Clicked(one))
