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
        if self._there != self._here and preview.runs:
            heads = self._both(clean(self._there), f"{clean(self._here)} (you)", room)
            made += [[Segment(cut(head, room), looks.base + looks.muted)] for head in heads]
        for run in preview.runs:
            times = self._both(clean(run.there), clean(run.here), room)
            made += [[Segment(cut(time, room), looks.base)] for time in times]
            made += _noted(run.note, room, looks)
        said = {run.note for run in preview.runs}
        for note in preview.notes:
            made += _noted(note, room, looks) if note not in said else []
        return made

    def _both(self, there: str, here: str, room: int) -> list[str]:
        """The same in both zones: side by side, or one below the other where that is too wide."""
        if self._there == self._here or self._preview is None:
            return [there]
        runs = self._preview.runs
        first = max(cells(clean(text)) for text in (self._there, *(run.there for run in runs))) + _GAP
        second = max(cells(clean(text)) for text in (f"{self._here} (you)", *(run.here for run in runs)))
        if first + second <= room:
            return [pad(there, first) + here]
        return [there, " " * _GAP + here]

    def render_line(self, y: int) -> Strip:
        looks, width = Looks.of(self), self.size.width
        lines = self._lines(looks)
        if y >= len(lines):
            return Strip.blank(width, looks.base)
        return Strip([Segment(" " * (LABEL + 1), looks.base), *lines[y]]).adjust_cell_length(width, looks.base)


def _noted(note: str | None, room: int, looks: Looks) -> list[list[Segment]]:
    return [[Segment(line, looks.base + looks.warning)] for line in wrap(clean(note), room)] if note else []
