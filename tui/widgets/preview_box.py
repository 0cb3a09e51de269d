"""What a rule that is being written would have sent of the latest events."""

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from core.api.rules import Preview
from core.text import clean, excerpt
from tui.widgets.fields import LABEL
from tui.widgets.looks import Looks
from tui.wrapping import wrap

_TEXTS = 3  # the latest that are shown
_BODY = 3  # lines of each
_NAMES = 4
_LONGEST = 2_000


class PreviewBox(Widget):
    """As high as what it has to say, or had: it does not shrink while somebody types above it."""

    DEFAULT_CSS = "PreviewBox { height: 1; margin-top: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._preview: Preview | None = None
        self._said = ""
        self._high = 1
        self._made: list[list[Segment]] = []

    def show(self, preview: Preview | None, said: str = "") -> None:
        """Show it, or say why there is none."""
        if (preview, said) != (self._preview, self._said):
            self._preview, self._said = preview, said
            self._fit()
            self.refresh()

    def on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        if self.is_attached:
            self._made = self._lines(Looks.of(self))
            self._high = max(self._high, len(self._made))
            self.styles.height = self._high

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._fit()

    def _lines(self, looks: Looks) -> list[list[Segment]]:
        room, preview = max(10, self.size.width - LABEL - 3), self._preview
        if preview is None:
            return [[Segment(line, looks.base + looks.muted)] for line in wrap(clean(self._said), room)]
        ink = looks.accent if preview.fired else looks.warning
        made = [[Segment(line, looks.base + ink)] for line in wrap(headline(preview), room)]
        names = sorted(preview.names.items(), key=lambda one: -one[1])
        told = ", ".join(f"{count:,} × {name[:_LONGEST]}" for name, count in names[:_NAMES])
        more = f" and {len(names) - _NAMES} other events" if len(names) > _NAMES else ""
        if told:
            made += [[Segment(line, looks.base + looks.muted)] for line in wrap(clean(told) + more, room)]
        for text in preview.latest[:_TEXTS]:
            made += [[], [Segment(excerpt(text.title, room), looks.base + looks.strong)]]
            body = wrap(clean(text.body[:_LONGEST], multiline=True).strip(), room) if text.body.strip() else []
            made += [[Segment(line, looks.base)] for line in body[:_BODY]]
        return made

    def render_line(self, y: int) -> Strip:
        looks, width = Looks.of(self), self.size.width
        lines = self._made
        if y >= len(lines):
            return Strip.blank(width, looks.base)
        label = "  Preview" if not y else ""
        start = Segment(f"{label:<{LABEL + 1}}", looks.base + looks.muted)
        return Strip([start, *lines[y]]).adjust_cell_length(width, looks.base)


def headline(preview: Preview) -> str:
    """`Would have fired 14 times of the latest 100 events (3 held back by the cooldown).`"""
    if not preview.seen:
        return "Nothing has happened yet that it could be tried on."
    times = "on none" if not preview.fired else "once" if preview.fired == 1 else f"{preview.fired:,} times"
    held = f" ({preview.held_back:,} held back by the cooldown)" if preview.held_back else ""
    said = f"Would have fired {times} of the latest {preview.seen:,} events{held}."
    if preview.seen == 1:
        said = f"Would {'have fired' if preview.fired else 'not have fired'} on the one event there is."
    if preview.matched > preview.fired + preview.held_back:
        listens = "1 of them has" if preview.matched == 1 else f"{preview.matched:,} of them have"
        said += f" {listens} a name that it listens to."
    return said
