"""The list of deliveries: each with its state, its age, where it went and what it said."""

from collections.abc import Sequence
from datetime import datetime

from rich.segment import Segment
from rich.style import Style

from core.api.deliveries import Delivery
from core.text import cut, excerpt, pad
from tui.views import View
from tui.widgets.automation_list import Column
from tui.widgets.looks import Looks
from tui.widgets.record_list import Heads, Ink, RecordList
from tui.widgets.virtual_list import RowState
from tui.words import deliveries as said
from tui.words.times import age

VIEWS = (
    View(
        "all", "All", "", "Nothing has gone out yet", "Rules send alerts to channels. {send} sends one by hand."
    ),
    View(
        "pending",
        "Pending",
        "state:pending",
        "Nothing waits to be sent",
        "Delayed sends and new tries wait here.",
    ),
    View(
        "failed",
        "Failed",
        "state:failed",
        "Nothing failed",
        "What a service would not take is here, with its reason.",
    ),
    View(
        "dropped", "Dropped", "state:dropped", "Nothing was dropped", "What a rule's cooldown held back is here."
    ),
    View("sent", "Sent", "state:sent", "Nothing was sent yet", "What a service has taken is here."),
)

_SIGNS = 5  # the cursor's bar, the mark, the state
_STATE = 10
_COLUMNS = {
    "age": Column("age", 5, 0),
    "channel": Column("channel", 15, 52),
    "rule": Column("rule", 20, 104),
    "event": Column("event", 22, 76),
}


def columns(width: int) -> tuple[int, dict[str, Column]]:
    """The room for the title, and the columns that there is room for."""
    there = {name: column for name, column in _COLUMNS.items() if width >= column.room}
    return max(1, width - _SIGNS - _STATE - sum(column.size for column in there.values())), there


class DeliveryHeads(Heads):
    """What the columns are."""

    def draw(self, width: int, looks: Looks) -> Sequence[Segment]:
        _, there = columns(self.list.row_width)
        text = " " * _SIGNS + pad("state", _STATE)
        text += "".join(pad(column.title, column.size) for column in there.values()) + "title"
        return [Segment(cut(text, width), looks.base + looks.muted)]


class DeliveryList(RecordList[Delivery]):
    """What failed stands out."""

    def row(self, record: Delivery, now: datetime, state: RowState, looks: Looks) -> Sequence[Ink]:
        title, there = columns(state.width)
        sign, word = said.STATES[record.status]
        ink = said.ink(record.status, looks)
        told = {
            "age": age(record.scheduled_at, now),
            "channel": record.channel,
            "rule": said.rule(record),
            "event": said.event(record),
        }
        waits = said.soon(record, now)
        titled = f"{waits}: {said.title(record)}" if waits else said.title(record)
        return [
            (state.marked, "✓ " if state.marked else "  ", looks.accent),
            (True, f"{sign} {pad(word, _STATE)}", ink),
            *(
                (bool(text := told[key]), pad(excerpt(text, size - 1), size), looks.muted)
                for key, (_, size, _) in there.items()
            ),
            (True, pad(excerpt(titled, title), title), Style.null()),
        ]

    def bar(self, record: Delivery, looks: Looks) -> Style:
        return said.ink(record.status, looks)
