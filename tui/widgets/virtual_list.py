"""A list of any length, of which only the lines in sight exist.

It holds ids and a cursor that stays on its id whatever comes or goes around it. Who owns the records draws a row
when asked, and is told which rows come into sight."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from tui.actions import bindings
from tui.widgets.row_lines import RowLines

_REMEMBERED = 500  # drawn lines
_MARKING = ("mark", "range", "mark_all")


@dataclass(frozen=True, slots=True)
class RowState:
    """How a row is to be drawn."""

    width: int
    cursor: bool = False
    focused: bool = False
    marked: bool = False


Draw = Callable[[int, RowState], Sequence[Segment]]
"""Draws a row as segments of together just so many cells as the state says."""

Beyond = Callable[[int, bool], object]
"""The cursor was to go over the last row, by -1 over the first; or with `True` to the end of everything. It is
called, not told: the next key may come at once."""


class VirtualList(RowLines, can_focus=True):
    """One line per id."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("list")

    DEFAULT_CSS = "VirtualList { overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1; }"

    class Moved(Message):
        """The cursor is on another row: `by_hand` when it was moved there, not when the row it was on went."""

        def __init__(self, id: int | None, by_hand: bool) -> None:
            super().__init__()
            self.id = id
            self.by_hand = by_hand

    class Opened(Message):
        """The row under the cursor was chosen."""

        def __init__(self, id: int) -> None:
            super().__init__()
            self.id = id

    class Cleared(Message):
        """There was no mark to clear."""

    class Marked(Message):
        """Other rows are marked."""

    MARKABLE: ClassVar[bool] = True

    def __init__(self, draw: Draw, sought: Callable[[int, int], None], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._draw = draw
        self._sought = sought
        self._cursor = 0
        self._cursor_id: int | None = None
        self._top_id: int | None = None
        self._wanted: int | None = None  # comes with the next change
        self._anchor: int | None = None  # where a marked range begins
        self._ranged: frozenset[int] = frozenset()
        self._drawn: dict[int, tuple[RowState, Strip]] = {}
        self.marked: set[int] = set()
        self.lit = True
        self.beyond: Beyond = lambda by, end: None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.MARKABLE or action not in _MARKING

    # What the owner says

    @property
    def cursor_id(self) -> int | None:
        return self._cursor_id

    @property
    def position(self) -> int:
        """Where the cursor is."""
        return self._cursor

    @property
    def ranging(self) -> bool:
        """Whether all up to where the cursor goes is being marked."""
        return self._anchor is not None

    @property
    def chosen(self) -> list[int]:
        """What an action is for: the marked rows in their order, or else the one under the cursor."""
        if self.marked:
            return [row for row in self._ids if row in self.marked]
        return [] if self._cursor_id is None else [self._cursor_id]

    def next_to(self, rows: Collection[int]) -> int | None:
        """Where the cursor goes when these rows go: to what comes after the first of them, or before the last."""
        gone = set(rows)
        first = next((position for position, row in enumerate(self._ids) if row in gone), len(self._ids))
        after = (row for row in islice(self._ids, first, None) if row not in gone)
        return next(after, self._ids[first - 1] if 0 < first <= len(self._ids) else None)

    def show(self, ids: Sequence[int], cursor_id: int | None = None, *, same: bool = False) -> None:
        """Show other rows. The cursor stays on its row where that is still there. Else it goes to the first, or
        stays where it is, if it is the `same` list asked for again."""
        self._ids = ids
        if not same:
            self._wanted = None
        self._drawn.clear()
        if self.marked:
            self.marked.intersection_update(ids)
        self._anchor = None
        wanted = self._cursor_id if cursor_id is None else cursor_id
        found = self._where(wanted, self._cursor)
        self._resize()
        self._set_cursor(self._cursor if same and found is None else found or 0)
        self._reveal()
        self.refresh()
        self._seek()
        if self._wanted is not None:
            self.want(self._wanted)

    def want(self, row: int) -> None:
        """Put the cursor on this row, now or when it comes; unless the cursor is moved before."""
        found = self._where(row, self._cursor)
        self._wanted = row if found is None else None
        if found is not None:
            self.move_to(found, by_hand=False)

    def rows_changed(self, ids: Iterable[int], first: int | None = None) -> None:
        """These rows look different; from the position `first` on other ids are in their places, too."""
        if first is None:
            changed = set(ids)
            for row in changed:
                self._drawn.pop(row, None)
            for position, row in self._in_sight():
                if row in changed:
                    self._refresh_row(position)
            return
        for row in ids:
            self._drawn.pop(row, None)
        for position, row in self._in_sight():
            if position < first and row not in self._drawn:
                self._refresh_row(position)
        if self.marked:
            self.marked.intersection_update(self._ids)
        top = round(self.scroll_y)
        cursor_in_sight = self._cursor in self._positions_in_sight()
        at_top = self.position_at(top)
        self._resize()
        found = self._where(self._cursor_id, self._cursor)
        self._set_cursor(self._cursor if found is None else found)
        if top and first <= at_top and (kept := self._where(self._top_id, at_top)) is not None:
            self._keep_at_top(kept)
        if cursor_in_sight:
            self._reveal()
        self._refresh_from(first)
        self._seek()
        if self._wanted is not None:
            self.want(self._wanted)

    def redraw(self) -> None:
        """Every row may look different."""
        self._drawn.clear()
        self.refresh()

    def redraw_where(self, differs: Callable[[int], bool]) -> None:
        """Draw those rows in sight again that the test picks."""
        for position, row in self._in_sight():
            if row in self._drawn and differs(row):
                del self._drawn[row]
                self._refresh_row(position)

    def light(self, lit: bool) -> None:
        """Let the row under the cursor stand out, or no longer: of several lists, one has the cursor."""
        if lit != self.lit:
            self.lit = lit
            self._refresh_row(self._cursor)

    # Moving

    def action_down(self) -> None:
        self._step(1)

    def action_up(self) -> None:
        self._step(-1)

    def _step(self, by: int) -> None:
        before = self._cursor
        self.move_to(before + by)
        if self._cursor == before:
            self.beyond(by, False)

    def action_page_down(self) -> None:
        self.move_to(self._cursor + max(1, self.size.height - 1))

    def action_page_up(self) -> None:
        self.move_to(self._cursor - max(1, self.size.height - 1))

    def action_half_down(self) -> None:
        self.move_to(self._cursor + max(1, self.size.height // 2))

    def action_half_up(self) -> None:
        self.move_to(self._cursor - max(1, self.size.height // 2))

    def action_first(self) -> None:
        self.move_to(0)
        self.beyond(-1, True)

    def action_last(self) -> None:
        self.move_to(len(self._ids) - 1)
        self.beyond(1, True)

    def move_to(self, position: int, *, by_hand: bool = True) -> None:
        """Put the cursor there, or as near as there is a row, and bring it into sight."""
        before = self._cursor
        self._wanted = None
        self._set_cursor(position, by_hand)
        if self._cursor != before:
            self._extend()
            self._refresh_row(before)
            self._refresh_row(self._cursor)
        self._reveal()

    def action_open(self) -> None:
        if self._cursor_id is not None:
            self.post_message(self.Opened(self._cursor_id))

    # Marking

    def action_mark(self) -> None:
        if self._cursor_id is None:
            return
        self._anchor = None
        self.marked ^= {self._cursor_id}
        self._refresh_row(self._cursor)
        self.post_message(self.Marked())
        self.move_to(self._cursor + 1)

    def action_range(self) -> None:
        """Mark from here to wherever the cursor goes; again to end the range there."""
        if self._anchor is not None:
            self._anchor = None
        elif self._cursor_id is not None:
            self._anchor = self._cursor
            self._ranged = frozenset(self.marked)
            self._extend()

    def _extend(self) -> None:
        if self._anchor is None:
            return
        low, high = sorted((self._anchor, self._cursor))
        before = self.marked
        self.marked = set(self._ranged).union(self._ids[low : high + 1])
        for row in before ^ self.marked:
            self._refresh_id(row)
        self.post_message(self.Marked())

    def action_mark_all(self) -> None:
        self._anchor = None
        self.marked = set(self._ids)
        self.redraw()
        self.post_message(self.Marked())

    def action_clear(self) -> None:
        if not self.clear_marks():
            self.post_message(self.Cleared())

    def clear_marks(self) -> bool:
        """Whether there were any."""
        had = bool(self.marked) or self._anchor is not None
        self._anchor = None
        if had:
            self.marked = set()
            self.redraw()
            self.post_message(self.Marked())
        return had

    # Mouse

    def on_click(self, event: events.Click) -> None:
        line = event.y + round(self.scroll_y)
        position = self.position_at(line)
        if position < len(self._ids) and self.line_of(position) == line:
            self.move_to(position)
            if event.chain > 1:
                self.action_open()

    # Drawing

    def render_line(self, y: int) -> Strip:
        line = y + round(self.scroll_y)
        position = self.position_at(line)
        width = self.row_width
        if position >= len(self._ids):
            return Strip.blank(width, self.rich_style) if self._ids else self.render_nothing(y)
        if self.line_of(position) != line:
            return self.render_between(position)
        row = self._ids[position]
        state = RowState(width, self.lit and position == self._cursor, self.has_focus, row in self.marked)
        known = self._drawn.get(row)
        if known is not None and known[0] == state:
            return known[1]
        strip = Strip(self._draw(row, state), width)
        if len(self._drawn) >= _REMEMBERED:
            self._drawn.clear()
        self._drawn[row] = state, strip
        return strip

    def render_nothing(self, y: int) -> Strip:
        """A line of what is shown when there is no row at all."""
        return Strip.blank(self.row_width, self.rich_style)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._seek()

    def watch_show_vertical_scrollbar(self) -> None:
        """Until it is there, nothing scrolls: the cursor may have gone out of sight meanwhile."""
        self.call_after_refresh(self._reveal)

    def on_resize(self) -> None:
        self._resize()
        self._reveal()
        self._seek()

    def on_focus(self) -> None:
        self._refresh_row(self._cursor)

    on_blur = on_focus

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._drawn.clear()

    # Inside

    def _set_cursor(self, position: int, by_hand: bool = False) -> None:
        self._cursor = max(0, min(position, len(self._ids) - 1))
        row = self._ids[self._cursor] if self._ids else None
        if row != self._cursor_id:
            self._cursor_id = row
            self.post_message(self.Moved(row, by_hand))

    def _where(self, row: int | None, near: int) -> int | None:
        """The position of an row, looked for first where it was."""
        if row is None:
            return None
        ids = self._ids
        for position in (near, near + 1, near - 1):
            if 0 <= position < len(ids) and ids[position] == row:
                return position
        try:
            return ids.index(row)
        except ValueError:
            return None

    def _reveal(self) -> None:
        """Bring the cursor into sight. A step over the edge turns half a page: to scroll by a line would repaint
        the whole list for every key, ten kilobytes over somebody's slow line."""
        height, top = self.size.height, round(self.scroll_y)
        line = self.line_of(self._cursor)
        first = line - self.lines_above(self._cursor)
        if height <= 0 or (top <= first and line < top + height):
            return
        if first == top - 1 or line == top + height:
            self.scroll_to(y=max(0, line - height // 2), animate=False)
        elif first < top:
            self.scroll_to(y=first, animate=False)
        else:
            self.scroll_to(y=line - height + 1, animate=False)

    def _seek(self) -> None:
        seen = self._positions_in_sight()
        self._top_id = self._ids[seen.start] if seen else None
        if seen and self.size.height:
            self._sought(seen.start, seen.stop)
