"""What a session is and how it stands, above everything else on its screen."""

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from core.api.sessions import SessionDetail
from core.text import cut, excerpt
from core.text import width as cells
from tui.desk import Desk
from tui.widgets.looks import Looks
from tui.words import sessions as said

_MARGIN = 2
_BETWEEN = "  ·  "


class SessionHead(Widget):
    """Its state with its title, what it is doing, and as many lines of facts as they need."""

    DEFAULT_CSS = "SessionHead { height: 3; background: $panel; }"

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="head")
        self._desk = desk
        self.record: SessionDetail | None = None
        self.most = 3  # lines of facts
        self._width = 0
        self._facts: list[str] = []

    def show(self, record: SessionDetail | None) -> None:
        self.record = record
        self.lay_out()

    def lay_out(self) -> None:
        """Make the facts anew; another number of lines moves what is below."""
        self._facts = self._lines(self.size.width)
        height = 2 + max(1, len(self._facts))
        if self.size.height != height:
            self.styles.height = height
        self.refresh()

    def on_resize(self) -> None:
        if self.size.width != self._width:
            self._width = self.size.width
            self.lay_out()

    def tick(self) -> None:
        """Time goes on while it runs."""
        if self.record is not None and self.record.state in said.IN_FLIGHT:
            self.refresh(self._first)

    @property
    def _first(self) -> Region:
        return Region(0, 0, self.size.width, 1)

    def facts(self, one: SessionDetail) -> list[str]:
        """What there is to know, the most wanted first."""
        facts = [
            f"{said.kind(one)} of {cut(one.owner, 30)}",
            said.provider(one),
            f"cost {said.cost(one)}",
            f"tokens {said.tokens(one)}",
            said.tools(one),
            said.branch(one),
            f"pull request {said.request(one)}" if one.pull_request else "",
            f"workflow {excerpt(one.workflow, 30)}" if one.workflow else "",
            f"ticket {excerpt(one.ticket, 30)}" if one.ticket else "",
            said.plural(len(one.changes), "file") + " changed" if one.changes else "",
            "no file changed" if one.changes == [] else "",
            f"in {excerpt(one.workspace, 30)}",
        ]
        return [fact for fact in facts if fact]

    def _lines(self, width: int) -> list[str]:
        one = self.record
        if one is None or width < 10:
            return []
        room = width - 2 * _MARGIN
        lines, line = [], ""
        for fact in self.facts(one):
            fact = excerpt(fact, room)
            longer = line + _BETWEEN + fact if line else fact
            if cells(longer) <= room:
                line = longer
                continue
            lines.append(line)
            line = fact
        lines.append(line)
        return lines[: self.most]

    def render_line(self, y: int) -> Strip:
        looks, width = Looks.of(self), self.size.width
        segments = self._line(y, width, looks)
        return Strip([Segment(" " * _MARGIN, looks.base), *segments]).adjust_cell_length(width, looks.base)

    def _line(self, y: int, width: int, looks: Looks) -> list[Segment]:
        one, room = self.record, width - 2 * _MARGIN
        if one is None:
            return [Segment("Asking the server…", looks.base + looks.muted)] if y == 0 else []
        ink = said.ink(one.state, looks)
        if y == 0:
            sign, word = said.STATES[one.state]
            ended = None if one.state in said.IN_FLIGHT else one.ended_at or one.updated_at
            took = said.lasted(one.started_at, ended, self._desk.now)
            ran = "" if one.state in said.IN_FLIGHT else "· ran "
            head = f"{sign} {word}" + (f" {ran}{took}" if took else "")
            title = excerpt(said.title(one), max(1, room - cells(head) - 3))
            return [
                Segment(head, looks.base + ink),
                Segment("   " + title, looks.base + looks.strong),
            ]
        if y == 1:
            loud = one.state in ("asking", "failed")
            return [Segment(excerpt(said.doing(one), room), looks.base + ink if loud else looks.base)]
        text = self._facts[y - 2] if y - 2 < len(self._facts) else ""
        return [Segment(text, looks.base + looks.muted)]
