"""The top line: the program, who you are and where, and whether what you see is live."""

from collections.abc import Sequence

from rich.segment import Segment

from core.text import excerpt
from tui.live.feed import Connection
from tui.widgets.line import Line, spread
from tui.widgets.looks import Looks


class TitleBar(Line):
    """Says it in words as well as in colour."""

    def __init__(self, place: str, words: str) -> None:
        super().__init__(id="title")
        self._place = place
        self._words = words
        self._person = ""
        self._connection: Connection = "connecting"

    def show(self, person: str, connection: Connection) -> None:
        if (person, connection) != (self._person, self._connection):
            self._person, self._connection = person, connection
            self.refresh()

    def retitle(self, words: str) -> None:
        """Say where this is."""
        if words != self._words:
            self._words = words
            self.refresh()

    def draw(self, width: int, looks: Looks) -> Sequence[Segment]:
        sign, word, ink = {
            "connecting": ("○", "Connecting", looks.muted),
            "live": ("●", "Live", looks.accent),
            "lost": ("✖", "Connection lost, trying again", looks.warning),
        }[self._connection]
        left = [
            Segment(" Callboard", looks.base + looks.strong),
            Segment(excerpt(f"  {self._words}", max(1, width - 30)), looks.base + looks.accent),
        ]
        about = [excerpt(part, 30) for part in (self._person, self._place) if part]
        right = [
            Segment(" · ".join(about) + "   ", looks.base + looks.muted),
            Segment(f"{sign} {word} ", looks.base + ink),
        ]
        if sum(segment.cell_length for segment in (*left, *right)) >= width:
            right = right[1:]
        return spread(left, right, width, looks)
