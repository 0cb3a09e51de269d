"""The list of notifications: how one of them is drawn as a line, and what stands above each group of them."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, tzinfo

from rich.segment import Segment
from rich.style import Style

from core.api.inbox import InboxItem
from core.clock import Clock, to_datetime
from core.text import excerpt, pad
from core.text import width as cells
from tui.live.order import STARRED, Head
from tui.live.shown import Shown
from tui.widgets.grouped_list import GroupedList
from tui.widgets.line import spread
from tui.widgets.looks import GLYPHS, WORDS, Looks
from tui.widgets.record_list import Ink, Nothing
from tui.widgets.virtual_list import RowState
from tui.words.times import age, day_named, short

_WIDE_ENOUGH_FOR_WORKSPACE = 64
_WORKSPACE = 14
_AGE = 4


class NotificationList(GroupedList[InboxItem]):
    """What is unread stands out."""

    def __init__(
        self,
        shown: Shown,
        nothing: Callable[[], Nothing],
        sought: Callable[[int, int], None],
        clock: Clock,
    ) -> None:
        super().__init__(lambda: shown.records, nothing, sought, clock, id="notifications")
        self._shown = shown
        self._today: date | None = None

    def row(self, record: InboxItem, now: datetime, state: RowState, looks: Looks) -> Sequence[Ink]:
        return row(record, _right(record, now, self._shown.zone), state, looks)

    def bar(self, record: InboxItem, looks: Looks) -> Style:
        return looks.severity(record.severity)

    def refresh_ages(self) -> None:
        super().refresh_ages()
        today = to_datetime(self._clock.now()).astimezone(self._shown.zone).date()
        if today != self._today:
            self._today = today
            self._refresh_heads()

    def heads(self) -> Sequence[Head]:
        return self._shown.order.heads

    def draw_head(self, head: Head, width: int) -> Sequence[Segment]:
        looks = self._look()
        now = to_datetime(self._clock.now())
        words, ink = self._words(head.key, now, looks)
        left = [Segment("  " + excerpt(words, max(1, width - 12)), looks.base + ink)]
        return spread(left, [Segment(f"{head.size} ", looks.base + looks.muted)], width, looks)

    def _words(self, key: str, now: datetime, looks: Looks) -> tuple[str, Style]:
        if key == STARRED:
            return "★ Starred", looks.star
        match self._shown.group:
            case "day":
                return day_named(key, now.astimezone(self._shown.zone).date()), looks.accent
            case "severity":
                return f"{GLYPHS.get(key, '·')} {WORDS.get(key, key)}", looks.severity(key)
            case _:
                return key or "elsewhere", looks.accent


def _right(item: InboxItem, now: datetime, zone: tzinfo) -> str:
    """How old it is; or until when it is out of the way."""
    if item.snoozed_until is not None and item.snoozed_until > now:
        return "☾ " + short(item.snoozed_until, now, zone)
    return f"{age(item.created_at, now):>{_AGE}}"


def row(item: InboxItem, right: str, state: RowState, looks: Looks) -> list[Ink]:
    """What follows the cursor's bar: mark, severity, title, workspace where there is room, star, age."""
    unread, starred = item.read_at is None, item.starred_at is not None
    wide = state.width >= _WIDE_ENOUGH_FOR_WORKSPACE
    title = max(1, state.width - 9 - cells(right) - (_WORKSPACE + 1 if wide else 0))
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
    return [*inks, (starred, " ★" if starred else "  ", looks.star), (True, f" {right} ", looks.muted)]
