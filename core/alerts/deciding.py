"""Whether a notification that came in is told now, later or not at all."""

from datetime import datetime, timedelta, tzinfo
from typing import Literal

from core.api.inbox import Severity
from core.api.people import DesktopAlerts

Attention = Literal["unknown", "focused", "blurred"]
"""Whether the terminal's window has the focus, as far as the terminal says."""
Decision = Literal["tell", "hold", "drop"]

AWAY_AFTER = 60.0  # seconds without a key, where the terminal says nothing of its focus


def away(attention: Attention, idle: float) -> bool:
    """Whether the person looks elsewhere. `idle` is for how many seconds no key was pressed."""
    return attention == "blurred" or (attention == "unknown" and idle >= AWAY_AFTER)


def decide(severity: Severity, when: DesktopAlerts, *, is_away: bool, is_quiet: bool) -> Decision:
    """In quiet hours all but what is critical is held until they end."""
    if when == "never" or (when == "away" and not is_away):
        return "drop"
    return "hold" if is_quiet and severity != "critical" else "tell"


def quiet_until(now: datetime, zone: tzinfo, begin: str | None, end: str | None) -> datetime | None:
    """When the quiet hours end that are now, if it is in them that we are. They may go over midnight."""
    if begin is None or end is None:
        return None
    local = now.astimezone(zone)
    clock = f"{local:%H:%M}"
    inside = begin <= clock < end if begin < end else clock >= begin or clock < end
    if not inside:
        return None
    hour, minute = map(int, end.split(":"))
    wall = local.replace(hour=hour, minute=minute, second=0, microsecond=0, fold=0)
    if clock >= end:
        wall = (wall.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=zone)
    return wall
