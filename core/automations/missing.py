"""What becomes of occurrences that are due: run, late or as one for all that were missed; or noted as missed.

It depends on nothing but the times, so that it can be read as a table."""

from collections.abc import Callable
from typing import Literal, NamedTuple

from core.clock import HOUR, MINUTE
from storage.ids import Instant

MOST_COUNTED = 1_000
"""More missed runs than this are not counted: it says 1,000+."""

_SHORTEST_GRACE = MINUTE
_LONGEST_GRACE = 2 * HOUR

Following = Callable[[Instant], Instant | None]


class Missed(NamedTuple):
    """The latest of the occurrences that nobody runs any more, and how many they are."""

    latest: Instant
    number: int


class Verdict(NamedTuple):
    """What to do with all that is due. `steps` is what it took to find out."""

    run: Instant | None
    trigger: Literal["schedule", "catch-up"]
    missed_count: int  # that the run stands for
    missed: Missed | None  # that no run stands for
    following: Instant | None
    steps: int


def grace(period: int) -> int:
    """How late a run still is on time, so to speak."""
    return max(_SHORTEST_GRACE, min(period // 2, _LONGEST_GRACE))


def judge(first: Instant, now: Instant, following: Following, *, run_missed: bool) -> Verdict:
    """What to do with the occurrences from `first`, which is due, up to now."""
    due, then = [first], following(first)
    while then is not None and then <= now and len(due) < MOST_COUNTED:
        due.append(then)
        then = following(then)
    count, steps = len(due), len(due)
    if then is not None and then <= now:
        due, then, more = _latest(then, now, following)
        steps += more
    latest = due[-1]
    before = due[-2] if len(due) > 1 else None
    in_time = now - latest <= grace(_LONGEST_GRACE * 2 if then is None else then - latest)
    if run_missed and (count > 1 or not in_time):
        return Verdict(latest, "catch-up", count, None, then, steps)
    if not in_time:
        return Verdict(None, "schedule", 0, Missed(latest, count), then, steps)
    missed = None if before is None else Missed(before, count - 1)
    return Verdict(latest, "schedule", 0, missed, then, steps)


def _latest(begin: Instant, now: Instant, following: Following) -> tuple[list[Instant], Instant | None, int]:
    """The last two occurrences up to now and the one after them, found by halving."""
    before, latest, steps = begin, begin, 0
    end: int = now
    while latest < end:
        middle = Instant((latest + end) // 2)
        found, steps = following(middle), steps + 1
        if found is not None and found <= now:
            before, latest = latest, found
        else:
            end = middle
    return [before, latest], following(latest), steps + 1
