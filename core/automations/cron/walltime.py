"""When the wall clock next matches an expression, in a calendar without zones.

Wall seconds count from 1970-01-01 00:00 on the wall. The search goes by months, so that 29 February costs no more
than a few steps."""

from bisect import bisect_left
from datetime import MAXYEAR, date

from core.automations.cron.expression import Expression

_EPOCH_DAY = date(1970, 1, 1).toordinal()
_LAST_DAY = date.max.toordinal()
_DAY_MINUTES = 1_440


def first_match(expression: Expression, second: int) -> int | None:
    """The first matching minute that begins at or after this wall second; none before the calendar ends."""
    day, minute = divmod(-(-second // 60), _DAY_MINUTES)
    ordinal = day + _EPOCH_DAY
    found = _first_day(expression, ordinal)
    if found is None:
        return None
    at = _first_minute(expression, minute) if found == ordinal else _first_minute(expression, 0)
    if at is None:
        found, at = _first_day(expression, ordinal + 1), _first_minute(expression, 0)
    if found is None or at is None:
        return None
    return ((found - _EPOCH_DAY) * _DAY_MINUTES + at) * 60


def _first_minute(expression: Expression, minute: int) -> int | None:
    """The first matching minute of a day, at or after this one."""
    hours, minutes = expression.hour.values, expression.minute.values
    hour, minute = divmod(minute, 60)
    place = bisect_left(hours, hour)
    if place == len(hours):
        return None
    if hours[place] > hour:
        return hours[place] * 60 + minutes[0]
    within = bisect_left(minutes, minute)
    if within < len(minutes):
        return hour * 60 + minutes[within]
    return hours[place + 1] * 60 + minutes[0] if place + 1 < len(hours) else None


def _first_day(expression: Expression, ordinal: int) -> int | None:
    """The first matching day, at or after this one, as an ordinal."""
    if ordinal > _LAST_DAY:
        return None
    begin = date.fromordinal(ordinal)
    year, month, passed = begin.year, begin.month, begin.day - 1
    months = expression.month.values
    while True:
        place = bisect_left(months, month)
        if place == len(months):
            year, month, passed = year + 1, months[0], 0
        elif months[place] > month:
            month, passed = months[place], 0
        if year > MAXYEAR:
            return None
        start = date(year, month, 1).toordinal()
        left = expression.days[start % 7] >> passed << passed
        if left:
            day = (left & -left).bit_length()
            if day <= _length(year, month):
                return start + day - 1
        month, passed = month + 1, 0


def _length(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31
