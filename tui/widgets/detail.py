"""One notification, whole: drawn as lines, of which a change repaints only the cells that differ."""

from collections.abc import Callable, Sequence
from datetime import UTC, tzinfo
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from core.api.inbox import InboxItem
from core.clock import Clock, to_datetime
from core.text import clean, excerpt, pad
from core.text import width as cells
from tui.actions import bindings
from tui.times import absolute, ago, short
from tui.widgets.looks import GLYPHS, WORDS, Looks
from tui.wrapping import wrap

LONGEST_BODY = 50_000  # characters: more is for the command line
_LONGEST_TITLE = 2_000
_MARGIN = "  "
_NAMES = 11

Lines = list[list[Segment]]


class Detail(ScrollView, can_focus=True):
    """Shows an item, or a few words about what would be here."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("detail")
    DEFAULT_CSS = "Detail { overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1; }"

    class Followed(Message):
        """The button of the link was pressed."""

    class Left(Message):
        """Back to the list."""

    def __init__(self, clock: Clock, link_key: Callable[[], str]) -> None:
        super().__init__(id="detail")
        self._clock = clock
        self._link_key = link_key
        self._lines: list[Strip] = []
        self._button: int | None = None
        self._width = 0
        self.item: InboxItem | None = None
        self.zone: tzinfo = UTC

    def show(self, item: InboxItem | None) -> None:
        """Show it, from its start unless it is the one that was shown."""
        again = item is not None and self.item is not None and item.id == self.item.id
        self.item = item
        if not again and self.scroll_y:
            self.scroll_to(y=0, animate=False)
        self.lay_out()

    def lay_out(self) -> None:
        """Make the lines anew, and repaint where they differ."""
        width = self.size.width - self.scrollbar_size_vertical
        if not width:
            return
        before, self._lines = self._lines, self._made(width)
        # A size that fits stays the same, so that another text is no reason to lay the screen out again.
        size = Size(width, max(len(self._lines), self.size.height))
        if size != self.virtual_size:
            self.virtual_size = size
        if width != self._width:
            self._width = width
            self.refresh()
            return
        top = round(self.scroll_y)
        for y in range(self.size.height):
            old, new = _at(before, top + y), _at(self._lines, top + y)
            if (cells := _differ_until(old, new)) > 0:
                self.refresh(Region(0, y, min(cells, width), 1))

    def _made(self, width: int) -> list[Strip]:
        looks = Looks.of(self)
        self._button = None
        if self.item is None:
            return []
        try:
            made = self._lines_of(self.item, width - 2 * len(_MARGIN), looks)
        except (ValueError, TypeError, IndexError, KeyError, AttributeError, OverflowError):
            made = [[], [Segment("(cannot display)", looks.base + looks.muted)]]
        return [_with_margin(line) for line in made]

    def _lines_of(self, item: InboxItem, width: int, looks: Looks) -> Lines:
        now = to_datetime(self._clock.now())
        made: Lines = [[], _headline(item, looks), []]
        title = clean(item.title[:_LONGEST_TITLE] or item.event)
        made += [[Segment(line, looks.base + looks.strong)] for line in wrap(title, width)]
        made.append([])
        for name, value in self._facts(item):
            for number, line in enumerate(wrap(value, max(1, width - _NAMES))):
                made.append(_fact("" if number else name, line, looks))
        made.append(
            _fact("When", absolute(item.created_at, self.zone) + " · " + ago(item.created_at, now), looks)
        )
        if item.snoozed_until is not None and item.snoozed_until > now:
            made.append(_fact("Snoozed", "until " + short(item.snoozed_until, now, self.zone), looks))
        if item.link:
            self._button = len(made) + 1
            label = excerpt(item.link_label or "Open", 40)
            key = self._link_key()
            hint = Segment(
                excerpt(f"  {key}  {item.link}", max(1, width - cells(label) - 2)), looks.base + looks.muted
            )
            made += [[], [Segment(f"▸ {label}", looks.base + looks.accent + looks.strong), hint]]
        if item.body:
            made += [[], [Segment("─" * width, looks.base + looks.rule)], []]
            body = clean(item.body[:LONGEST_BODY], multiline=True)
            made += [[Segment(line, looks.base)] for line in wrap(body, width)]
            if len(item.body) > LONGEST_BODY:
                rest = f"… cut here: `callboard inbox show {item.id}` has the rest."
                made += [[], *([Segment(line, looks.base + looks.muted)] for line in wrap(rest, width))]
        made.append([])
        return made

    def _facts(self, item: InboxItem) -> list[tuple[str, str]]:
        facts = [
            ("Why you", clean(item.reason[:1].upper() + item.reason[1:])),
            ("Event", clean(item.event)),
            ("Workspace", clean(item.workspace or "")),
        ]
        return [(name, value) for name, value in facts if value]

    def render_line(self, y: int) -> Strip:
        position = y + round(self.scroll_y)
        width = self.size.width - self.scrollbar_size_vertical
        if position >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        return _filled(self._lines[position], width, self.rich_style)

    def on_resize(self) -> None:
        self.lay_out()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._width = 0
        self.call_later(self.lay_out)

    def on_click(self, event: events.Click) -> None:
        if self._button is not None and event.y + round(self.scroll_y) == self._button:
            self.post_message(self.Followed())

    def action_back(self) -> None:
        self.post_message(self.Left())

    def action_text_down(self) -> None:
        self.scroll_relative(y=1, animate=False)

    def action_text_up(self) -> None:
        self.scroll_relative(y=-1, animate=False)

    def action_text_page_down(self) -> None:
        self.scroll_relative(y=max(1, self.size.height - 1), animate=False)

    def action_text_page_up(self) -> None:
        self.scroll_relative(y=-max(1, self.size.height - 1), animate=False)

    def action_text_start(self) -> None:
        self.scroll_to(y=0, animate=False)

    def action_text_end(self) -> None:
        self.scroll_to(y=self.max_scroll_y, animate=False)


def _headline(item: InboxItem, looks: Looks) -> list[Segment]:
    severity = f"{GLYPHS.get(item.severity, '·')} {WORDS.get(item.severity, 'Info')}"
    line = [Segment(severity, looks.base + looks.severity(item.severity))]
    if item.read_at is None:
        line.append(Segment("   ● Unread", looks.base + looks.accent))
    if item.starred_at is not None:
        line.append(Segment("   ★ Starred", looks.base + looks.star))
    if item.dismissed_at is not None:
        line.append(Segment("   Dismissed", looks.base + looks.muted))
    return line


def _with_margin(line: Sequence[Segment]) -> Strip:
    """The margin is a part of the first segment: one of its own would cost forty bytes on the terminal's line."""
    if not line:
        return Strip([])
    first, *others = line
    return Strip([Segment(_MARGIN + first.text, first.style), *others])


def _filled(line: Strip, width: int, ground: Style) -> Strip:
    """The line with its last segment drawn out to the width: a segment of its own would cost forty bytes, too."""
    if (missing := width - line.cell_length) <= 0 or not line:
        return line.adjust_cell_length(width, ground)
    *others, last = line
    if last.style is None or last.style.bgcolor != ground.bgcolor or last.style.underline:
        return line.adjust_cell_length(width, ground)
    return Strip([*others, Segment(last.text + " " * missing, last.style)], width)


def _fact(name: str, value: str, looks: Looks) -> list[Segment]:
    """One ink for both: the text below is what should stand out, and each change of ink costs forty bytes."""
    return [Segment(pad(name, _NAMES) + value, looks.base + looks.muted)]


def _at(lines: Sequence[Strip], position: int) -> Strip | None:
    return lines[position] if position < len(lines) else None


def _differ_until(old: Strip | None, new: Strip | None) -> int:
    """How many cells from the left must be painted to turn one line into the other."""
    if old is None or new is None:
        return 0 if old is new else (old or new or Strip([])).cell_length
    return 0 if old == new else max(old.cell_length, new.cell_length)
