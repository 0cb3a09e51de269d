"""One line of text that is drawn, not laid out: the cheapest widget there is."""

from collections.abc import Sequence

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from tui.widgets.looks import Looks


class Line(Widget):
    """A line that its owner draws as segments."""

    DEFAULT_CSS = "Line { height: 1; width: 1fr; }"

    def draw(self, width: int, looks: Looks) -> Sequence[Segment]:
        """The segments of the line, of at most so many cells."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        looks = Looks.of(self)
        width = self.size.width
        if y:
            return Strip.blank(width, looks.base)
        return Strip(self.draw(width, looks)).adjust_cell_length(width, looks.base)


def spread(left: Sequence[Segment], right: Sequence[Segment], width: int, looks: Looks) -> list[Segment]:
    """Something at the left and something at the right, which goes when there is no room for both."""
    left_width = sum(segment.cell_length for segment in left)
    right_width = sum(segment.cell_length for segment in right)
    gap = width - left_width - right_width
    if gap < 1:
        return list(left)
    return [*left, Segment(" " * gap, looks.base), *right]
