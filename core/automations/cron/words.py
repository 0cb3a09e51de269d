"""An expression in words: `30 2 * * 1-5` is "At 02:30, Monday to Friday".

Words are made of the values that match and not of how they were written, so that they cannot promise another time
than the one that comes."""

from collections.abc import Sequence
from itertools import pairwise

from core.automations.cron.expression import Expression
from core.automations.cron.fields import MONTH_NAMES, WEEKDAY_NAMES, Field

_MOST_TIMES = 4
_MOST_LISTED = 6
_HOUR = 60
_DAY = 24


def in_words(expression: Expression) -> str:
    """The expression as a phrase that begins with a capital letter."""
    time = _time(expression.minute.values, expression.hour.values)
    days = _days(expression) or ("" if _is_round_the_clock(expression) else "every day")
    months = _months(expression)
    if days == "every day" and months:
        days, months = f"every day {months}", ""
    return ", ".join(part for part in (time, days, months) if part)


def _time(minutes: Sequence[int], hours: Sequence[int]) -> str:
    step, by_hours = _step(minutes), _step(hours)
    if _are_listed(minutes, hours):
        return f"At {_listed([_clock(hour, minute) for hour in hours for minute in minutes])}"
    if len(hours) == _DAY:
        return _each_hour(minutes)
    if len(minutes) == 1 and by_hours:
        return _each_so_many_hours(minutes[0], hours, by_hours)
    goes_on = step and (len(hours) == 1 or (by_hours == 1 and _turns(minutes, step, _HOUR)))
    if goes_on:
        span = f"from {_clock(hours[0], minutes[0])} to {_clock(hours[-1], minutes[-1])}"
        return f"{_every(step, 'minute')} {span}"
    return f"{_minutes(minutes)} {_of_hours(hours)}"


def _are_listed(minutes: Sequence[int], hours: Sequence[int]) -> bool:
    """Whether the times are few, and are not more easily said as a row of them."""
    if len(minutes) * len(hours) <= _MOST_TIMES:
        return not (_step(minutes) == 1 and len(minutes) > 2) and not (_step(hours) == 1 and len(hours) > 2)
    step = _step(hours)
    is_row = step == 1 or (step > 1 and _turns(hours, step, _DAY))
    return len(minutes) == 1 and len(hours) <= _MOST_LISTED and not is_row


def _each_hour(minutes: Sequence[int]) -> str:
    step = _step(minutes)
    if step and _turns(minutes, step, _HOUR):
        return _every(step, "minute")
    if minutes == (0,):
        return "Every hour"
    if len(minutes) <= _MOST_LISTED and step != 1:
        unit = "minute" if minutes == (1,) else "minutes"
        return f"At {_listed([str(minute) for minute in minutes])} {unit} past every hour"
    return f"{_minutes(minutes)} of every hour"


def _each_so_many_hours(minute: int, hours: Sequence[int], step: int) -> str:
    if minute == 0 and _turns(hours, step, _DAY):
        return _every(step, "hour")
    return f"{_every(step, 'hour')} from {_clock(hours[0], minute)} to {_clock(hours[-1], minute)}"


def _minutes(minutes: Sequence[int]) -> str:
    step = _step(minutes)
    if step and _turns(minutes, step, _HOUR):
        return _every(step, "minute")
    if step and len(minutes) > 2:
        return f"{_every(step, 'minute')} from minute {minutes[0]} to {minutes[-1]}"
    return f"At {_numbers('minute', minutes)}"


def _of_hours(hours: Sequence[int]) -> str:
    step = _step(hours)
    if step > 1 and len(hours) > _MOST_TIMES:
        return f"of every {_ordinal(step)} hour from {hours[0]} to {hours[-1]}"
    return f"of {_numbers('hour', hours)}"


def _days(expression: Expression) -> str:
    day, weekday = expression.day, expression.weekday
    if expression.needs_both_days:
        if day.is_whole:
            return "" if weekday.is_whole else _weekdays(weekday)
        if weekday.is_whole:
            return f"on {_dates(expression)}"
        return f"{_weekdays(weekday)}, but only on {_of_month(day)}"
    if day.is_whole or weekday.is_whole:
        return ""
    return f"on {_of_month(day)} or {_weekdays(weekday)}"


def _dates(expression: Expression) -> str:
    """`13 June` where it is one month, and so is said with the day."""
    day, month = expression.day, expression.month
    if _is_said_with_the_day(expression):
        return f"{_listed([str(value) for value in day.values])} {MONTH_NAMES[month.values[0] - 1]}"
    return _of_month(day)


def _is_said_with_the_day(expression: Expression) -> bool:
    only_dates = expression.needs_both_days and expression.weekday.is_whole and not expression.day.is_whole
    return only_dates and len(expression.month.values) == 1 and len(expression.day.values) <= _MOST_TIMES


def _of_month(day: Field) -> str:
    step = _step(day.values)
    if step > 1 and len(day.values) > _MOST_LISTED:
        return f"every {_ordinal(step)} day of the month from day {day.values[0]} to {day.values[-1]}"
    return f"{_numbers('day', day.values)} of the month"


def _weekdays(weekday: Field) -> str:
    values = weekday.values
    begins = [value for value in values if (value - 1) % 7 not in values]
    if len(values) > 2 and len(begins) == 1:
        last = (begins[0] + len(values) - 1) % 7
        return f"{WEEKDAY_NAMES[begins[0]]} to {WEEKDAY_NAMES[last]}"
    ordered = sorted(values, key=lambda value: value or 7)
    return f"on {_listed([WEEKDAY_NAMES[value] + 's' for value in ordered])}"


def _months(expression: Expression) -> str:
    month = expression.month
    if month.is_whole or _is_said_with_the_day(expression):
        return ""
    names = [MONTH_NAMES[value - 1] for value in month.values]
    if len(names) > 2 and _step(month.values) == 1:
        return f"from {names[0]} to {names[-1]}"
    return f"in {_listed(names)}"


def _is_round_the_clock(expression: Expression) -> bool:
    minutes, hours = expression.minute.values, expression.hour.values
    step = _step(hours)
    return bool(step) and _turns(hours, step, _DAY) and not _are_listed(minutes, hours)


def _numbers(word: str, values: Sequence[int]) -> str:
    """`day 13`, `days 1 to 7 and 15`."""
    if len(values) == 1:
        return f"{word} {values[0]}"
    spans: list[list[int]] = []
    for value in values:
        if spans and value == spans[-1][-1] + 1:
            spans[-1].append(value)
        else:
            spans.append([value])
    said = [_span(span) for span in spans]
    return f"{word}s {_listed([part for parts in said for part in parts])}"


def _span(values: Sequence[int]) -> list[str]:
    return [f"{values[0]} to {values[-1]}"] if len(values) > 2 else [str(value) for value in values]


def _step(values: Sequence[int]) -> int:
    """The distance between the values where it is always the same, otherwise 0."""
    distances = {following - value for value, following in pairwise(values)}
    return distances.pop() if len(distances) == 1 else 0


def _turns(values: Sequence[int], step: int, whole: int) -> bool:
    """Whether the same step leads from the last value to the first of the next turn."""
    return values[0] == 0 and values[-1] + step == whole


def _every(step: int, unit: str) -> str:
    return f"Every {unit}" if step == 1 else f"Every {step} {unit}s"


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _clock(hour: int, minute: int) -> str:
    return f"{hour:02}:{minute:02}"


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if number // 10 != 1 else 0, "th")
    return f"{number}{ending}"
