"""The list of what happened: each event with its age, and how it reads."""

from collections.abc import Sequence
from datetime import datetime

from rich.segment import Segment
from rich.style import Style

from core.api.events import Event
from core.events.catalogue import word
from core.text import clean, cut, excerpt, pad
from tui.widgets.automation_list import Column
from tui.widgets.looks import GLYPHS, Looks
from tui.widgets.record_list import Heads, Ink, RecordList
from tui.widgets.virtual_list import RowState
from tui.words.times import age

_SIGNS = 3  # the cursor's bar, the severity
_COLUMNS = {
    "age": Column("age", 5, 0),
    "event": Column("event", 26, 0),
    "ticket": Column("ticket", 14, 90),
}


def columns(width: int) -> tuple[int, dict[str, Column]]:
    """The room for how it reads, and the columns that there is room for."""
    there = {name: column for name, column in _COLUMNS.items() if width >= column.room}
    return max(1, width - _SIGNS - sum(column.size for column in there.values())), there


class EventHeads(Heads):
    """What the columns are."""

    def draw(self, width: int, looks: Looks) -> Sequence[Segment]:
        _, there = columns(self.list.row_width)
        text = " " * _SIGNS + "".join(pad(column.title, column.size) for column in there.values()) + "reads"
        return [Segment(cut(text, width), looks.base + looks.muted)]


class EventList(RecordList[Event]):
    """What is grave stands out."""

    MARKABLE = False

    def row(self, record: Event, now: datetime, state: RowState, looks: Looks) -> Sequence[Ink]:
        title, there = columns(state.width)
        wording = word(record.event, record.data)
        told = {"age": age(record.recorded_at, now), "event": record.event, "ticket": record.task_id or ""}
        inks = {"event": looks.strong}
        return [
            (True, f"{GLYPHS[wording.severity]} ", looks.severity(wording.severity)),
            *(
                (bool(text := told[key]), pad(excerpt(clean(text), size - 1), size), inks.get(key, looks.muted))
                for key, (_, size, _) in there.items()
            ),
            (True, pad(excerpt(wording.title, title), title), Style.null()),
        ]

    def bar(self, record: Event, looks: Looks) -> Style:
        return looks.severity(word(record.event, record.data).severity)
