"""A question of an agent or of a workflow, with the answers that it takes; or what became of it."""

from rich.segment import Segment
from textual.message import Message

from core.api.approvals import Approval, ApprovalChoice
from core.text import clean, excerpt
from tui.desk import Desk
from tui.widgets.looks import Looks
from tui.widgets.text_view import Lines, TextView
from tui.words import sessions as said
from tui.words.times import ago, ahead
from tui.wrapping import wrap

ORDER = ("allow_once", "reject_once", "allow_always", "reject_always")
ACTIONS = {
    "allow_once": "approval-allow",
    "reject_once": "approval-refuse",
    "allow_always": "approval-always",
    "reject_always": "approval-never",
}
_LONGEST = 20_000


def offered(one: Approval) -> dict[str, ApprovalChoice]:
    """The first choice of each kind, in the order in which they are shown."""
    first: dict[str, ApprovalChoice] = {}
    for choice in one.choices:
        first.setdefault(choice.kind, choice)
    return {kind: first[kind] for kind in ORDER if kind in first}


class ApprovalCard(TextView):
    """Scrolls where the detail is long. The answers come first: they are what it is here for."""

    class Chosen(Message):
        """An answer was pressed."""

        def __init__(self, kind: str) -> None:
            super().__init__()
            self.kind = kind

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="approval")
        self._desk = desk
        self._buttons: dict[int, str] = {}
        self.record: Approval | None = None
        self.others = 0  # that wait behind it

    def show(self, record: Approval | None, others: int = 0) -> None:
        if record is None or self.record is None or record.id != self.record.id:
            self.to_start()
        self.record, self.others = record, others
        self.lay_out()

    def height_at(self, width: int) -> int:
        """How many lines it would like to have, with the rule below it."""
        return len(self.lines(max(10, width - 5), Looks.of(self))) + 1

    def lines(self, width: int, looks: Looks) -> Lines:
        one = self.record
        self._buttons = {}
        if one is None:
            return []
        made: Lines = [self._head(one, width, looks)]
        made += [[Segment(line, looks.base + looks.strong)] for line in wrap(clean(one.title), width)]
        if one.state == "open":
            made.append([])
            for kind, choice in offered(one).items():
                self._buttons[len(made)] = kind
                key = next(iter(self._desk.settings.keys(ACTIONS[kind])), "")
                made.append(
                    [
                        Segment(f"▸ {key}  ", looks.base + looks.accent + looks.strong),
                        Segment(excerpt(choice.name, max(1, width - 5)), looks.base + looks.accent),
                    ]
                )
        else:
            when = ago(one.answered_at, self._desk.now) if one.answered_at else ""
            made += [[Segment(line, looks.base)] for line in wrap(said.settled(one, when), width)]
        if one.detail:
            made.append([])
            detail = clean(one.detail[:_LONGEST], multiline=True)
            made += [[Segment(line, looks.base)] for line in wrap(detail, width)]
        return made

    def _head(self, one: Approval, width: int, looks: Looks) -> list[Segment]:
        if one.state != "open":
            return [Segment(excerpt(f"A question to {clean(one.approver)}", width), looks.base + looks.muted)]
        expires = f"expires {ahead(one.expires_at, self._desk.now)}"
        behind = f" · {self.others} more after this" if self.others else ""
        asked = f"asked {ago(one.created_at, self._desk.now)}"
        text = f"◆ Waits for {excerpt(one.approver, 30)} · {asked} · {expires}{behind}"
        return [Segment(excerpt(text, width), looks.base + looks.warning)]

    def pressed(self, line: int) -> None:
        if line in self._buttons:
            self.post_message(self.Chosen(self._buttons[line]))
