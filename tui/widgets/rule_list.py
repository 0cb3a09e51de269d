"""The list of rules: each with what it listens to, where it sends, when it last fired and how often."""

from collections.abc import Sequence
from datetime import datetime

from rich.segment import Segment
from rich.style import Style
from textual.message import Message

from core.api.rules import Rule
from core.text import clean, cut, excerpt, pad
from tui.widgets.automation_list import Column
from tui.widgets.looks import WORDS, Looks
from tui.widgets.record_list import Heads, Ink, RecordList
from tui.widgets.virtual_list import RowState
from tui.words import rules as said

_STATE = 9
_COLUMNS = {
    "events": Column("events", 18, 48),
    "channels": Column("channels", 16, 74),
    "severity": Column("severity", 10, 90),
    "fired": Column("fired", 7, 0),
    "counts": Column("(dropped)", 11, 62),
    "origin": Column("from", 24, 112),
}


def columns(width: int) -> tuple[int, dict[str, Column]]:
    """The room for the id, and the columns that there is room for."""
    there = {name: column for name, column in _COLUMNS.items() if width >= column.room}
    return max(1, width - 3 - _STATE - sum(column.size for column in there.values())), there


class RuleHeads(Heads):
    """What the columns are."""

    def draw(self, width: int, looks: Looks) -> Sequence[Segment]:
        name, there = columns(self.list.row_width)
        text = "   " + pad("state", _STATE) + pad("rule", name)
        text += "".join(pad(column.title, column.size) for column in there.values())
        return [Segment(cut(text, width), looks.base + looks.muted)]


class RuleList(RecordList[Rule]):
    """What does not work stands out. There is nothing to mark: the key for that switches a rule on and off."""

    MARKABLE = False

    class Switched(Message):
        """On or off with the one that the cursor is on."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action == "mark" or super().check_action(action, parameters)

    def action_mark(self) -> None:
        self.post_message(self.Switched())

    def row(self, record: Rule, now: datetime, state: RowState, looks: Looks) -> Sequence[Ink]:
        name, there = columns(state.width)
        named = said.state(record)
        sign, word = said.STATES[named]
        told = {
            "events": ", ".join(record.events[:20]),
            "channels": ", ".join(record.channels[:20]),
            "severity": WORDS[record.severity],
            "fired": said.fired(record, now),
            "counts": said.counts(record),
            "origin": said.origin(record),
        }
        inks = {"severity": looks.severity(record.severity), "events": Style.null()}
        return [
            (True, f"{sign} {pad(word, _STATE)}", said.ink(named, looks)),
            (True, pad(excerpt(record.id, name - 1), name), looks.strong if record.enabled else looks.muted),
            *(
                (bool(text := told[key]), pad(excerpt(clean(text), size - 1), size), inks.get(key, looks.muted))
                for key, (_, size, _) in there.items()
            ),
        ]

    def bar(self, record: Rule, looks: Looks) -> Style:
        return said.ink(said.state(record), looks)
