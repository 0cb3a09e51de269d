"""When a deadline nears, passes and is kept. It is pure: instants come in, and what is to be told comes out."""

from typing import Final, Literal, NamedTuple

from core.api.tickets import DeadlineState
from storage.ids import Instant

WARNED_AT: Final = 0.8
"""The part of the time after which a warning is due, unless the configuration says another."""

Told = Literal["warning", "violated", "met"]


class Look(NamedTuple):
    """What a look at a deadline finds: what to tell, its state, and when to look again."""

    told: Told | None
    state: DeadlineState
    then: Instant | None


def warning_at(set_at: Instant, deadline: Instant, share: float) -> Instant:
    """When the warning is due; at once, for a deadline that was past when it was set."""
    return Instant(set_at + round(max(0, deadline - set_at) * share))


def used(set_at: Instant, deadline: Instant, now: Instant) -> float:
    """The part of the time that is gone: all of it, where there was none."""
    span = deadline - set_at
    return 1.0 if span <= 0 else max(0.0, (now - set_at) / span)


def armed(state: str, set_at: Instant, deadline: Instant, share: float) -> Instant | None:
    """When to look at it, as long as what it is of is not over."""
    match state:
        case "open":
            return min(warning_at(set_at, deadline, share), _past(deadline))
        case "warned":
            return _past(deadline)
        case _:
            return None


def look(state: str, set_at: Instant, deadline: Instant, now: Instant, share: float) -> Look:
    """It has passed when now is later. What was never warned of when it passed is not warned of any more."""
    if state not in ("open", "warned"):
        return Look(None, "violated" if state == "violated" else "met", None)
    if now > deadline:
        return Look("violated", "violated", None)
    if state == "open" and now >= warning_at(set_at, deadline, share):
        return Look("warning", "warned", _past(deadline))
    return Look(None, "open" if state == "open" else "warned", armed(state, set_at, deadline, share))


def finished(state: str, deadline: Instant, now: Instant) -> Look:
    """What was completed: in time, or late, which is told unless it was told before."""
    if state not in ("open", "warned"):
        return Look(None, "violated" if state == "violated" else "met", None)
    return Look("met", "met", None) if now <= deadline else Look("violated", "violated", None)


def taken_up(state: str, set_at: Instant, deadline: Instant, now: Instant, share: float) -> DeadlineState:
    """The state from which a thing that was over goes on: what was kept can still be missed, and nobody is warned
    twice."""
    match state:
        case "violated":
            return "violated"
        case "met":
            return "warned" if now >= warning_at(set_at, deadline, share) else "open"
        case "warned":
            return "warned"
        case _:
            return "open"


def _past(deadline: Instant) -> Instant:
    return Instant(deadline + 1)
