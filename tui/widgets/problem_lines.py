"""What is wrong in a configuration, above what works of it: each with its place, as far as there is room."""

from collections.abc import Sequence

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from core.api.rules import Problem
from core.text import clean, excerpt
from tui.widgets.looks import Looks
from tui.wrapping import wrap

_MOST = 3  # problems
_LINES = 3  # of each
_LOW = 24  # lines of the screen below which each has one
_LONGEST = 1_000


class ProblemLines(Widget):
    """As high as what it has to say; nothing where nothing is wrong."""

    DEFAULT_CSS = "ProblemLines { height: 0; }"

    def __init__(self) -> None:
        super().__init__()
        self._problems: Sequence[Problem] = ()

    def show(self, problems: Sequence[Problem]) -> None:
        if problems != self._problems:
            self._problems = problems
            self._fit()
            self.refresh()

    def on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        self.styles.height = len(self._lines(self.size.width))

    def _lines(self, width: int) -> list[str]:
        if not self._problems or not width:
            return []
        low = self.app.size.height < _LOW
        room, most = max(1, width - 5), 1 if low else _MOST
        made: list[str] = []
        for one in self._problems[:most]:
            said = clean(f"{one.place[:_LONGEST]}: {one.sentence[:_LONGEST]}")
            lines = wrap(said, room)
            size = 1 if low else _LINES
            if len(lines) > size:
                lines = [*lines[: size - 1], excerpt(" ".join(lines[size - 1 :]), room)]
            made += [("  " if number else "✖ ") + line for number, line in enumerate(lines)]
        if more := len(self._problems) - most:
            made.append(f"  and {more} more: callboard rules check" if more > 0 else "")
        return [*[line for line in made if line], ""]

    def render_line(self, y: int) -> Strip:
        looks, width = Looks.of(self), self.size.width
        lines = self._lines(width)
        text = lines[y] if y < len(lines) else ""
        return Strip([Segment("  " + text, looks.base + looks.warning)]).adjust_cell_length(width, looks.base)
