"""One rule, whole: what it listens to, when it sends, what it says, and what it sent last."""

from collections.abc import Iterator, Sequence
from json import dumps

from rich.segment import Segment

from core.api.deliveries import Delivery
from core.api.rules import Rule
from core.text import clean, excerpt, pad
from tui.desk import Desk
from tui.widgets.looks import WORDS, Looks
from tui.widgets.text_view import NAMES, Lines, TextView, fact
from tui.words import deliveries as delivered
from tui.words import rules as said
from tui.words.times import absolute, age, ago, from_now
from tui.wrapping import wrap

_LONGEST = 10_000
_SENTENCE = 2_000


class RuleText(TextView):
    """Shows one, or nothing."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="text")
        self._desk = desk
        self.record: Rule | None = None
        self._sent: Sequence[Delivery] | None = None

    def show(self, record: Rule | None, sent: Sequence[Delivery] | None = None) -> None:
        """Show it, from its start unless it is the one that was shown, with its latest deliveries once they are
        known."""
        if record is None or self.record is None or record.id != self.record.id:
            self.to_start()
        self.record, self._sent = record, sent
        self.lay_out()

    def lines(self, width: int, looks: Looks) -> Lines:
        one = self.record
        if one is None:
            return []
        state = said.state(one)
        sign, word = said.STATES[state]
        made: Lines = [
            [],
            [
                Segment(f"{sign} {word}", looks.base + said.ink(state, looks)),
                Segment(f"   {WORDS[one.severity]}", looks.base + looks.severity(one.severity)),
            ],
            [],
        ]
        made += [[Segment(line, looks.base + looks.strong)] for line in wrap(clean(one.name or one.id), width)]
        if one.problem:
            problem = wrap(clean(one.problem[:_SENTENCE]), width)
            made += [[], *([Segment(line, looks.base + looks.critical)] for line in problem)]
        made.append([])
        for name, value in self._facts(one):
            for number, line in enumerate(wrap(value, max(1, width - NAMES))):
                made.append(fact("" if number else name, line, looks))
        made += self._condition(one, width, looks)
        for title, text in (("Title", one.title), ("Text", one.template)):
            if text:
                made += _headed(title, wrap(clean(text[:_LONGEST], multiline=True), width), looks)
        return [*made, *self._deliveries(width, looks), []]

    def _facts(self, one: Rule) -> Iterator[tuple[str, str]]:
        now, zone, kept = self._desk.now, self._desk.zone, one.cooldown
        if one.name and one.name != one.id:
            yield "Id", clean(one.id)
        yield "Events", clean(", ".join(one.events)[:_SENTENCE])
        yield "Channels", clean(", ".join(one.channels)[:_SENTENCE])
        if one.workspace:
            yield "Only in", clean(one.workspace)
        if one.cooldown_ms:
            yield "Cooldown", said.lasting(one.cooldown_ms) + self._held(one)
        if kept.last_fired_at is not None:
            yield "Last fired", f"{absolute(kept.last_fired_at, zone)} · {ago(kept.last_fired_at, now)}"
        since = f", {kept.dropped_since:,} of them since then" if kept.dropped_since else ""
        held = f" · held back {kept.dropped:,}{since}" if kept.dropped else ""
        yield "Fired", f"{kept.fired:,}{held}" if kept.fired or kept.dropped else "never"
        yield "From", clean(one.place[:_SENTENCE]) if one.place else said.SOURCES[one.source]
        if one.created_at is not None:
            yield "Made", f"{absolute(one.created_at, zone)} · {ago(one.created_at, now)}"
        if one.updated_at is not None and one.updated_at != one.created_at:
            yield "Changed", f"{absolute(one.updated_at, zone)} · {ago(one.updated_at, now)}"

    def _held(self, one: Rule) -> str:
        ready, now = one.cooldown.ready_at, self._desk.now
        if ready is None or ready <= now:
            return ""
        return f" · holds back until {absolute(ready, self._desk.zone)} · {from_now(ready, now)}"

    def _condition(self, one: Rule, width: int, looks: Looks) -> Lines:
        if one.condition is None:
            return []
        words = [line for text in said.condition(one.condition) for line in _hung(text, width)]
        made = _headed("Only when", words, looks)
        written = wrap(clean(dumps(one.condition, ensure_ascii=False)[:_LONGEST]), width)
        return [*made, [], *([Segment(line, looks.base + looks.muted)] for line in written)]

    def _deliveries(self, width: int, looks: Looks) -> Lines:
        if not self._sent:
            return []
        made = _headed("Latest deliveries", (), looks)
        for one in self._sent:
            sign, word = delivered.STATES[one.status]
            start = f"{sign} {pad(word, 10)}{pad(age(one.scheduled_at, self._desk.now), 5)}"
            rest = excerpt(f"{one.channel}  {delivered.title(one)}", max(1, width - len(start)))
            made.append([Segment(start + rest, looks.base + delivered.ink(one.status, looks))])
        return made


def _headed(title: str, lines: Sequence[str], looks: Looks) -> Lines:
    return [[], [Segment(title, looks.base + looks.accent)], *([Segment(line, looks.base)] for line in lines)]


def _hung(text: str, width: int) -> list[str]:
    """A line that goes on below where it began."""
    inner = text.lstrip(" ")
    indent = " " * min(len(text) - len(inner), width // 2)
    return [indent + line for line in wrap(inner, max(1, width - len(indent)))]
