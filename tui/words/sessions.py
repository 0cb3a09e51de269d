"""Sessions, their stages and their costs, in words and signs. A sign is never without its word."""

from datetime import datetime

from rich.style import Style

from core.api.approvals import Approval
from core.api.sessions import KINDS, Session, SessionDetail, Stage, Turn
from core.text import clean
from tui.widgets.looks import Looks
from tui.words.money import IN_FLIGHT as IN_FLIGHT
from tui.words.money import cost as cost
from tui.words.money import money as money
from tui.words.money import plural as plural
from tui.words.money import short_cost as short_cost
from tui.words.times import age, span
from tui.words.work import SESSION_STATES

STATES = SESSION_STATES

STAGES: dict[str, tuple[str, str]] = {
    "pending": ("○", "to come"),
    "running": ("▶", "running"),
    "waiting": ("◆", "waiting"),
    "passed": ("✓", "passed"),
    "failed": ("✖", "failed"),
    "inconclusive": ("?", "inconclusive"),
    "skipped": ("»", "skipped"),
    "interrupted": ("▲", "interrupted"),
    "cancelled": ("■", "cancelled"),
}

OUTCOMES: dict[str, tuple[str, str]] = {
    "succeeded": ("✓", "succeeded"),
    "failed": ("✖", "failed"),
    "cancelled": ("■", "stopped"),
    "timed_out": ("✖", "timed out"),
    "interrupted": ("▲", "interrupted"),
}

ANSWERS: dict[str, str] = {
    "open": "waits for an answer",
    "allowed": "was allowed",
    "refused": "was refused",
    "expired": "expired, which refuses it",
    "cancelled": "is not asked any more",
}

_ANSWERED = {
    "allow_once": "Allowed",
    "reject_once": "Refused",
    "allow_always": "Allowed from now on",
    "reject_always": "Refused from now on",
}

TALKS = frozenset({"chat", "bot"})
"""The kinds that are a conversation first of all."""

_LOUD = {"asking": "warning", "failed": "critical", "waiting": "info", "inconclusive": "warning"}
_LOUD |= {"interrupted": "warning", "timed_out": "critical", "running": "accent", "passed": "accent"}
_LOUD |= {"succeeded": "accent", "done": "accent"}
_KIBI = 1024


def ink(state: str, looks: Looks) -> Style:
    """What a state is written with: those who need somebody stand out."""
    return {
        "warning": looks.warning,
        "critical": looks.critical,
        "info": looks.info,
        "accent": looks.accent,
    }.get(_LOUD.get(state, ""), looks.muted)


def title(one: Session) -> str:
    return clean(one.title) or f"Session {one.id}"


def doing(one: Session) -> str:
    """What it is doing now, or why it is where it is."""
    if one.detail:
        return clean(one.detail)
    if one.state == "asking":
        return f"{one.approvals} questions wait for an answer" if one.approvals > 1 else "waits for an answer"
    if one.outcome is not None and one.state not in IN_FLIGHT:
        return f"the run {OUTCOMES[one.outcome][1]}"
    return {"queued": "waits for a free place", "running": "is at work"}.get(one.state, "")


def since(one: Session) -> datetime:
    """From when on it has been like this, as far as is known."""
    return one.started_at or one.updated_at if one.state == "running" else one.updated_at


def how_long(one: Session, now: datetime) -> str:
    """At most four cells."""
    passed = age(since(one), now)
    return "<1m" if passed == "now" else passed


def lasted(started: datetime | None, ended: datetime | None, now: datetime) -> str:
    """How long something took, or has been taking."""
    if started is None:
        return ""
    return span(((ended or now) - started).total_seconds())


def count(number: int | None) -> str:
    """A number of tokens: `812`, `12.4k`, `1.2M`; or that it is unknown."""
    if number is None:
        return "unknown"
    for limit, letter in ((1_000_000, "M"), (1_000, "k")):
        if number >= limit:
            return f"{number / limit:.1f}{letter}"
    return str(number)


def tokens(one: SessionDetail) -> str:
    """All that its turns read and wrote. One turn that does not say makes the sum a least one."""
    ended = [turn for turn in one.turns if turn.outcome is not None]
    if not ended:
        return "none yet"
    read, written = (_sum([turn.input_tokens for turn in ended]), _sum([turn.output_tokens for turn in ended]))
    return "unknown" if read == written == "unknown" else f"{read} in, {written} out"


def _sum(figures: list[int | None]) -> str:
    known = [figure for figure in figures if figure is not None]
    if not known:
        return "unknown"
    return ("" if len(known) == len(figures) else "at least ") + count(sum(known))


def turn_cost(one: Turn) -> str:
    if one.cost is not None:
        return money(one.cost)
    return "unknown" if one.outcome is not None else "none yet"


def size(octets: int) -> str:
    """`512 B`, `64 KiB`, `18.3 MiB`."""
    if octets < _KIBI:
        return f"{octets} B"
    for unit, limit in (("KiB", _KIBI), ("MiB", _KIBI**2), ("GiB", _KIBI**3)):
        if octets < limit * _KIBI or unit == "GiB":
            return f"{octets / limit:.1f} {unit}".replace(".0 ", " ")
    return ""


def provider(one: Session) -> str:
    return clean(one.provider) + (f"/{clean(one.model)}" if one.model else "")


def kind(one: Session) -> str:
    return f"Bot {clean(one.bot)}" if one.bot else KINDS[one.kind]


def branch(one: Session) -> str:
    if not one.branch:
        return ""
    return clean(one.branch) + (f" → {clean(one.base)}" if one.base else "")


def request(one: Session) -> str:
    """Its pull request, with what is known of it."""
    if not one.pull_request:
        return ""
    return f"{clean(one.pull_request)} ({one.pull_request_state or 'unknown'})"


def tools(one: Session | Turn) -> str:
    """The tools that were denied, and those that failed."""
    said = [(one.denied_tools, "denied"), (one.failed_tools, "failed")]
    return ", ".join(f"{plural(number, 'tool')} {word}" for number, word in said if number)


def stage_title(one: Stage) -> str:
    again = f" (attempt {one.attempt})" if one.attempt > 1 else ""
    return (clean(one.title) or clean(one.name)) + again


def answer_words(one: Approval) -> str:
    """What was answered, in a line."""
    chosen = next((choice for choice in one.choices if choice.id == one.answer), None)
    words = _ANSWERED[chosen.kind] if chosen is not None else one.state.capitalize()
    return f"{words}: {clean(one.title)}"


def settled(one: Approval, when: str) -> str:
    """What became of a question, in a sentence."""
    by = f" by {clean(one.answered_by)}" if one.answered_by else ""
    chosen = next((clean(choice.name) for choice in one.choices if choice.id == one.answer), "")
    answer = f": {chosen}" if chosen else ""
    return f"It {ANSWERS[one.state]}{by}{answer}{', ' + when if when else ''}."
