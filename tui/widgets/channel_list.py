"""The list of channels: each with its state, what waits for it, how it last went, and a sparkline of its days."""

from collections.abc import Sequence
from datetime import UTC, datetime

from rich.segment import Segment
from rich.style import Style

from core.api.channels import DAYS, Channel
from core.text import cut, excerpt, pad
from tui.widgets.automation_list import Column
from tui.widgets.looks import Looks
from tui.widgets.record_list import Heads, Ink, RecordList
from tui.widgets.sparkline import sparkline
from tui.widgets.virtual_list import RowState
from tui.words import channels as said

_STATE = 10
_COLUMNS = {
    "type": Column("type", 11, 70),
    "pending": Column("pending", 9, 56),
    "last": Column("last", 9, 0),
}


def columns(width: int) -> tuple[int, dict[str, Column]]:
    """The room for the name, and the columns that there is room for beside the sparkline."""
    there = {name: column for name, column in _COLUMNS.items() if width >= column.room}
    return max(1, width - 3 - _STATE - DAYS - 1 - sum(column.size for column in there.values())), there


class ChannelHeads(Heads):
    """What the columns are."""

    def draw(self, width: int, looks: Looks) -> Sequence[Segment]:
        name, there = columns(self.list.row_width)
        text = "   " + pad("state", _STATE) + pad("channel", name)
        text += "".join(pad(column.title, column.size) for column in there.values()) + "last 14 days"
        return [Segment(cut(text, width), looks.base + looks.muted)]


class ChannelList(RecordList[Channel]):
    """What does not work stands out."""

    MARKABLE = False

    def row(self, record: Channel, now: datetime, state: RowState, looks: Looks) -> Sequence[Ink]:
        name, there = columns(state.width)
        sign, word = said.STATES[record.state]
        ink = said.ink(record.state, looks)
        told = {"type": record.type, "pending": said.pending(record), "last": said.last(record, now)}
        inks = {"last": looks.critical if record.last_state == "failed" else looks.muted}
        spark = sparkline(record.days, now.astimezone(UTC).date())
        return [
            (True, f"{sign} {pad(word, _STATE)}", ink),
            (True, pad(excerpt(record.name, name - 1), name), looks.strong),
            *(
                (bool(text := told[key]), pad(excerpt(text, size - 1), size), inks.get(key, looks.muted))
                for key, (_, size, _) in there.items()
            ),
            *((True, piece.text, looks.critical if piece.failed else looks.accent) for piece in spark),
            (False, " ", looks.base),
        ]

    def bar(self, record: Channel, looks: Looks) -> Style:
        return said.ink(record.state, looks)
