"""A list of records in groups, each below a line that says what it has in common."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from rich.segment import Segment
from textual.strip import Strip

from tui.live.order import Head
from tui.widgets.record_list import R, RecordList


class GroupedList(RecordList[R]):
    """Whoever extends it says which heads there are, and what each says."""

    _heads: Sequence[Head] = ()
    _starts: Sequence[int] = ()  # the rows that have a head above them

    def heads(self) -> Sequence[Head]:
        """The heads in their order; none where nothing is grouped."""
        raise NotImplementedError

    def draw_head(self, head: Head, width: int) -> Sequence[Segment]:
        """The line above a group."""
        raise NotImplementedError

    def show(self, ids: Sequence[int], cursor_id: int | None = None, *, same: bool = False) -> None:
        self._look_at_heads()
        super().show(ids, cursor_id, same=same)

    def rows_changed(self, ids: Iterable[int], first: int | None = None) -> None:
        if first is not None:
            self._look_at_heads()
        super().rows_changed(ids, first)
        if first is not None:
            self._refresh_heads()

    def _look_at_heads(self) -> None:
        self._heads = self.heads()
        self._starts = [head.before for head in self._heads]

    def _refresh_heads(self) -> None:
        for head in self._heads:
            self._refresh_line(self.line_of(head.before) - 1)

    def line_of(self, position: int) -> int:
        return position + bisect_right(self._starts, position)

    def position_at(self, line: int) -> int:
        """Each head takes a line of its own, above the row that it is the head of."""
        starts = self._starts
        return line - bisect_left(range(len(starts)), line, key=lambda number: starts[number] + number)

    def lines_above(self, position: int) -> int:
        at = bisect_left(self._starts, position)
        return int(at < len(self._starts) and self._starts[at] == position)

    def render_between(self, position: int) -> Strip:
        head = self._heads[bisect_left(self._starts, position)]
        width = self.row_width
        return Strip(self.draw_head(head, width)).adjust_cell_length(width, self.rich_style)
