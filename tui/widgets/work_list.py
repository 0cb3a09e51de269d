"""The one table of all types of My Work: its columns, its heads, its views."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message

from core.api.work import TYPES, WorkItem, WorkSort
from core.text import cut, excerpt, pad
from tui.views import View
from tui.widgets.looks import Looks
from tui.widgets.record_list import Heads, Ink, RecordList
from tui.widgets.virtual_list import RowState, VirtualList
from tui.words import work as said
from tui.words.times import age

VIEWS = (
    View("open", "Open", "is:open", "Nothing is open", "Sessions at work and new notifications are here."),
    View(
        "needs", "Needs you", "is:needs", "Nothing needs you", "Questions, failures and what is unread are here."
    ),
    View("finished", "Finished", "is:over", "Nothing is finished yet", "What has ended is kept here."),
    View("hidden", "Hidden", "is:hidden", "Nothing is hidden", "{hide} hides what you need not see."),
    View("all", "All", "", "There is nothing yet", "Sessions and notifications appear here by themselves."),
)

Order = Literal["down", "up"]


_TIMES: frozenset[WorkSort] = frozenset({"updated", "created"})


class Sorting(NamedTuple):
    """By which column, and which way: down is newest first, words from A, types as in the sidebar."""

    by: WorkSort = "updated"
    order: Order = "down"

    def turned(self) -> "Sorting":
        return Sorting(self.by, "up" if self.order == "down" else "down")

    def to(self, by: WorkSort) -> "Sorting":
        """By this column; the other way round, if it is by this one already."""
        return self.turned() if by == self.by else Sorting(by)

    @property
    def arrow(self) -> str:
        """Up where what is shown becomes larger from row to row."""
        return "↓" if (self.order == "down") is (self.by in _TIMES) else "↑"


class Column(NamedTuple):
    sort: WorkSort
    title: str
    size: int
    room: int
    """The width of the list from which it is shown."""


COLUMNS = (
    Column("type", "type", 13, 54),
    Column("state", "state", 13, 0),
    Column("title", "title", 0, 0),
    Column("workspace", "workspace", 15, 88),
    Column("created", "age", 6, 66),
    Column("updated", "updated", 9, 0),
)

_LEAST_TITLE = 2


def columns(width: int) -> list[tuple[Column, int]]:
    """The columns that there is room for in a row of this width, and how wide each is."""
    there = [column for column in COLUMNS if width >= column.room]
    rest = max(_LEAST_TITLE, width - 3 - sum(column.size for column in there))
    return [(column, column.size or rest) for column in there]


class WorkHeads(Heads):
    """What the columns are, and by which of them the table is sorted."""

    class Pressed(Message):
        """Sort by this column."""

        def __init__(self, by: WorkSort) -> None:
            super().__init__()
            self.by = by

    def __init__(self, list: VirtualList, sorting: Callable[[], Sorting]) -> None:
        super().__init__(list)
        self._sorting = sorting

    def draw(self, width: int, looks: Looks) -> Sequence[Segment]:
        sorting = self._sorting()
        made = [Segment("   ", looks.base)]
        for column, size in columns(self.list.row_width):
            here = column.sort == sorting.by
            text = pad(cut(f"{column.title} {sorting.arrow}" if here else column.title, size), size)
            made.append(Segment(text, looks.base + (looks.accent if here else looks.muted)))
        return made

    def on_click(self, event: events.Click) -> None:
        end = 3
        for column, size in columns(self.list.row_width):
            end += size
            if event.x < end:
                self.post_message(self.Pressed(column.sort))
                return


class WorkList(RecordList[WorkItem]):
    """What needs somebody stands out; what is hidden or over does not."""

    def row(self, record: WorkItem, now: datetime, state: RowState, looks: Looks) -> Sequence[Ink]:
        sign = "✓ " if state.marked else "★ " if record.starred else "  "
        mark = looks.accent if state.marked else looks.star
        return [
            (bool(sign.strip()), sign, mark),
            *(self._cell(record, column.sort, size, now, looks) for column, size in columns(state.width)),
        ]

    def _cell(self, record: WorkItem, column: WorkSort, size: int, now: datetime, looks: Looks) -> Ink:
        quiet = record.hidden or record.over
        text, ink = "", looks.muted
        match column:
            case "type":
                text = TYPES[record.type].name
            case "state":
                sign, word = said.state(record)
                text = f"{sign} {word}"
                ink = looks.muted if quiet else said.ink(record, looks)
            case "title":
                hidden = record.hidden and record.type != "notification"
                text = f"hidden · {said.title(record)}" if hidden else said.title(record)
                ink = looks.muted if quiet else looks.strong if record.needs else Style.null()
            case "workspace":
                text = record.workspace or ""
            case "created":
                text = age(record.created_at, now)
            case "updated":
                text = age(record.updated_at, now)
        return bool(text), pad(excerpt(text, max(1, size - 1)), size), ink

    def bar(self, record: WorkItem, looks: Looks) -> Style:
        return said.ink(record, looks)
