"""The panes of a screen by their names, the one that is seen marked; at the right, where in it one is."""

from collections.abc import Sequence
from typing import Literal

from rich.segment import Segment
from textual import events
from textual.message import Message

from tui.widgets.line import Line, spread
from tui.widgets.looks import Looks

Pane = Literal["output", "talk", "steps"]
WORDS: dict[Pane, str] = {"output": "Output", "talk": "Conversation", "steps": "Steps"}


class PaneLine(Line):
    """A press turns to a pane."""

    class Chosen(Message):
        """A pane was pressed."""

        def __init__(self, pane: Pane) -> None:
            super().__init__()
            self.pane: Pane = pane

    def __init__(self) -> None:
        super().__init__(id="panes")
        self._offered: Sequence[Pane] = ("output",)
        self._pane: Pane = "output"
        self._place = ""
        self._ends: list[int] = []

    def show(self, offered: Sequence[Pane], pane: Pane, place: str) -> None:
        if (offered, pane, place) != (self._offered, self._pane, self._place):
            self._offered, self._pane, self._place = offered, pane, place
            self.refresh()

    def draw(self, width: int, looks: Looks) -> Sequence[Segment]:
        segments, used, self._ends = [Segment(" ", looks.base)], 1, []
        for pane in self._offered:
            here = pane == self._pane
            text = f"[{WORDS[pane]}]" if here else f" {WORDS[pane]} "
            segments.append(Segment(text + " ", looks.base + (looks.accent if here else looks.muted)))
            used += len(text) + 1
            self._ends.append(used)
        return spread(segments, [Segment(self._place + "  ", looks.base + looks.muted)], width, looks)

    def on_click(self, event: events.Click) -> None:
        for pane, end in zip(self._offered, self._ends, strict=False):
            if event.x < end:
                self.post_message(self.Chosen(pane))
                return
