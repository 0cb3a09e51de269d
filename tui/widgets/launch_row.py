"""The quick-launch row: what is pinned, each with the number key that runs it."""

from collections.abc import Sequence

from rich.segment import Segment
from textual import events
from textual.message import Message

from core.api.bots import Pin
from core.text import excerpt
from core.text import width as cells
from tui.widgets.line import Line
from tui.widgets.looks import Looks

_LEAST = 6  # cells that a name is cut to before its key stands alone
_GAP = 2


class LaunchRow(Line):
    """One line, hidden while nothing is pinned, or where there is no room for it."""

    DEFAULT_CSS = "LaunchRow { margin-bottom: 1; }"

    class Pressed(Message):
        """A pin was pressed; its place is counted from 1."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    def __init__(self, pins: Sequence[Pin]) -> None:
        super().__init__(id="launch")
        self._pins = list(pins)
        self._ends: list[int] = []
        self._room = True
        self.display = bool(pins)

    def show(self, pins: Sequence[Pin]) -> None:
        self._pins = list(pins)
        self._settle()
        self.refresh()

    def make_room(self, room: bool) -> None:
        """Whether there is a line for it."""
        self._room = room
        self._settle()

    def _settle(self) -> None:
        shown = self._room and bool(self._pins)
        if self.display != shown:
            self.display = shown

    def draw(self, width: int, looks: Looks) -> Sequence[Segment]:
        segments, used, self._ends = [Segment(" ", looks.base)], 1, []
        for place, name in enumerate(self._names(width - 1), start=1):
            text = f"{name}{' ' * _GAP}" if name else " "
            segments += [
                Segment(f"{place} " if name else str(place), looks.base + looks.accent),
                Segment(text, looks.base + looks.muted),
            ]
            used += len(str(place)) + bool(name) + cells(text)
            self._ends.append(used)
        return segments

    def _names(self, width: int) -> list[str]:
        """The names, each cut to its share of the room where there is not enough."""
        names = [excerpt(pin.name, 40) for pin in self._pins]
        room = width - len(names) * (2 + _GAP)
        if sum(map(cells, names)) <= room:
            return names
        share = room // max(1, len(names))
        if share < _LEAST:
            return ["" for _ in names]
        spare = sum(share - cells(name) for name in names if cells(name) < share)
        long = sum(cells(name) > share for name in names)
        return [excerpt(name, share + spare // max(1, long)) for name in names]

    def on_click(self, event: events.Click) -> None:
        for place, end in enumerate(self._ends, start=1):
            if event.x < end:
                self.post_message(self.Pressed(place))
                return
