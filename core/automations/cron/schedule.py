"""When an expression runs in a zone, as Debian's cron would run it.

A wildcard job follows real time. A fixed-time job runs on the first pass of repeated wall times only, and once,
at the first minute after a gap, for all that the gap skipped. The answer depends on nothing but the arguments
and the zone data."""

from zoneinfo import ZoneInfo

from core.automations.cron.expression import Expression
from core.automations.cron.walltime import first_match
from core.automations.cron.zones import LAST_YEAR, Stretch, stretches, year_of
from core.clock import SECOND
from storage.ids import Instant


def next_run(expression: Expression, zone: ZoneInfo, after: Instant) -> Instant | None:
    """The first run strictly after an instant; none before the calendar ends."""
    second = after // SECOND
    fixed = not expression.follows_real_time
    asked, match = 0, -1
    for year in range(year_of(second), LAST_YEAR + 1):
        for stretch in stretches(zone, year):
            if stretch.end - 1 <= second:
                continue
            begin = _begin(stretch, second, fixed)
            if not asked <= begin <= match:
                found = first_match(expression, begin)
                if found is None:
                    return None
                asked, match = begin, found
            run = max(match - stretch.offset, stretch.first)
            if run < stretch.end:
                return Instant(run * SECOND)
            second = stretch.end - 1
    return None


def runs(expression: Expression, zone: ZoneInfo, after: Instant, n: int) -> list[Instant]:
    """The next `n` runs strictly after an instant."""
    found: list[Instant] = []
    while len(found) < n:
        following = next_run(expression, zone, found[-1] if found else after)
        if following is None:
            break
        found.append(following)
    return found


def _begin(stretch: Stretch, second: int, fixed: bool) -> int:
    """The wall second from which a match within the stretch counts, when all up to `second` is past."""
    if second < stretch.first:
        return stretch.owed if fixed else stretch.first + stretch.offset
    begin = second + stretch.offset + 1
    return max(begin, stretch.owed) if fixed else begin
