"""Channels, in words and signs. A sign is never without its word."""

from datetime import datetime

from rich.style import Style

from core.api.channels import Channel, Day, Setting
from core.text import clean
from tui.widgets.looks import Looks
from tui.words.times import age

STATES: dict[str, tuple[str, str]] = {
    "working": ("●", "Working"),
    "paused": ("‖", "Paused"),
    "disabled": ("■", "Disabled"),
    "broken": ("✖", "Broken"),
}

_LONGEST_SETTING = 2_000


def ink(state: str, looks: Looks) -> Style:
    """What a state is written with: what does not work stands out."""
    return {
        "working": looks.accent,
        "paused": looks.warning,
        "disabled": looks.warning,
        "broken": looks.critical,
    }.get(state, looks.muted)


def last(one: Channel, now: datetime) -> str:
    """How the last delivery ended, with its age: `✓ 5m`, `✖ 3h`."""
    if one.last_state is None or one.last_at is None:
        return "nothing"
    return f"{'✓' if one.last_state == 'sent' else '✖'} {age(one.last_at, now)}"


def pending(one: Channel) -> str:
    return f"{one.pending:,}" if one.pending else ""


def counts(sent: int, failed: int, dropped: int) -> str:
    """`12 sent, 1 failed`; what did not happen is not said."""
    told = [(sent, "sent"), (failed, "failed"), (dropped, "dropped")]
    return ", ".join(f"{number:,} {word}" for number, word in told if number) or "nothing"


def of_day(day: Day) -> str:
    return counts(day.sent, day.failed, day.dropped)


def setting(value: Setting) -> str:
    """A setting on one line."""
    match value:
        case bool():
            return "yes" if value else "no"
        case list():
            text = ", ".join(value)
        case dict():
            text = ", ".join(f"{name}: {each}" for name, each in value.items())
        case _:
            text = str(value)
    return clean(text[:_LONGEST_SETTING])
