"""When an automation runs by itself: what its expression and zone say, and what that means for a row."""

from datetime import datetime
from functools import lru_cache

from core.automations.cron import Expression, Note, check_year, next_run, parse, resolve_wall_time, zone
from core.clock import MINUTE, SECOND, from_datetime
from core.errors import InvalidError
from storage.automations import AutomationRow
from storage.ids import Instant

ONE_TIME_GRACE = 5 * MINUTE
"""How long past the time of a one-time automation may be when it is saved."""

_FIRST_PAUSE = 5 * SECOND
_LONGEST_PAUSE = 5 * MINUTE
_SHORTEST_TURN = SECOND


@lru_cache(maxsize=4096)
def expression(text: str) -> Expression:
    return parse(text)


def following(cron: str, zone_name: str, after: Instant) -> Instant | None:
    """The first run of an expression after an instant."""
    return next_run(expression(cron), zone(zone_name), after)


def next_of(row: AutomationRow, after: Instant) -> Instant | None:
    """When an enabled automation is due next, all up to an instant being accounted for. A loop is due at once."""
    match row.type:
        case "recurring":
            return following(row.cron or "", row.zone or "UTC", after)
        case "one-time":
            return row.run_at
        case "loop":
            return after
        case _:
            return None


def instant_of(text: str, zone_name: str) -> tuple[Instant, Note | None]:
    """An instant as it was typed: with its offset, or as the wall of the zone shows it; and what a clock change
    does to it."""
    try:
        typed = datetime.fromisoformat(text.strip())
    except (ValueError, OverflowError):
        raise InvalidError(
            "This is not a time: write it like 2026-12-01T09:00, or 2026-12-01T09:00Z.", "at"
        ) from None
    try:
        if typed.tzinfo is not None:
            check_year(typed)
            return from_datetime(typed), None
        return resolve_wall_time(zone(zone_name), typed)
    except InvalidError as error:
        raise InvalidError(error.sentence, "at") from None


def after_run(outcome: str, failures: int, started: Instant, ended: Instant) -> Instant:
    """When a loop goes on after a run: at once, or with pauses that grow where runs do not succeed."""
    if outcome == "succeeded":
        return Instant(max(ended, started + _SHORTEST_TURN))
    doublings = min(max(failures - 1, 0), 10)
    return Instant(ended + min(_FIRST_PAUSE << doublings, _LONGEST_PAUSE))
