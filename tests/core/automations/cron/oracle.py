"""Debian's cron, minute by minute: slow, and written from its manual pages without looking at what it judges.

The daemon keeps a virtual time. While the wall clock goes on by a minute at a time, all jobs run. After a forward
step of less than three hours the wildcard jobs of the present minute run, and the fixed-time jobs of all minutes
that were skipped. After a backward step of up to three hours only wildcard jobs run until the virtual time is
reached again. A larger step is a correction, and virtual time follows it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_MINUTE = timedelta(minutes=1)
_WARM_UP = timedelta(days=1)
_LIMIT = 180
_NAMES = {
    name: str(number)
    for names, first in (
        ("jan feb mar apr may jun jul aug sep oct nov dec", 1),
        ("sun mon tue wed thu fri sat", 0),
    )
    for number, name in enumerate(names.split(), first)
}


class Job:
    """An expression as the manual page of crontab describes it."""

    def __init__(self, expression: str) -> None:
        minute, hour, day, month, weekday = expression.lower().split()
        self.minutes = _expand(minute, 0, 59)
        self.hours = _expand(hour, 0, 23)
        self.days = _expand(day, 1, 31)
        self.months = _expand(month, 1, 12)
        self.weekdays = {value % 7 for value in _expand(weekday, 0, 7)}
        self.wildcard = minute[0] == "*" or hour[0] == "*"
        self.both = day[0] == "*" or weekday[0] == "*"

    def matches(self, wall: datetime) -> bool:
        if wall.minute not in self.minutes or wall.hour not in self.hours or wall.month not in self.months:
            return False
        by_date, by_weekday = wall.day in self.days, wall.isoweekday() % 7 in self.weekdays
        return (by_date and by_weekday) if self.both else (by_date or by_weekday)


def _expand(field: str, low: int, high: int) -> set[int]:
    found: set[int] = set()
    for term in field.split(","):
        span, _, step = term.partition("/")
        first, dash, last = (f"{low}-{high}" if span == "*" else span).partition("-")
        start = int(_NAMES.get(first, first))
        end = int(_NAMES.get(last, last)) if dash else start
        found.update(range(start, end + 1, int(step or 1)))
    return found


def fires(expression: str, zone: ZoneInfo, after: datetime, until: datetime) -> list[datetime]:
    """All instants after one and up to another at which cron starts the job."""
    job = Job(expression)
    now = after.replace(second=0, microsecond=0) - _WARM_UP
    virtual = _wall(now, zone)
    found = []
    while (now := now + _MINUTE) <= until:
        wall = _wall(now, zone)
        step = (wall - virtual) // _MINUTE
        if -_LIMIT < step <= 0:
            starts = job.wildcard and job.matches(wall)
        elif 1 < step <= _LIMIT and not job.wildcard:
            starts = any(job.matches(virtual + _MINUTE * skipped) for skipped in range(1, step + 1))
            virtual = wall
        else:
            starts = job.matches(wall)
            virtual = wall
        if starts and now > after:
            found.append(now)
    return found


def _wall(now: datetime, zone: ZoneInfo) -> datetime:
    return now.astimezone(UTC).astimezone(zone).replace(tzinfo=None)
