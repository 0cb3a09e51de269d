"""The frame of a session's screen: what is on it, and how its parts share the room that the terminal has."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from textual import on
from textual.app import App, ComposeResult
from textual.containers import Container, Vertical
from textual.widget import Widget

from core.api.sessions import SessionDetail
from tui.actions import Scope
from tui.desk import Desk
from tui.screens.place import Place
from tui.widgets.approval_card import ApprovalCard
from tui.widgets.output_view import OutputView
from tui.widgets.pane_line import Pane, PaneLine
from tui.widgets.record_list import Nothing
from tui.widgets.run_list import Leg, RunList
from tui.widgets.say_box import SayBox
from tui.widgets.session_head import SessionHead
from tui.widgets.talk_view import TalkView

WIDE = 100
_ROOMY = 18  # lines of the terminal from which there are all facts
_LEAST = 5  # lines of output that a question leaves
_TAIL = 8


class SessionFrame(Place):
    """The steps stand beside the text where there is room; in a narrow terminal they are a pane of their own."""

    WORDS = "Session"
    AUTO_FOCUS = "#output"
    DEFAULT_CSS = """
    SessionFrame {
        #session { layout: horizontal; height: 1fr; }
        #steps { width: 1fr; background: $surface; }
        #steps.-pair { dock: left; width: 34%; min-width: 34; max-width: 60; border-right: vkey $border; }
        #main { width: 1fr; }
        &.-steps #main { height: auto; }
        &.-steps #session { layout: vertical; }
        #approval { background: $panel; border-bottom: hkey $border; }
        #talk { height: 1fr; background: $background; }
        PaneLine { background: $surface; }
        SayBox { background: $panel; }
    }
    """

    def __init__(self, desk: Desk, number: int) -> None:
        super().__init__(desk)
        self.number = number
        self.record: SessionDetail | None = None
        self.legs: dict[int, Leg] = {}
        self.pane: Pane = "output"
        self._wide = False
        self.head = SessionHead(desk)
        self.panes = PaneLine()
        self.runs: RunList = RunList(lambda: self.legs, self.no_steps, _nothing_sought, desk.clock, id="runs")
        self.card = ApprovalCard(desk)
        self.output = OutputView(desk.source, self.start)
        self.talk = TalkView(desk, self.tail)
        self.say = SayBox(lambda: self.key_of("run-say"))
        self.side = Vertical(self.runs, id="steps")

    def compose(self) -> ComposeResult:
        yield self.title_bar
        yield self.head
        with Container(id="session"):
            with Vertical(id="main"):
                yield self.card
                yield self.panes
                yield self.output
                yield self.talk
            yield self.side
        yield self.say
        yield self.key_bar

    def scopes(self) -> Mapping[Scope, App[None] | Widget]:
        text = next((part for part in (self.card, self.talk) if part.has_focus), self.output)
        return {
            "list": self.runs,
            "detail": text,
            "run": self,
            "session": self,
            "approval": self,
            "place": self,
            "everywhere": self.app,
        }

    def no_steps(self) -> Nothing:
        return Nothing("", "Asking the server…" if self.record is None else "No step has begun.")

    def tail(self, turn: int) -> Sequence[str]:
        """What a running turn printed last, as far as that is here."""
        output = self.output.output
        if output is None or output.turn != turn or not output.ends_here:
            return []
        return [output.row(number).text for number in range(max(0, output.count - _TAIL), output.count)]

    # The room

    def fit(self, width: int, height: int) -> None:
        self._wide = width >= WIDE
        self.head.most = 3 if height >= _ROOMY else 1
        self.settle()

    @property
    def offered(self) -> Sequence[Pane]:
        """The panes that can be turned over here."""
        return ("output", "talk") if self._wide else ("output", "talk", "steps")

    def settle(self) -> None:
        """Give all parts their places."""
        if self.pane not in self.offered:
            self.pane = "output"
        steps = self.pane == "steps"
        self.side.display = self._wide or steps
        self.side.set_class(self._wide, "-pair")
        for pane, part in (("output", self.output), ("talk", self.talk)):
            part.display = self.pane == pane
        self.set_class(steps and not self._wide, "-steps")
        asked = self.card.record is not None
        self.card.display = asked
        if asked:
            room = max(4, self.size.height - self.head.size.height - _LEAST - 4)
            width = self.card.size.width or self.size.width * (2 if self._wide else 3) // 3
            self.card.styles.height = min(self.card.height_at(width), room)
        self.panes.show(self.offered, self.pane, self.output.place() if self.pane == "output" else "")
        if self.focused is not None and not self.focused.display:
            self.text.focus()
        self.show_keys()

    @property
    def text(self) -> Widget:
        """What is in the pane."""
        shown: dict[Literal["output", "talk", "steps"], Widget]
        shown = {"output": self.output, "talk": self.talk, "steps": self.runs}
        return shown[self.pane]

    def turn_to(self, pane: Pane) -> None:
        if pane in self.offered:
            self.pane = pane
            self.settle()
            self.text.focus()

    def action_run_pane(self) -> None:
        offered = self.offered
        self.turn_to(offered[(offered.index(self.pane) + 1) % len(offered)])

    @on(PaneLine.Chosen)
    def _pane_pressed(self, event: PaneLine.Chosen) -> None:
        self.turn_to(event.pane)

    def _parts(self) -> Iterable[Widget]:
        """Where the focus can go, in its order."""
        if self._wide:
            yield self.runs
        if self.card.display:
            yield self.card
        yield self.text

    def action_run_switch(self) -> None:
        parts = list(self._parts())
        at = parts.index(self.focused) if self.focused in parts else -1
        if len(parts) == 1:
            self.action_run_pane()
        else:
            parts[(at + 1) % len(parts)].focus()

    @on(OutputView.Placed)
    def _placed(self) -> None:
        self.panes.show(self.offered, self.pane, self.output.place() if self.pane == "output" else "")
        if self.pane == "talk":
            self.talk.lay_out()


def _nothing_sought(_: int, __: int) -> None:
    """All steps are here."""
