"""The list of notifications: how one of them is drawn as a line, and what is shown when there is none."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from core.api.inbox import InboxItem
from core.clock import Clock, to_datetime
from core.text import cut, excerpt, pad, width as cells
from tui.times import age
from tui.widgets.looks import GLYPHS, Looks
from tui.widgets.virtual_list import RowState, VirtualList

_WIDE_ENOUGH_FOR_WORKSPACE = 64
_WORKSPACE = 14


class Nothing(NamedTuple):
    """What is said when the list is empty."""

    title: str
    hint: str


class NotificationList(VirtualList):
    """Draws records where they are known, and a placeholder where they are still being asked for."""

    def __init__(
        self,
        records: Callable[[], Mapping[int, InboxItem]],
        nothing: Callable[[], Nothing],
        sought: Callable[[int, int], None],
        clock: Clock,
    ) -> None:
        super().__init__(self._row, sought, id="notifications")
        self._records = records
        self._nothing = nothing
        self._clock = clock
        self._looks: Looks | None = None
        self._ages: dict[int, str] = {}

    def refresh_ages(self) -> None:
        """Draw those rows again whose age reads differently now."""
        now = to_datetime(self._clock.now())
        records = self._records()
        self.redraw_where(lambda id: id in records and age(records[id].created_at, now) != self._ages.get(id))

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._looks = None

    def _row(self, id: int, state: RowState) -> Sequence[Segment]:
        looks = self._looks = self._looks or Looks.of(self)
        item = self._records().get(id)
        ground = (looks.cursor if state.focused else looks.still) if state.cursor else looks.base
        bar = "▌" if state.cursor else " "
        edge = Segment(bar, ground + (looks.accent if state.focused else looks.muted))
        if item is None:
            return [edge, Segment("    …".ljust(state.width - 1), ground + looks.muted)]
        now = to_datetime(self._clock.now())
        self._ages[id] = shown_age = age(item.created_at, now)
        try:
            return [edge, *row(item, shown_age, state, ground, looks)]
        except (ValueError, TypeError, IndexError, KeyError, AttributeError):
            return [edge, Segment("    (cannot display)".ljust(state.width - 1), ground + looks.muted)]

    def render_nothing(self, y: int) -> Strip:
        looks = self._looks = self._looks or Looks.of(self)
        title, hint = self._nothing()
        middle = max(0, self.size.height // 3)
        text, style = {middle: (title, looks.strong), middle + 2: (hint, looks.muted)}.get(y, ("", looks.base))
        width = self.size.width
        shown = cut(text, width)
        left = (width - cells(shown)) // 2
        return Strip([Segment(" " * left, looks.base), Segment(shown, looks.base + style)]).adjust_cell_length(
            width, looks.base
        )


def row(item: InboxItem, shown_age: str, state: RowState, ground: Style, looks: Looks) -> list[Segment]:
    """What follows the cursor's bar: mark, severity, title, workspace where there is room, star, age."""
    unread = item.read_at is None
    if state.marked:
        mark, mark_ink = "✓", looks.accent
    else:
        mark, mark_ink = ("●" if unread else " "), looks.accent
    space = state.width - 1
    wide = state.width >= _WIDE_ENOUGH_FOR_WORKSPACE
    right = 8 + (_WORKSPACE + 1 if wide else 0)
    title = max(1, space - 4 - right)
    ink = looks.strong if unread else Style.null()
    segments = [
        Segment(mark + " ", ground + mark_ink),
        Segment(GLYPHS.get(item.severity, "·") + " ", ground + looks.severity(item.severity)),
        Segment(pad(excerpt(item.title or item.event, title), title), ground + ink),
    ]
    if wide:
        segments.append(Segment(" " + pad(excerpt(item.workspace or "", _WORKSPACE), _WORKSPACE), ground + looks.muted))
    segments += [
        Segment(" ★" if item.starred_at is not None else "  ", ground + looks.star),
        Segment(f" {shown_age:>4} ", ground + looks.muted),
    ]
    return segments
