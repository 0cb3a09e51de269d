"""A moment to come, as a person types it: `2h`, `fri 14:00`, `tomorrow`, `5 mar`, `2026-03-05 09:30`."""

import re
from datetime import date, datetime, timedelta, tzinfo

MORNING = 9
_SPAN = re.compile(r"(?:in )?(\d{1,4}) ?(m|min|minutes?|h|hours?|d|days?|w|weeks?)")
_CLOCK = re.compile(r"(?:at )?(\d{1,2})(?::(\d{2}))?(am|pm)?")
_DATE = re.compile(r"(\d{1,2})\.? ([a-z]{3,9})|([a-z]{3,9}) (\d{1,2})")
_UNITS = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july",
    "august", "september", "october", "november", "december",
)  # fmt: skip
EXAMPLES = "2h, 45m, 18:00, tomorrow, fri 14:00, 5 mar, 2026-03-05 09:30"


def moment_typed(text: str, now: datetime, zone: tzinfo) -> datetime:
    """The moment that is meant, where the person is. Raises a ValueError that says what is wrong."""
    words = " ".join(text.lower().replace(",", " ").split())
    if not words:
        raise ValueError(f"Write when: {EXAMPLES}.")
    if (span := _SPAN.fullmatch(words)) is not None:
        return now + timedelta(seconds=int(span[1]) * _UNITS[span[2][0]])
    local = now.astimezone(zone)
    whole = _clock(words)
    if whole is not None:
        today = _at(local.date(), whole, zone)
        return today if today > now else _at(local.date() + timedelta(days=1), whole, zone)
    day_words, _, last = words.rpartition(" ")
    clock = _clock(last) if ":" in last or last.endswith(("am", "pm")) else None
    named = day_words.removesuffix(" at") if clock is not None else words
    found = _at(_day(named, local.date()), clock or (MORNING, 0), zone)
    if found <= now:
        raise ValueError("That is over already: write a time to come.")
    return found


def _clock(word: str) -> tuple[int, int] | None:
    found = _CLOCK.fullmatch(word)
    if found is None or (found[2] is None and found[3] is None):
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3] is not None:
        if not 1 <= hour <= 12:
            raise ValueError(f"There is no {word}.")
        hour = hour % 12 + (12 if found[3] == "pm" else 0)
    if hour > 23 or minute > 59:
        raise ValueError(f"There is no {word} on the clock.")
    return hour, minute


def _day(words: str, today: date) -> date:
    if words in ("today", "tomorrow"):
        return today + timedelta(days=words == "tomorrow")
    if (number := _named(words.removeprefix("next ").removeprefix("on "), _DAYS)) is not None:
        return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    if words in ("next week", "week"):
        return today + timedelta(days=7 - today.weekday())
    if (found := _DATE.fullmatch(words)) is not None:
        month = _named(found[2] or found[3], _MONTHS)
        if month is not None:
            return _in_year(int(found[1] or found[4]), month + 1, today)
    try:
        return date.fromisoformat(words)
    except ValueError:
        raise ValueError(f"This is no time: write {EXAMPLES}.") from None


def _named(word: str, names: tuple[str, ...]) -> int | None:
    if len(word) < 3:
        return None
    return next((number for number, name in enumerate(names) if name.startswith(word)), None)


def _in_year(day: int, month: int, today: date) -> date:
    for year in (today.year, today.year + 1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= today:
            return found
    raise ValueError("There is no such day.")


def _at(day: date, clock: tuple[int, int], zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, *clock, tzinfo=zone)
