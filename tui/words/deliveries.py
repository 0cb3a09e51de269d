"""Deliveries and their attempts, in words and signs. A sign is never without its word."""

from datetime import datetime, timedelta

from rich.style import Style

from core.api.deliveries import DIRECT, Attempt, Delivery
from core.text import clean
from tui.widgets.looks import Looks
from tui.words.times import ahead, duration

STATES: dict[str, tuple[str, str]] = {
    "pending": ("○", "Pending"),
    "sent": ("✓", "Sent"),
    "failed": ("✖", "Failed"),
    "dropped": ("»", "Dropped"),
    "cancelled": ("■", "Cancelled"),
}

OUTCOMES: dict[str, tuple[str, str]] = {
    "sent": ("✓", "sent"),
    "retry": ("‖", "wants to wait"),
    "transient": ("▲", "did not work"),
    "refused": ("✖", "refused"),
    "gone": ("✖", "channel gone"),
    "ambiguous": ("?", "may have arrived"),
    "interrupted": ("▲", "interrupted"),
}


_AT_ONCE = timedelta(seconds=20)
"""For how long something that is due may be under way."""


def ink(status: str, looks: Looks) -> Style:
    """What a state is written with: what failed stands out."""
    return {
        "pending": looks.info,
        "sent": looks.accent,
        "failed": looks.critical,
        "dropped": looks.warning,
    }.get(status, looks.muted)


def attempt_ink(outcome: str, looks: Looks) -> Style:
    return {"sent": looks.accent, "refused": looks.critical, "gone": looks.critical}.get(outcome, looks.warning)


def outcome(one: Attempt) -> tuple[str, str]:
    return OUTCOMES.get(one.outcome) or ("·", clean(one.outcome))


def rule(one: Delivery) -> str:
    return one.rule_name or one.rule_id


def event(one: Delivery) -> str:
    return "by hand" if one.rule_id == DIRECT else one.event


def title(one: Delivery) -> str:
    return one.title.strip() or one.event


def next_time(one: Delivery) -> datetime | None:
    """When a pending one is tried, first or again."""
    return (one.next_attempt_at or one.fires_at) if one.status == "pending" else None


def waits(one: Delivery, now: datetime) -> str:
    """What one that is pending waits for; nothing, of any other."""
    moment = next_time(one)
    if moment is None:
        return ""
    if moment < now - _AT_ONCE:
        return "waits for its channel"
    when = ahead(moment, now)
    if one.attempts:
        return f"is tried again {when}" if when != "due" else "is being tried again"
    return f"goes out {when}" if when != "due" else "is on its way"


def soon(one: Delivery, now: datetime) -> str:
    """The same in a column: `in 5m`, `again in 4m`, `waiting`."""
    moment = next_time(one)
    if moment is None:
        return ""
    if moment < now - _AT_ONCE:
        return "waiting"
    when = ahead(moment, now).replace("due", "now")
    return f"again {when}" if one.attempts else when


def took(one: Attempt) -> str:
    return "" if one.took_ms is None else duration(one.took_ms)
