"""The list of automations: each with its schedule, next run, last outcome and streak, as far as there is room."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from rich.segment import Segment

from core.api.automations import Automation
from core.text import cut, excerpt, pad
from tui.desk import Desk
from tui.widgets.looks import Looks
from tui.widgets.record_list import Heads, Ink, RecordList
from tui.widgets.virtual_list import RowState
from tui.words import automations as wordings
from tui.words.times import ahead, short

_SIGNS = 5  # the cursor's bar, the mark, the state


class Column(NamedTuple):
    title: str
    size: int
    room: int  # the width of a list from which it is there


_COLUMNS = {
    "type": Column("type", 10, 92),
    "schedule": Column("runs", 22, 78),
    "next": Column("next", 8, 0),
    "at": Column("at", 19, 112),
    "last": Column("last", 10, 0),
    "streak": Column("in a row", 10, 52),
    "creator": Column("by", 10, 124),
}


def columns(width: int) -> tuple[int, dict[str, Column]]:
    """The room for the name, and the columns that there is room for."""
    there = {name: column for name, column in _COLUMNS.items() if width >= column.room}
    return max(1, width - _SIGNS - sum(column.size for column in there.values())), there


class AutomationHeads(Heads):
    """What the columns are."""

    def draw(self, width: int, looks: Looks) -> Sequence[Segment]:
        name, there = columns(self.list.row_width)
        text = " " * _SIGNS + pad("automation", name) + "".join(pad(c.title, c.size) for c in there.values())
        return [Segment(cut(text, width), looks.base + looks.muted)]


class AutomationList(RecordList[Automation]):
    """What is disabled is muted; what fails stands out."""

    desk: Desk

    def row(self, record: Automation, now: datetime, state: RowState, looks: Looks) -> Sequence[Ink]:
        name, there = columns(state.width)
        sign, _ = wordings.state(record)
        said = {
            "type": record.type,
            "schedule": wordings.schedule(record),
            "next": _next(record, now),
            "at": short(record.next_run, now, self.desk.zone) if record.next_run and record.enabled else "",
            "last": wordings.last(record, now),
            "streak": wordings.streak(record),
            "creator": record.creator,
        }
        ink = {
            "next": looks.info,
            "last": wordings.outcome_ink(record.last_outcome, looks) if record.last_outcome else looks.muted,
            "streak": looks.critical if record.failures else looks.warning,
        }
        off = not record.enabled
        return [
            (state.marked, "✓ " if state.marked else "  ", looks.accent),
            (True, sign + " ", looks.muted if off else looks.accent),
            (True, pad(excerpt(record.name, name - 1), name), looks.muted if off else looks.strong),
            *(
                (bool(text := said[key]), pad(excerpt(text, size - 1), size), ink.get(key, looks.muted))
                for key, (_, size, _) in there.items()
            ),
        ]


def _next(one: Automation, now: datetime) -> str:
    if not one.enabled:
        return "off"
    return ahead(one.next_run, now) if one.next_run is not None else "–"
