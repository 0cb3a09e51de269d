"""The views of a list in a line, the one that is shown in brackets."""

from collections.abc import Sequence

from rich.segment import Segment
from textual import events
from textual.message import Message

from tui.views import View
from tui.widgets.line import Line
from tui.widgets.looks import Looks


class ViewTabs(Line):
    """None of them has brackets where a filter takes their place."""

    DEFAULT_CSS = "ViewTabs { margin-bottom: 1; }"

    class Chosen(Message):
        """A view was pressed."""

        def __init__(self, view: View) -> None:
            super().__init__()
            self.view = view

    def __init__(self, views: Sequence[View]) -> None:
        super().__init__()
        self._views = views
        self._view: View | None = views[0]
        self._ends: list[int] = []

    def show(self, view: View | None) -> None:
        if view is not self._view:
            self._view = view
            self.refresh()

    def draw(self, width: int, looks: Looks) -> Sequence[Segment]:
        segments, used, self._ends = [Segment("  ", looks.base)], 2, []
        for view in self._views:
            here = view is self._view
            text = f"[{view.title}]" if here else f" {view.title} "
            segments.append(Segment(text + " ", looks.base + (looks.accent if here else looks.muted)))
            used += len(text) + 1
            self._ends.append(used)
        return segments

    def on_click(self, event: events.Click) -> None:
        for view, end in zip(self._views, self._ends, strict=False):
            if event.x < end:
                self.post_message(self.Chosen(view))
                return
