"""What is shown when the terminal has no room for anything else."""

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from core.text import cut


class TooSmall(Widget):
    """Covers the screen, and says what would help."""

    DEFAULT_CSS = "TooSmall { dock: top; height: 100%; width: 100%; background: $background; }"

    def render_line(self, y: int) -> Strip:
        width, height = self.size
        lines = ["Callboard needs a little more room:", "40 × 10 at least.", f"This is {width} × {height}."]
        number = y - max(0, (height - len(lines)) // 2)
        text = cut(lines[number], width) if 0 <= number < len(lines) else ""
        return Strip([Segment(text.center(width), self.rich_style)]).adjust_cell_length(width, self.rich_style)
