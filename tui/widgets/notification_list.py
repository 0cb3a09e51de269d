"""The list of notifications: how one of them is drawn as a line."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from rich.style import Style

from core.api.inbox import InboxItem
from core.clock import Clock
from core.text import excerpt, pad
from tui.times import age
from tui.widgets.looks import GLYPHS, Looks
from tui.widgets.record_list import Ink, Nothing, RecordList
from tui.widgets.virtual_list import RowState

_WIDE_ENOUGH_FOR_WORKSPACE = 64
_WORKSPACE = 14


class NotificationList(RecordList[InboxItem]):
    """What is unread stands out."""

    def __init__(
        self,
        records: Callable[[], Mapping[int, InboxItem]],
        nothing: Callable[[], Nothing],
        sought: Callable[[int, int], None],
        clock: Clock,
    ) -> None:
        super().__init__(records, nothing, sought, clock, id="notifications")

    def row(self, record: InboxItem, now: datetime, state: RowState, looks: Looks) -> Sequence[Ink]:
        return row(record, age(record.created_at, now), state, looks)

    def bar(self, record: InboxItem, looks: Looks) -> Style:
        return looks.severity(record.severity)


def row(item: InboxItem, shown_age: str, state: RowState, looks: Looks) -> list[Ink]:
    """What follows the cursor's bar: mark, severity, title, workspace where there is room, star, age."""
    unread, starred = item.read_at is None, item.starred_at is not None
    wide = state.width >= _WIDE_ENOUGH_FOR_WORKSPACE
    title = max(1, state.width - 13 - (_WORKSPACE + 1 if wide else 0))
    sign = "✓" if state.marked else "●" if unread else " "
    severity = looks.severity(item.severity)
    inks = [
        (state.marked or unread, sign + " ", looks.accent if state.marked else severity),
        (True, GLYPHS.get(item.severity, "·") + " ", severity),
        (True, pad(excerpt(item.title or item.event, title), title), looks.strong if unread else Style.null()),
    ]
    if wide:
        workspace = excerpt(item.workspace or "", _WORKSPACE)
        inks.append((bool(workspace), " " + pad(workspace, _WORKSPACE), looks.muted))
    return [*inks, (starred, " ★" if starred else "  ", looks.star), (True, f" {shown_age:>4} ", looks.muted)]
