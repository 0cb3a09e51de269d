"""The list of sessions: each with its state, what it is doing and for how long, and what it has cost."""

from collections.abc import Sequence
from datetime import datetime

from rich.segment import Segment
from rich.style import Style

from core.api.sessions import KINDS, Session
from core.text import cut, excerpt, pad
from tui.views import View
from tui.widgets.automation_list import Column
from tui.widgets.looks import Looks
from tui.widgets.record_list import Heads, Ink, RecordList
from tui.widgets.virtual_list import RowState
from tui.words import sessions as said

VIEWS = (
    View(
        "active", "Active", "is:active", "No session is at work", "What agents do now is here. {new} begins one."
    ),
    View("asking", "Asking", "state:asking", "No agent asks you anything", "Questions also come to your inbox."),
    View("waiting", "Waiting", "state:waiting", "No session waits for you", "A run that has ended waits here."),
    View("all", "All", "", "There has been no session yet", "In a session an agent works. {new} begins one."),
)

_STATE = 12
_COLUMNS = {
    "kind": Column("kind", 9, 76),
    "how_long": Column("for", 5, 0),
    "provider": Column("provider", 14, 96),
    "cost": Column("cost", 10, 66),
    "approvals": Column("asks", 5, 60),
    "owner": Column("by", 10, 130),
}


def columns(width: int) -> tuple[int, int, dict[str, Column]]:
    """The room for the title and for what it is doing, and the columns that there is room for."""
    there = {name: column for name, column in _COLUMNS.items() if width >= column.room}
    room = max(2, width - 3 - _STATE - sum(column.size for column in there.values()))
    title = room if room < 34 else max(20, room * 45 // 100)
    return title, room - title, there


class SessionHeads(Heads):
    """What the columns are."""

    def draw(self, width: int, looks: Looks) -> Sequence[Segment]:
        title, doing, there = columns(self.list.row_width)
        text = "   " + pad("state", _STATE) + pad("session", title) + pad("now" if doing else "", doing)
        return [
            Segment(
                cut(text + "".join(pad(c.title, c.size) for c in there.values()), width), looks.base + looks.muted
            )
        ]


class SessionList(RecordList[Session]):
    """Whoever asks or has failed stands out."""

    MARKABLE = False

    def row(self, record: Session, now: datetime, state: RowState, looks: Looks) -> Sequence[Ink]:
        title, doing, there = columns(state.width)
        sign, word = said.STATES[record.state]
        ink = said.ink(record.state, looks)
        told = {
            "kind": KINDS[record.kind],
            "how_long": said.how_long(record, now),
            "provider": said.provider(record),
            "cost": said.short_cost(record),
            "approvals": f"◆ {record.approvals}" if record.approvals else "",
            "owner": record.owner,
        }
        strong = looks.strong if record.state in said.IN_FLIGHT or record.state == "waiting" else Style.null()
        return [
            (True, sign + " ", ink),
            (True, pad(word, _STATE), ink),
            (True, pad(excerpt(said.title(record), title - 1), title), strong),
            (
                bool(doing),
                pad(excerpt(said.doing(record), max(1, doing - 1)), doing) if doing else "",
                looks.muted,
            ),
            *(
                (
                    bool(text := told[key]),
                    pad(excerpt(text, size - 1), size),
                    looks.warning if key == "approvals" else looks.muted,
                )
                for key, (_, size, _) in there.items()
            ),
        ]

    def bar(self, record: Session, looks: Looks) -> Style:
        return said.ink(record.state, looks)
