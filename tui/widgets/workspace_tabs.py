"""The workspaces in a line, the one that is shown in brackets."""

from collections.abc import Callable, Sequence

from rich.segment import Segment
from textual import events
from textual.message import Message

from core.text import clean, cut
from core.text import width as cells
from tui.widgets.line import Line
from tui.widgets.looks import Looks

_START = 2


class WorkspaceTabs(Line):
    """Those that there is room for, the one that is shown among them."""

    DEFAULT_CSS = "WorkspaceTabs { margin-bottom: 1; }"

    class Chosen(Message):
        """A workspace was pressed."""

        def __init__(self, workspace: str) -> None:
            super().__init__()
            self.workspace = workspace

    def __init__(self, workspaces: Callable[[], Sequence[str]]) -> None:
        super().__init__()
        self._workspaces = workspaces
        self._shown = ""
        self._places: list[tuple[int, int, str]] = []

    def show(self, workspace: str) -> None:
        self._shown = workspace
        self.refresh()

    def draw(self, width: int, looks: Looks) -> Sequence[Segment]:
        names = list(self._workspaces())
        at = names.index(self._shown) if self._shown in names else 0
        first = at
        while first and sum(cells(clean(name)) + 3 for name in names[first - 1 : at + 1]) < width - 2 * _START:
            first -= 1
        before = f"{'…' if first else '':<{_START}}"
        made, used, self._places = [Segment(before, looks.base + looks.muted)], _START, []
        for name in names[first:]:
            here = name == self._shown
            said = cut(clean(name), max(1, width - 2 * _START - 3))
            text = f"[{said}] " if here else f" {said}  "
            if self._places and used + cells(text) > width - _START:
                made.append(Segment("…", looks.base + looks.muted))
                break
            self._places.append((used, used + cells(text), name))
            made.append(Segment(text, looks.base + (looks.accent if here else looks.muted)))
            used += cells(text)
        return made

    def on_click(self, event: events.Click) -> None:
        for start, end, name in self._places:
            if start <= event.x < end:
                self.post_message(self.Chosen(name))
                return
