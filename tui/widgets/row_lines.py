"""Where the rows of a list are: which line each is on, which are in sight, and what is painted anew."""

from collections.abc import Sequence

from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip


class RowLines(ScrollView):
    """One line per row; whoever extends it may put others between them."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._ids: Sequence[int] = ()

    @property
    def row_width(self) -> int:
        """What the scroll bar leaves."""
        return self.size.width - self.scrollbar_size_vertical

    @property
    def row_count(self) -> int:
        return len(self._ids)

    # Lines that are no rows

    def line_of(self, position: int) -> int:
        """The line on which a row is; there may be others between the rows."""
        return position

    def position_at(self, line: int) -> int:
        """The row that is on a line, or that is the next one below it."""
        return line

    def render_between(self, position: int) -> Strip:
        """The line above this row."""
        return Strip.blank(self.row_width, self.rich_style)

    def lines_above(self, position: int) -> int:
        """How many lines belong to a row, and are above it."""
        return 0

    # Inside

    def _resize(self) -> None:
        size = Size(self.row_width, self.line_of(len(self._ids) - 1) + 1 if self._ids else 0)
        if size != self.virtual_size:
            self.virtual_size = size

    def _keep_at_top(self, position: int) -> None:
        """Let what is read stay where it is, though rows came or went above it."""
        line = self.line_of(position)
        if line != self.line_of(self.position_at(round(self.scroll_y))):
            self.scroll_to(y=line, animate=False)

    def _positions_in_sight(self) -> range:
        top = round(self.scroll_y)
        return range(self.position_at(top), min(len(self._ids), self.position_at(top + self.size.height)))

    def _in_sight(self) -> list[tuple[int, int]]:
        """The rows in sight, each with its position."""
        return [(position, self._ids[position]) for position in self._positions_in_sight()]

    def _refresh_row(self, position: int) -> None:
        self._refresh_line(self.line_of(position))

    def _refresh_line(self, line: int) -> None:
        y = line - round(self.scroll_y)
        if 0 <= y < self.size.height:
            self.refresh(Region(0, y, self.row_width, 1))

    def _refresh_id(self, row: int) -> None:
        for position, shown in self._in_sight():
            if shown == row:
                self._refresh_row(position)

    def _refresh_from(self, position: int) -> None:
        y = max(0, self.line_of(position) - self.lines_above(position) - round(self.scroll_y))
        if y < self.size.height:
            self.refresh(Region(0, y, self.size.width, self.size.height - y))
