"""The head of a section of the sidebar, with its count, and the line of its views."""

from collections.abc import Sequence

from rich.segment import Segment
from textual import events
from textual.message import Message

from tui.views import VIEWS, View
from tui.widgets.line import Line, spread
from tui.widgets.looks import Looks


class SectionHead(Line):
    """Folds its section when it is pressed."""

    class Pressed(Message):
        """Fold or unfold."""

    def __init__(self, title: str) -> None:
        super().__init__(classes="section")
        self._title = title
        self._count = ""
        self._folded = False

    def show(self, count: str, folded: bool) -> None:
        if (count, folded) != (self._count, self._folded):
            self._count, self._folded = count, folded
            self.refresh()

    def draw(self, width: int, looks: Looks) -> Sequence[Segment]:
        sign = "▸" if self._folded else "▾"
        left = [
            Segment(f" {sign} ", looks.base + looks.muted),
            Segment(self._title, looks.base + looks.strong),
        ]
        return spread(left, [Segment(self._count + " ", looks.base + looks.muted)], width, looks)

    def on_click(self) -> None:
        self.post_message(self.Pressed())


class ViewLine(Line):
    """The views of the list, the one that is shown underlined; or the filter that takes their place."""

    class Chosen(Message):
        """A view was pressed."""

        def __init__(self, view: View) -> None:
            super().__init__()
            self.view = view

    def __init__(self) -> None:
        super().__init__(classes="views")
        self._view: View | None = VIEWS[0]
        self._counts: dict[str, int] = {}
        self._ends: list[int] = []

    def show(self, view: View | None, counts: dict[str, int]) -> None:
        if (view, counts) != (self._view, self._counts):
            self._view, self._counts = view, counts
            self.refresh()

    def draw(self, width: int, looks: Looks) -> Sequence[Segment]:
        segments = [Segment("  ", looks.base)]
        self._ends = []
        used = 2
        for view in VIEWS:
            count = self._counts.get(view.id)
            number = "" if not count else " " + short_number(count)
            here = view is self._view
            segments.append(Segment(view.title, looks.base + (looks.accent if here else looks.muted)))
            segments.append(Segment(number, looks.base + looks.muted))
            segments.append(Segment("  ", looks.base))
            used += len(view.title) + len(number) + 2
            self._ends.append(used)
        return segments

    def on_click(self, event: events.Click) -> None:
        for view, end in zip(VIEWS, self._ends, strict=False):
            if event.x < end:
                self.post_message(self.Chosen(view))
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
