"""What a text paints anew when it changes."""

from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.geometry import Region

from tui.widgets.looks import Looks
from tui.widgets.text_view import Lines, TextView

ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


class Shown(TextView):
    """A text of one line."""

    text = "ab"
    painted: tuple[Region, ...] = ()

    def become(self, text: str) -> None:
        self.text, self.painted = text, ()
        self.lay_out()

    def lines(self, width: int, looks: Looks) -> Lines:
        return [[Segment(self.text, Style(bgcolor=looks.base.bgcolor))]]

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> "Shown":
        self.painted += regions
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)


class OneText(App[None]):
    def compose(self) -> ComposeResult:
        yield Shown()


async def test_a_line_is_painted_anew_to_behind_its_last_character() -> None:
    """Cut right behind it, the signs that belong to a character would stay away, or come alone."""
    async with OneText().run_test() as pilot:
        shown = pilot.app.query_one(Shown)
        shown.become(ENGLAND)
        line = shown.render_line(0)
        (painted,) = shown.painted
        assert line.crop(0, painted.width).text == f"  {ENGLAND} "
