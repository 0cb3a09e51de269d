"""The history: what became of each occurrence, and why."""

from collections.abc import Sequence
from datetime import datetime

from rich.segment import Segment
from rich.style import Style

from core.api.automations import Execution
from core.text import clean, cut, excerpt, pad
from tui.desk import Desk
from tui.widgets.automation_list import Column
from tui.widgets.looks import Looks
from tui.widgets.record_list import Heads, Ink, RecordList
from tui.widgets.text_view import NAMES, Lines, TextView, fact
from tui.widgets.virtual_list import RowState, VirtualList
from tui.words import automations as wordings
from tui.words.times import absolute, ago, brief
from tui.wrapping import wrap

_SIGNS = 3  # the cursor's bar and the outcome's sign

_COLUMNS = {
    "outcome": Column("outcome", 12, 0),
    "at": Column("when", 18, 0),
    "automation": Column("automation", 24, 0),
    "trigger": Column("trigger", 17, 70),
    "late": Column("late", 14, 104),
    "took": Column("took", 11, 92),
    "session": Column("session", 9, 116),
}


def columns(width: int, of_all: bool) -> tuple[int, dict[str, Column]]:
    """The room for the reason, and the columns that there is room for."""
    room = width - _COLUMNS["automation"].size if of_all else width
    there = {
        name: column
        for name, column in _COLUMNS.items()
        if room >= column.room and (of_all or name != "automation")
    }
    return max(1, width - _SIGNS - sum(column.size for column in there.values())), there


class ExecutionHeads(Heads):
    """What the columns are."""

    def __init__(self, list: VirtualList, of_all: bool) -> None:
        super().__init__(list)
        self._of_all = of_all

    def draw(self, width: int, looks: Looks) -> Sequence[Segment]:
        _, there = columns(self.list.row_width, self._of_all)
        text = " " * _SIGNS + "".join(pad(c.title, c.size) for c in there.values()) + "why"
        return [Segment(cut(text, width), looks.base + looks.muted)]


class ExecutionList(RecordList[Execution]):
    """What failed or was missed stands out."""

    MARKABLE = False

    desk: Desk
    of_all = False

    def row(self, record: Execution, now: datetime, state: RowState, looks: Looks) -> Sequence[Ink]:
        reason, there = columns(state.width, self.of_all)
        sign, word = wordings.OUTCOMES[record.outcome]
        ink = wordings.outcome_ink(record.outcome, looks)
        said = {
            "outcome": word,
            "at": brief(wordings.when(record), self.desk.zone),
            "automation": record.automation_name,
            "trigger": wordings.trigger(record),
            "late": wordings.lateness(record),
            "took": wordings.duration(record),
            "session": "" if record.session is None else str(record.session),
        }
        plain = Style.null()
        inks = {"outcome": ink, "at": plain, "automation": looks.strong}
        return [
            (True, sign + " ", ink),
            *(
                (bool(text := said[key]), pad(excerpt(text, size - 1), size), inks.get(key, looks.muted))
                for key, (_, size, _) in there.items()
            ),
            (True, pad(excerpt(wordings.why(record), reason), reason), plain),
        ]


class ExecutionText(TextView):
    """One occurrence, whole."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="text")
        self._desk = desk
        self._record: Execution | None = None

    def show(self, record: Execution | None) -> None:
        if record is None or self._record is None or record.id != self._record.id:
            self.to_start()
        self._record = record
        self.lay_out()

    def lines(self, width: int, looks: Looks) -> Lines:
        one = self._record
        if one is None:
            return []
        sign, word = wordings.OUTCOMES[one.outcome]
        head = f"{sign} {word.capitalize()}"
        name = excerpt(f"  {clean(one.automation_name)}", max(1, width - len(head)))
        ink = wordings.outcome_ink(one.outcome, looks)
        made: Lines = [[Segment(head, looks.base + ink), Segment(name, looks.base + looks.strong)]]
        made += [[Segment(line, looks.base)] for line in wrap(wordings.why(one), width)]
        for name, value in self._facts(one):
            for number, line in enumerate(wrap(value, max(1, width - NAMES))):
                made.append(fact("" if number else name, line, looks))
        return made

    def _facts(self, one: Execution) -> list[tuple[str, str]]:
        zone, now = self._desk.zone, self._desk.now
        due = "" if one.scheduled_for is None else absolute(one.scheduled_for, zone)
        began = "" if one.started_at is None else f"{absolute(one.started_at, zone)} · {ago(one.started_at, now)}"
        missed = f"{one.missed_count} runs were missed" if one.missed_count else ""
        facts = [
            ("Trigger", wordings.trigger(one)),
            ("Due", due),
            ("Began", " · ".join(part for part in (began, wordings.lateness(one)) if part)),
            ("Took", wordings.duration(one)),
            ("Session", "" if one.session is None else str(one.session)),
            ("Iteration", "" if one.iteration is None else str(one.iteration)),
            ("Missed", missed),
            ("Execution", str(one.id)),
        ]
        return [(name, value) for name, value in facts if value]
