"""The head of a section of the sidebar, with its count, and the line of its views."""

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message

from core.api.filters import SavedFilter
from core.text import excerpt
from core.text import width as cells
from tui.views import VIEWS, View
from tui.widgets.line import Line, spread
from tui.widgets.looks import Looks

_LONGEST_NAME = 16  # cells of a saved filter's name
_HERE = Style(underline=True)


class SectionHead(Line):
    """Folds its section when it is pressed."""

    class Pressed(Message):
        """Fold or unfold."""

    def __init__(self, title: str) -> None:
        super().__init__(classes="section")
        self._title = title
        self._folded = False
        self.count = ""

    def show(self, count: str, folded: bool) -> None:
        if (count, folded) != (self.count, self._folded):
            self.count, self._folded = count, folded
            self.refresh()

    def draw(self, width: int, looks: Looks) -> Sequence[Segment]:
        sign = "▸" if self._folded else "▾"
        left = [
            Segment(f" {sign} ", looks.base + looks.muted),
            Segment(self._title, looks.base + looks.strong),
        ]
        return spread(left, [Segment(self.count + " ", looks.base + looks.muted)], width, looks)

    def on_click(self) -> None:
        self.post_message(self.Pressed())


class ViewLine(Line):
    """The views of the list, the one that is shown underlined; or the filter that takes their place."""

    class Chosen(Message):
        """A view was pressed."""

        def __init__(self, view: View) -> None:
            super().__init__()
            self.view = view

    class SavedChosen(Message):
        """The name of a saved filter was pressed."""

        def __init__(self, saved: SavedFilter) -> None:
            super().__init__()
            self.saved = saved

    def __init__(self) -> None:
        super().__init__(classes="views")
        self._saved: list[SavedFilter] = []
        self._filter = ""
        self._saved_ends: list[int] = []
        self._view: View | None = VIEWS[0]
        self._counts: dict[str, int] = {}
        self._ends: list[int] = []

    def show(self, view: View | None, counts: dict[str, int]) -> None:
        if (view, counts) != (self._view, self._counts):
            self._view, self._counts = view, counts
            self.refresh()

    def show_saved(self, saved: Sequence[SavedFilter], filter: str) -> None:
        """As many of the saved filters as there is room for, beside the views."""
        if (saved, filter) != (self._saved, self._filter):
            self._saved, self._filter = [*saved], filter
            self.refresh()

    def draw(self, width: int, looks: Looks) -> Sequence[Segment]:
        numbers, gap = self._fitting(width)
        segments = [Segment(" " * gap, looks.base)]
        self._ends = []
        used = gap
        for view, number in zip(VIEWS, numbers, strict=True):
            here = view is self._view
            ink = looks.accent + _HERE if here else looks.muted  # not told apart by colour alone
            segments.append(Segment(view.title, looks.base + ink))
            segments.append(Segment(number + " " * gap, looks.base + looks.muted))
            used += len(view.title) + len(number) + gap
            self._ends.append(used)
        self._saved_ends = []
        for place, one in enumerate(self._saved):
            name = f"{place + 1} {excerpt(one.name, _LONGEST_NAME)}"
            if used + cells(name) + gap > width:
                break
            here = one.filter == self._filter
            segments.append(Segment(name, looks.base + (looks.accent + _HERE if here else looks.muted)))
            segments.append(Segment(" " * gap, looks.base))
            used += cells(name) + gap
            self._saved_ends.append(used)
        return segments

    def _fitting(self, width: int) -> tuple[list[str], int]:
        """The views' counts and the room between them: less of it where it is narrow, then only one count."""
        counts = [self._counts.get(view.id) for view in VIEWS]
        numbers = ["" if not count else " " + short_number(count) for count in counts]
        letters = sum(len(view.title) for view in VIEWS)
        for gap in (2, 1):
            if letters + sum(map(len, numbers)) + gap * len(VIEWS) <= width:
                return numbers, gap
        return [number if view is self._view else "" for view, number in zip(VIEWS, numbers, strict=True)], 1

    def on_click(self, event: events.Click) -> None:
        for view, end in zip(VIEWS, self._ends, strict=False):
            if event.x < end:
                self.post_message(self.Chosen(view))
                return
        for one, end in zip(self._saved, self._saved_ends, strict=False):
            if event.x < end:
                self.post_message(self.SavedChosen(one))
                return


def short_number(number: int) -> str:
    """`999`, `1.2k`, `100k`, `3.4M`."""
    if number < 1000:
        return str(number)
    for limit, unit, letter in ((1_000_000, 1_000, "k"), (1_000_000_000, 1_000_000, "M")):
        if number < limit:
            whole = number / unit
            return (
                f"{int(whole)}{letter}"
                if whole >= 10 or number % unit < unit // 10
                else f"{int(whole * 10) / 10}{letter}"
            )
    return "many"
