"""What a schedule means while it is written: in words, its next runs in both zones, and what clock changes do."""

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from core.api.automations import SchedulePreview
from core.text import clean, cut, pad
from core.text import width as cells
from tui.widgets.fields import LABEL
from tui.widgets.looks import Looks
from tui.wrapping import wrap

_GAP = 3


class ScheduleBox(Widget):
    """As high as what it has to say."""

    DEFAULT_CSS = "ScheduleBox { height: 0; margin-bottom: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._preview: SchedulePreview | None = None
        self._there = ""
        self._here = ""

    def show(self, preview: SchedulePreview | None, there: str, here: str) -> None:
        """Show it, with the names of the automation's zone and of the viewer's."""
        self._preview, self._there, self._here = preview, there, here
        self._fit()
        self.refresh()

    def on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        self.styles.height = len(self._lines(Looks.of(self))) if self.is_attached else 0

    def _lines(self, looks: Looks) -> list[list[Segment]]:
        preview, room = self._preview, max(10, self.size.width - LABEL - 3)
        if preview is None:
            return []
        made = [[Segment(line, looks.base + looks.accent)] for line in wrap(clean(preview.words), room)]
        both = self._there != self._here
        size = (
            max([cells(clean(run.there)) for run in preview.runs] + [cells(clean(self._there))], default=0) + _GAP
        )
        if both and preview.runs:
            heads = pad(clean(self._there), size) + clean(self._here) + " (you)"
            made.append([Segment(cut(heads, room), looks.base + looks.muted)])
        for run in preview.runs:
            text = pad(clean(run.there), size) + clean(run.here) if both else clean(run.there)
            made.append([Segment(cut(text, room), looks.base)])
            made += _noted(run.note, room, looks)
        said = {run.note for run in preview.runs}
        for note in preview.notes:
            made += _noted(note, room, looks) if note not in said else []
        return made

    def render_line(self, y: int) -> Strip:
        looks, width = Looks.of(self), self.size.width
        lines = self._lines(looks)
        if y >= len(lines):
            return Strip.blank(width, looks.base)
        return Strip([Segment(" " * (LABEL + 1), looks.base), *lines[y]]).adjust_cell_length(width, looks.base)


def _noted(note: str | None, room: int, looks: Looks) -> list[list[Segment]]:
    return [[Segment(line, looks.base + looks.warning)] for line in wrap(clean(note), room)] if note else []
