"""Rules and what they make of an event, in words and signs. A sign is never without its word."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from json import dumps

from rich.style import Style

from core.api.rules import Rule, RuleVerdict
from core.text import clean
from tui.widgets.looks import Looks
from tui.words.times import age

STATES: dict[str, tuple[str, str]] = {"on": ("●", "On"), "off": ("■", "Off"), "problem": ("✖", "Problem")}

OPS: dict[str, str] = {
    "==": "is",
    "!=": "is not",
    ">": "is more than",
    ">=": "is at least",
    "<": "is less than",
    "<=": "is at most",
    "includes": "includes",
    "not_includes": "does not include",
    "exists": "is there",
    "not_exists": "is not there",
}

SOURCES: dict[str, str] = {
    "file": "a file of the home",
    "api": "the app, a command or the API",
    "deadline": "the watch over deadlines",
    "gate": "a quality gate",
}
_ADDED = {"file": "a file", "api": "added", "deadline": "a deadline", "gate": "a gate"}
_UNITS = ((86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s"), (1, "ms"))
_LONGEST = 2_000
_STEP = "   "


def state(one: Rule) -> str:
    if not one.enabled:
        return "off"
    return "problem" if one.problem else "on"


def ink(state: str, looks: Looks) -> Style:
    return {"on": looks.accent, "off": looks.muted, "problem": looks.critical}[state]


def fired(one: Rule, now: datetime) -> str:
    """When it last fired: `5m`, `3h`, or that it never has."""
    return "never" if one.cooldown.last_fired_at is None else age(one.cooldown.last_fired_at, now)


def counts(one: Rule) -> str:
    """`14 (3)`: how many it fired, and how many its cooldown held back."""
    dropped = one.cooldown.dropped
    return f"{one.cooldown.fired:,}" + (f" ({dropped:,})" if dropped else "")


def origin(one: Rule) -> str:
    """Where it comes from, for a column."""
    return clean(one.place[:_LONGEST]) if one.place else _ADDED[one.source]


def lasting(milliseconds: int) -> str:
    """`5m`, `1h30m`, `1s500ms`: as it is written in the form, too."""
    said, rest = "", milliseconds
    for size, unit in _UNITS:
        count, rest = divmod(rest, size)
        said += f"{count}{unit}" if count else ""
    return said


def condition(written: object) -> Iterator[str]:
    """A condition as a person says it, line by line: what belongs together is one step further in."""
    yield from _said(written, "", "")


def _said(written: object, indent: str, first: str) -> Iterator[str]:
    match written:
        case {"and": [*parts]}:
            yield from _group(parts, "all of these hold:" if parts else "always", indent, first)
        case {"or": [*parts]}:
            yield from _group(parts, "one of these holds:" if parts else "never", indent, first)
        case {"not": inner}:
            yield from _said(inner, indent, f"{first}not: ")
        case {"field": str(field), "op": str(op), **rest} if op in OPS:
            name = clean(field[:_LONGEST]) or "the payload"
            compared = "" if op in ("exists", "not_exists") else f" {value(rest.get('value'))}"
            yield f"{indent}{first}{name} {OPS[op]}{compared}"
        case _:
            yield f"{indent}{first}{value(written)}"


def _group(parts: Sequence[object], words: str, indent: str, first: str) -> Iterator[str]:
    yield f"{indent}{first}{words}"
    for part in parts:
        yield from _said(part, indent + _STEP, "- ")


def value(known: object) -> str:
    """A value as JSON, on one line."""
    try:
        return clean(dumps(known, ensure_ascii=False)[:_LONGEST])
    except (TypeError, ValueError, RecursionError):
        return "(cannot display)"


VERDICTS: dict[str, tuple[str, str]] = {
    "fires": ("✓", "Fires"),
    "cooldown": ("»", "Held back"),
    "condition": ("✖", "Condition"),
    "scope": ("–", "Other scope"),
    "workspace": ("–", "Other workspace"),
    "router": ("–", "Router's own"),
    "off": ("■", "Off"),
    "pattern": ("·", "Other events"),
}


def verdict_ink(one: RuleVerdict, looks: Looks) -> Style:
    return {"fires": looks.accent, "cooldown": looks.warning, "condition": looks.critical}.get(
        one.why, looks.muted
    )
