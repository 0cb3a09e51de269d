"""Times as a person reads them: short ages for columns, words and absolute times for the text."""

from datetime import date, datetime, timedelta, tzinfo

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_WEEK = 7 * _DAY
_YEAR = 365 * _DAY

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_UNITS = (
    (_MINUTE, _HOUR, "m", "minute"),
    (_HOUR, _DAY, "h", "hour"),
    (_DAY, 2 * _WEEK, "d", "day"),
    (_WEEK, _YEAR, "w", "week"),
    (_YEAR, 1000 * _YEAR, "y", "year"),
)


def age(moment: datetime, now: datetime) -> str:
    """At most four cells: `now`, `5m`, `3h`, `6d`, `12w`, `2y`."""
    seconds = (now - moment).total_seconds()
    for unit, limit, letter, _ in _UNITS:
        if unit <= seconds < limit:
            return f"{int(seconds // unit)}{letter}"
    return "now"


def ago(moment: datetime, now: datetime) -> str:
    """The same in words: `3 minutes ago`."""
    seconds = (now - moment).total_seconds()
    for unit, limit, _, word in _UNITS:
        if unit <= seconds < limit:
            count = int(seconds // unit)
            return f"{count} {word}{'' if count == 1 else 's'} ago"
    return "just now"


def ahead(moment: datetime, now: datetime) -> str:
    """How long until then, in at most seven cells: `due`, `in 40s`, `in 5m`, `in 12w`."""
    seconds = (moment - now).total_seconds()
    if seconds < 1:
        return "due"
    if seconds < _MINUTE:
        return f"in {int(seconds)}s"
    return "in " + age(now, moment)


def from_now(moment: datetime, now: datetime) -> str:
    """The same in words: `in 3 minutes`."""
    words = ago(now, moment)
    return "in " + words.removesuffix(" ago") if words.endswith(" ago") else "in less than a minute"


def span(seconds: float) -> str:
    """How long something took: `0.4 s`, `12 s`, `3 m 20 s`, `2 h 5 m`."""
    if seconds < 10:
        return f"{max(0.0, seconds):.1f} s".replace(".0 s", " s")
    if seconds < _MINUTE:
        return f"{int(seconds)} s"
    big, small, names = (_MINUTE, 1, "ms") if seconds < _HOUR else (_HOUR, _MINUTE, "hm")
    if seconds >= 2 * _DAY:
        big, small, names = _DAY, _HOUR, "dh"
    whole, rest = divmod(int(seconds), big)
    return f"{whole} {names[0]}" + (f" {rest // small} {names[1]}" if rest // small else "")


def duration(milliseconds: int) -> str:
    """How long a service took: `3 ms`, `1.2 s`."""
    return f"{milliseconds} ms" if milliseconds < 1_000 else span(milliseconds / 1_000)


def absolute(moment: datetime, zone: tzinfo) -> str:
    """`Mon 2 Mar 2026, 09:12 CET`: in English whatever the locale, as the rest of the screen is."""
    local = moment.astimezone(zone)
    day, month = _DAYS[local.weekday()], _MONTHS[local.month - 1]
    return f"{day} {local.day} {month} {local.year}, {local:%H:%M} {local.tzname() or ''}".rstrip()


def brief(moment: datetime, zone: tzinfo) -> str:
    """`Mon  2 Mar 09:12`, always of the same length."""
    local = moment.astimezone(zone)
    return f"{_DAYS[local.weekday()]} {local.day:>2} {_MONTHS[local.month - 1]} {local:%H:%M}"


def short(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """`today 18:00`, `tomorrow 09:00`, or the day."""
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    if local.date() == today:
        return f"today {local:%H:%M}"
    if local.date() == today + timedelta(days=1):
        return f"tomorrow {local:%H:%M}"
    return f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]}, {local:%H:%M}"


def day_named(day: str, today: date) -> str:
    """`Today`, `Yesterday`, `Friday 27 Feb`, with the year where it is another one."""
    that = date.fromisoformat(day)
    if that == today:
        return "Today"
    if that == today - timedelta(days=1):
        return "Yesterday"
    year = f" {that.year}" if that.year != today.year else ""
    return f"{_WEEKDAYS[that.weekday()]} {that.day} {_MONTHS[that.month - 1]}{year}"


def zone_named(name: str) -> tzinfo:
    """The zone of a profile; UTC when this machine does not know it."""
    from datetime import UTC
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
