"""Sessions, draft plans, round tables and notifications of My Work, in words and signs. A sign is never without
its word. Nothing here is slow to load: the first frame is drawn with it."""

from datetime import datetime

from rich.style import Style

from core.api.work import TYPES, WorkItem
from core.text import clean
from tui.widgets.looks import Looks
from tui.words.times import age

ORDER = tuple(TYPES)

SESSION_STATES: dict[str, tuple[str, str]] = {
    "queued": ("○", "Queued"),
    "running": ("▶", "Running"),
    "asking": ("◆", "Asking"),
    "waiting": ("●", "Waiting"),
    "done": ("✓", "Done"),
    "failed": ("✖", "Failed"),
    "cancelled": ("■", "Cancelled"),
}

_OTHER_STATES: dict[str, tuple[str, str]] = {
    "unread": ("●", "Unread"),
    "read": ("·", "Read"),
    "snoozed": ("◦", "Snoozed"),
    "dismissed": ("■", "Dismissed"),
}

_DOING = {
    "queued": "waits for a free place",
    "running": "is at work",
    "asking": "waits for an answer",
    "waiting": "waits for you",
}

_INKS = {"failed": "critical", "waiting": "info", "running": "accent", "done": "accent"}


def number_of(item: WorkItem) -> int:
    """What tells it apart from everything else, of its type or of another."""
    return item.id * len(ORDER) + ORDER.index(item.type)


def state(item: WorkItem) -> tuple[str, str]:
    """Its sign and its word."""
    known = SESSION_STATES if item.type == "session" else _OTHER_STATES
    if item.state in known:
        return known[item.state]
    sign = "◆" if item.needs else "✓" if item.over else "○"
    return sign, clean(item.state).replace("_", " ").capitalize()


def ink(item: WorkItem, looks: Looks) -> Style:
    """What a state is written with: what needs somebody stands out."""
    if item.type == "notification":
        return looks.severity(item.severity)
    name = _INKS.get(item.state, "warning" if item.needs else "")
    return {
        "critical": looks.critical,
        "warning": looks.warning,
        "info": looks.info,
        "accent": looks.accent,
    }.get(name, looks.muted)


def title(item: WorkItem) -> str:
    return clean(item.title) or f"{TYPES[item.type].name} {item.id}"


def doing(item: WorkItem) -> str:
    """What it is doing now, or why it is where it is."""
    return clean(item.doing) or (_DOING.get(item.state, "") if item.type == "session" else "")


def how_long(item: WorkItem, now: datetime) -> str:
    """For how long it has been like this, in at most four cells."""
    passed = age(item.since, now)
    return "<1m" if passed == "now" else passed


def need(count: int) -> str:
    """How many need somebody."""
    return f"{count} need{'s' if count == 1 else ''} you" if count else ""
