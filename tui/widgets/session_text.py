"""One session beside the list of them."""

from collections.abc import Iterator

from rich.segment import Segment

from core.api.sessions import MODES, Session
from core.text import clean
from tui.desk import Desk
from tui.widgets.looks import Looks
from tui.widgets.text_view import NAMES, Lines, TextView, fact
from tui.words import sessions as said
from tui.words.times import absolute, ago
from tui.wrapping import wrap


class SessionText(TextView):
    """Shows one, or nothing."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="text")
        self._desk = desk
        self.record: Session | None = None

    def show(self, record: Session | None) -> None:
        """Show it, from its start unless it is the one that was shown."""
        if record is None or self.record is None or record.id != self.record.id:
            self.to_start()
        self.record = record
        self.lay_out()

    def lines(self, width: int, looks: Looks) -> Lines:
        one = self.record
        if one is None:
            return []
        sign, word = said.STATES[one.state]
        made: Lines = [[], [Segment(f"{sign} {word}", looks.base + said.ink(one.state, looks))], []]
        made += [[Segment(line, looks.base + looks.strong)] for line in wrap(said.title(one), width)]
        if doing := said.doing(one):
            made += [[], *([Segment(line, looks.base)] for line in wrap(doing, width))]
        made.append([])
        for name, value in self._facts(one):
            for number, line in enumerate(wrap(value, max(1, width - NAMES))):
                made.append(fact("" if number else name, line, looks))
        return [*made, []]

    def _facts(self, one: Session) -> Iterator[tuple[str, str]]:
        now, zone = self._desk.now, self._desk.zone
        yield "Session", str(one.id)
        yield "Kind", said.kind(one)
        yield "Owner", clean(one.owner) + (f", begun by {clean(one.creator)}" if one.creator != one.owner else "")
        yield "Workspace", clean(one.workspace)
        yield "Provider", said.provider(one)
        yield "Cost", said.cost(one)
        if one.approvals:
            yield "Questions", f"{said.plural(one.approvals, 'question')} open"
        if one.outcome is not None:
            yield "Last run", said.OUTCOMES[one.outcome][1]
        if tools := said.tools(one):
            yield "Tools", tools
        if one.workflow:
            yield "Workflow", clean(one.workflow)
        if one.modes:
            yield "Modes", ", ".join(MODES[mode] for mode in one.modes)
        if one.ticket:
            yield "Ticket", clean(one.ticket)
        if one.automation is not None:
            yield "By", f"automation {one.automation}"
        if branch := said.branch(one):
            yield "Branch", branch
        if request := said.request(one):
            yield "Request", request
        if one.workdir:
            yield "Folder", clean(one.workdir)
        if one.started_at is not None:
            yield "Began", f"{absolute(one.started_at, zone)} · {ago(one.started_at, now)}"
        if one.ended_at is not None and one.state not in said.IN_FLIGHT:
            took = said.lasted(one.started_at, one.ended_at, now)
            yield "Ended", absolute(one.ended_at, zone) + (f" · took {took}" if took else "")
