"""The list of notifications: how one of them is drawn as a line, and what is shown when there is none."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from core.api.inbox import InboxItem
from core.clock import Clock, to_datetime
from core.text import cut, excerpt, pad
from core.text import width as cells
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
        self.redraw_where(lambda row: row in records and age(records[row].created_at, now) != self._ages.get(row))

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._looks = None

    def _row(self, id: int, state: RowState) -> Sequence[Segment]:
        looks = self._looks = self._looks or Looks.of(self)
        item = self._records().get(id)
        ground = (looks.cursor if state.focused else looks.still) if state.cursor else looks.base
        bar = "▌" if state.cursor else " "
        if item is None:
            said = "    …" if id > 0 else ""
            return _painted([(True, bar + said.ljust(state.width - 1), looks.muted)], ground)
        try:
            self._ages[id] = shown_age = age(item.created_at, to_datetime(self._clock.now()))
            ink = looks.severity(item.severity) if state.focused else looks.muted
            return _painted([(state.cursor, bar, ink), *row(item, shown_age, state, looks)], ground)
        except (ValueError, TypeError, IndexError, KeyError, AttributeError):
            said = "    (cannot display)".ljust(state.width - 1)
            return _painted([(True, bar + said, looks.muted)], ground)

    def render_nothing(self, y: int) -> Strip:
        looks = self._looks = self._looks or Looks.of(self)
        title, hint = self._nothing()
        middle = max(0, self.size.height // 3)
        text, style = {middle: (title, looks.strong), middle + 2: (hint, looks.muted)}.get(y, ("", looks.base))
        width = self.row_width
        shown = cut(text, width)
        left = (width - cells(shown)) // 2
        return Strip([Segment(" " * left, looks.base), Segment(shown, looks.base + style)]).adjust_cell_length(
            width, looks.base
        )


Ink = tuple[bool, str, Style]  # whether there is anything to see, the text, and what it is written with


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


def _painted(inks: Sequence[Ink], ground: Style) -> list[Segment]:
    """As few segments as will do: each costs some forty bytes on its way to the terminal."""
    segments: list[Segment] = []
    blank = ""
    for visible, text, ink in inks:
        if not visible:
            blank += text
            continue
        style = ground + ink
        if segments and not blank and segments[-1].style == style:
            text = segments.pop().text + text
        segments.append(Segment(blank + text, style))
        blank = ""
    return segments
