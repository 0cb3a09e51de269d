"""What each rule makes of one event, and why, as the rules and their cooldowns are now: first what fires, last
what listens to others."""

from collections.abc import Iterator, Sequence

from rich.segment import Segment

from core.api.rules import ConditionPart, Explanation, RuleVerdict
from core.events.catalogue import word
from core.text import clean
from tui.desk import Desk
from tui.widgets.event_text import payload_lines
from tui.widgets.looks import GLYPHS, WORDS, Looks
from tui.widgets.text_view import NAMES, Lines, TextView, fact
from tui.words import rules as said
from tui.words.times import absolute, ago
from tui.wrapping import wrap

_SENTENCE = 2_000
_LONGEST = 4_000
_MOST_SAID = 200  # rules that hear of other events
_MOST_HEARD = 200  # rules that hear of this one
_ORDER = ("fires", "cooldown", "condition", "scope", "workspace", "router", "off", "pattern")


class ExplainText(TextView):
    """Shows one explanation, or nothing. `first` is the rule that is asked about."""

    def __init__(self, desk: Desk, first: str = "") -> None:
        super().__init__(id="text")
        self._desk = desk
        self._first = first
        self.found: Explanation | None = None

    def show(self, found: Explanation | None) -> None:
        self.found = found
        self.lay_out()

    def lines(self, width: int, looks: Looks) -> Lines:
        found = self.found
        if found is None:
            return []
        wording = word(found.event, found.data)
        made: Lines = [
            [],
            [
                Segment(
                    f"{GLYPHS[wording.severity]} {WORDS[wording.severity]}",
                    looks.base + looks.severity(wording.severity),
                )
            ],
            [],
        ]
        title = wrap(clean(wording.title[:_SENTENCE]), width)
        made += [[Segment(line, looks.base + looks.strong)] for line in title]
        made.append([])
        for name, value in self._facts(found):
            for number, line in enumerate(wrap(clean(value), max(1, width - NAMES))):
                made.append(fact("" if number else name, line, looks))
        asked = sorted(found.verdicts, key=lambda one: (one.rule_id != self._first, _ORDER.index(one.why)))
        heard = [one for one in asked if one.why != "pattern" or one.rule_id == self._first]
        for one in heard[:_MOST_HEARD]:
            made += self._verdict(one, width, looks)
        if (more := len(heard) - _MOST_HEARD) > 0:
            made += [[], [Segment(f"{more:,} more rules listen to it: callboard rules explain", looks.base)]]
        others = [one.rule_id for one in asked[len(heard) :]]
        return [*made, *_others(others, bool(heard), width, looks), *payload_lines(found.data, width, looks), []]

    def _facts(self, found: Explanation) -> Iterator[tuple[str, str]]:
        yield "Event", found.event
        if found.recorded_at is not None:
            when = absolute(found.recorded_at, self._desk.zone)
            yield "Happened", f"{when} · {ago(found.recorded_at, self._desk.now)}"
        if found.workspace:
            yield "Workspace", found.workspace
        if found.muted:
            yield "Decides", f"the {found.scope}, which is muted"
        elif found.scope != "global":
            yield "Decides", f"the {found.scope}: it has rules of its own for this event"
        yield "Would send", _sends(found)

    def _verdict(self, one: RuleVerdict, width: int, looks: Looks) -> Lines:
        sign, word_ = said.VERDICTS[one.why]
        ink = said.verdict_ink(one, looks)
        scope = "" if one.scope == "global" else f" · of the {one.scope}"
        headline = clean(f"{one.rule_id[:_SENTENCE]}{scope}")
        made: Lines = [[]]
        for number, line in enumerate(wrap(f"{sign} {word_}  {headline}", width)):
            made.append([Segment(line if not number else f"  {line}", looks.base + ink)])
        made += _inset(clean(one.sentence[:_SENTENCE]), width, looks)
        made += [line for part in one.parts[:_MOST_SAID] for line in _part(part, width, looks)]
        if one.text is not None:
            made += [[], *_inset(clean(one.text.title[:_SENTENCE]), width, looks, strong=True)]
            made += _inset(clean(one.text.body[:_LONGEST], multiline=True).strip(), width, looks)
        return made


def _part(part: ConditionPart, width: int, looks: Looks) -> Lines:
    """One comparison, and the value that it met."""
    sign, ink = ("✓", looks.accent) if part.holds else ("✖", looks.warning)
    holds = "holds" if part.holds else "does not hold"
    text = clean(f"{part.text[:_SENTENCE]} {holds}: here it is {part.found[:_SENTENCE]}")
    lines = wrap(text, max(1, width - 4))
    return [
        [Segment(f"  {sign} {line}" if not number else f"    {line}", looks.base + ink)]
        for number, line in enumerate(lines)
    ]


def _inset(text: str, width: int, looks: Looks, *, strong: bool = False) -> Lines:
    ink = looks.strong if strong else looks.base
    return [[Segment(f"  {line}", looks.base + ink)] for line in wrap(text, max(1, width - 2))] if text else []


def _others(ids: Sequence[str], some: bool, width: int, looks: Looks) -> Lines:
    """The rules that listen to other events, in a few words."""
    if not ids:
        return [] if some else [[], [Segment("There is no rule yet.", looks.base)]]
    more = f" and {len(ids) - _MOST_SAID:,} more" if len(ids) > _MOST_SAID else ""
    listen = "1 rule listens" if len(ids) == 1 else f"{len(ids):,} rules listen"
    text = clean(f"{listen} to other events: {', '.join(one[:100] for one in ids[:_MOST_SAID])}{more}")
    return [[], *([Segment(line, looks.base + looks.muted)] for line in wrap(text, width))]


def _sends(found: Explanation) -> str:
    """To which channels it goes, each once."""
    firing = [one for one in found.verdicts if one.fires]
    if not firing:
        return "nothing"
    names = dict.fromkeys(name for one in firing for name in one.channels)
    return f"{', '.join(names)} ({len(firing)} {'rule fires' if len(firing) == 1 else 'rules fire'})"
