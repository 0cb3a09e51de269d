"""One notification, whole."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo

from rich.segment import Segment
from textual.message import Message

from core.api.inbox import InboxItem
from core.clock import Clock, to_datetime
from core.text import clean, excerpt
from core.text import width as cells
from tui.widgets.looks import GLYPHS, WORDS, Looks
from tui.widgets.text_view import NAMES, Lines, TextView, fact
from tui.words.times import absolute, ago, short
from tui.wrapping import wrap

LONGEST_BODY = 50_000  # characters: more is for the command line
_LONGEST_TITLE = 2_000
_QUESTIONS = "callboard:approval/"
_ROOMY = 16  # lines from which there are empty ones between its parts
_NEAR = 30  # days


class Detail(TextView):
    """Shows an item, or a few words about what would be here."""

    class Followed(Message):
        """The button of the link was pressed."""

    class Answered(Message):
        """The question that it leads to is to be answered here."""

    def __init__(self, clock: Clock, link_key: Callable[[], str], answer_key: Callable[[], str]) -> None:
        super().__init__(id="detail")
        self._clock = clock
        self._link_key = link_key
        self._answer_key = answer_key
        self._button: int | None = None
        self.item: InboxItem | None = None
        self.zone: tzinfo = UTC

    def show(self, item: InboxItem | None) -> None:
        """Show it, from its start unless it is the one that was shown."""
        again = item is not None and self.item is not None and item.id == self.item.id
        self.item = item
        if not again:
            self.to_start()
        self.lay_out()

    def lines(self, width: int, looks: Looks) -> Lines:
        self._button = None
        return [] if self.item is None else self._lines_of(self.item, width, looks)

    def _lines_of(self, item: InboxItem, width: int, looks: Looks) -> Lines:
        now = to_datetime(self._clock.now())
        gap: Lines = [[]] if self.size.height >= _ROOMY else []
        made: Lines = [*gap, _headline(item, looks), *gap]
        title = clean(item.title[:_LONGEST_TITLE] or item.event)
        made += [[Segment(line, looks.base + looks.strong)] for line in wrap(title, width)]
        made += gap
        for name, value in self._facts(item):
            for number, line in enumerate(wrap(value, max(1, width - NAMES))):
                made.append(fact("" if number else name, line, looks))
        made.append(fact("When", absolute(item.created_at, self.zone) + " · " + ago(item.created_at, now), looks))
        if item.snoozed_until is not None and item.snoozed_until > now:
            made.append(fact("Snoozed", "until " + short(item.snoozed_until, now, self.zone), looks))
        if (stays := _stays(item, now)) is not None:
            made.append(fact("Kept", stays, looks))
        if item.link:
            made += gap
            self._button = len(made)
            label = excerpt(item.link_label or "Open", 40)
            key = self._link_key()
            hint = Segment(
                excerpt(f"  {key}  {item.link}", max(1, width - cells(label) - 2)), looks.base + looks.muted
            )
            made.append([Segment(f"▸ {label}", looks.base + looks.accent + looks.strong), hint])
            if self._asks:
                answer = excerpt(f"▸ Allow or refuse  {self._answer_key()}  answers it here", width)
                made.append([Segment(answer, looks.base + looks.accent + looks.strong)])
        if item.body:
            made += [*gap, [Segment("─" * width, looks.base + looks.rule)], *gap]
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
            ("From", clean(item.source) if "/" in item.source else ""),
            ("Ticket", clean(item.ticket or "")),
            ("Workspace", clean(item.workspace or "")),
        ]
        return [(name, value) for name, value in facts if value]

    def pressed(self, line: int) -> None:
        if line == self._button:
            self.post_message(self.Followed())
        elif self._button is not None and line == self._button + 1 and self._asks:
            self.post_message(self.Answered())

    @property
    def _asks(self) -> bool:
        return self.item is not None and (self.item.link or "").startswith(_QUESTIONS)


def _stays(item: InboxItem, now: datetime) -> str | None:
    """Until when it is kept, where that is near or for good."""
    if item.starred_at is not None:
        return "for good, as it is starred"
    if item.leaves_at is None or (days := (item.leaves_at - now) // timedelta(days=1)) >= _NEAR:
        return None
    return "removed today" if days < 1 else f"removed in {days} day{'' if days == 1 else 's'}"


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
