"""One delivery, whole: what became of it, why, all that was tried, what it said, and the payload of its event."""

from collections.abc import Iterator

from msgspec import json
from rich.segment import Segment
from textual.geometry import Size
from textual.reactive import Reactive

from core.api.deliveries import DIRECT, Attempt, Delivery, DeliveryDetail
from core.text import clean, pad
from tui.desk import Desk
from tui.widgets.looks import WORDS, Looks
from tui.widgets.text_view import NAMES, Lines, TextView, fact
from tui.words import deliveries as said
from tui.words.times import absolute, ago, brief, from_now
from tui.wrapping import wrap

_LONGEST = 20_000  # characters of a text
_SENTENCE = 2_000
_ATTEMPTS = 5  # the last ones


class DeliveryText(TextView):
    """Shows one, or nothing. Long texts follow each other here: neither another length nor a scroll bar that
    comes or goes is a reason to paint all of it anew."""

    DEFAULT_CSS = "DeliveryText { scrollbar-gutter: stable; }"

    virtual_size = Reactive(Size(0, 0), layout=True, repaint=False)

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="text")
        self._desk = desk
        self.record: Delivery | None = None
        self.detail: DeliveryDetail | None = None

    def show(self, record: Delivery | None, detail: DeliveryDetail | None) -> None:
        """Show it, from its start unless it is the one that was shown. The detail is asked for apart."""
        if record is None or self.record is None or record.id != self.record.id:
            self.to_start()
        self.record, self.detail = record, detail
        self.lay_out()

    def lines(self, width: int, looks: Looks) -> Lines:
        one = self.record
        if one is None:
            return []
        sign, word = said.STATES[one.status]
        headline = [Segment(f"{sign} {word}", looks.base + said.ink(one.status, looks))]
        if waits := said.waits(one, self._desk.now):
            headline.append(Segment(f"   {waits}", looks.base + looks.muted))
        made: Lines = [[], headline, []]
        made += [
            [Segment(line, looks.base + looks.strong)] for line in wrap(clean(said.title(one)[:_SENTENCE]), width)
        ]
        for text, ink in ((one.error, looks.critical), (one.reason, looks.warning)):
            if text:
                shown = wrap(clean(text[:_SENTENCE]), width)
                made += [[], *([Segment(line, looks.base + ink)] for line in shown)]
        made.append([])
        for name, value in self._facts(one):
            for number, line in enumerate(wrap(value, max(1, width - NAMES))):
                made.append(fact("" if number else name, line, looks))
        made += self._attempts(width, looks)
        if one.body.strip():
            made += [[], [Segment("Text", looks.base + looks.accent)]]
            made += _wrapped(one.body, width, looks)
        return [*made, *self._payload(width, looks), []]

    def _facts(self, one: Delivery) -> Iterator[tuple[str, str]]:
        now, zone = self._desk.now, self._desk.zone
        yield "Channel", f"{clean(one.channel)} ({clean(one.channel_type)})"
        yield "Rule", clean(said.rule(one)) + (f" ({clean(one.rule_id)})" if _tells_more(one) else "")
        yield "Event", clean(one.event)
        if one.sender:
            yield "Sent by", clean(one.sender)
        if one.workspace:
            yield "Workspace", clean(one.workspace)
        yield "Severity", WORDS[one.severity]
        yield "Accepted", f"{absolute(one.scheduled_at, zone)} · {ago(one.scheduled_at, now)}"
        if one.fires_at != one.scheduled_at:
            yield "Due", absolute(one.fires_at, zone)
        if (moment := said.next_time(one)) is not None:
            yield (
                "Next try",
                f"{absolute(moment, zone)}" + (f" · {from_now(moment, now)}" if moment > now else ""),
            )
        if one.settled_at is not None:
            yield "Settled", f"{absolute(one.settled_at, zone)} · {ago(one.settled_at, now)}"
        yield "Tried", "never" if not one.attempts else "once" if one.attempts == 1 else f"{one.attempts} times"
        yield "Delivery", clean(one.id)

    def _attempts(self, width: int, looks: Looks) -> Lines:
        if self.detail is None or not self.detail.attempts:
            return []
        made: Lines = [[], [Segment("Attempts", looks.base + looks.accent)]]
        if (before := len(self.detail.attempts) - _ATTEMPTS) > 0:
            made.append([Segment(f"… {before} before these", looks.base + looks.muted)])
        for one in self.detail.attempts[-_ATTEMPTS:]:
            made += self._attempt(one, width, looks)
        return made

    def _attempt(self, one: Attempt, width: int, looks: Looks) -> Lines:
        sign, word = said.outcome(one)
        took = f"  in {text}" if (text := said.took(one)) else ""
        head = f"{sign} {pad(str(one.number), 3)}{brief(one.began_at, self._desk.zone)}  {word}{took}"
        sentence = wrap(clean(one.sentence[:_SENTENCE]), max(1, width - 5)) if one.sentence else []
        return [
            [Segment(head, looks.base + said.attempt_ink(one.outcome, looks))],
            *([Segment("     " + line, looks.base + looks.muted)] for line in sentence),
        ]

    def _payload(self, width: int, looks: Looks) -> Lines:
        if self.detail is None or self.record is None or self.record.rule_id == DIRECT:
            return []
        text = json.format(bytes(self.detail.data), indent=2).decode("utf-8", "replace")
        if text in ("{}", "null"):
            return []
        return [[], [Segment("Payload", looks.base + looks.accent)], *_wrapped(text, width, looks)]


def _tells_more(one: Delivery) -> bool:
    return one.rule_id not in (one.rule_name, DIRECT) and bool(one.rule_name)


def _wrapped(text: str, width: int, looks: Looks) -> Lines:
    shown = clean(text[:_LONGEST], multiline=True)
    return [[Segment(line, looks.base)] for line in wrap(shown, width)]
