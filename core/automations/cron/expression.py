"""Cron expressions: exactly five fields, read strictly, with a hint for whatever is refused.

The day rule is Debian's: where day of month or day of week begins with `*`, both must match, otherwise either."""

from dataclasses import dataclass
from typing import NoReturn

from core.automations.cron.errors import WHOLE, CronError, quoted
from core.automations.cron.fields import DAY, KINDS, MONTH_NAMES, Field, parse_field

LONGEST = 256
ALIASES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}

_BLANKS = " \t"
_FIELDS = "minute, hour, day of month, month, day of week"
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True)
class Expression:
    """An accepted expression. `days` says for each weekday that a month may begin with, Sunday first, which days
    of such a month match: bit 0 is the first day."""

    text: str
    minute: Field
    hour: Field
    day: Field
    month: Field
    weekday: Field
    days: tuple[int, ...]

    @property
    def follows_real_time(self) -> bool:
        """A wildcard job; any other is a fixed-time job."""
        return self.minute.begins_with_star or self.hour.begins_with_star

    @property
    def needs_both_days(self) -> bool:
        return self.day.begins_with_star or self.weekday.begins_with_star

    def __str__(self) -> str:
        return self.text


def parse(text: str) -> Expression:
    """The expression; CronError names the field that is wrong and says what to write instead."""
    if len(text) > LONGEST:
        raise CronError(
            WHOLE, f"It is longer than {LONGEST} characters.", "Make it shorter, or two automations of it."
        )
    words = text.strip(_BLANKS).replace("\t", " ").split(" ")
    words = [word for word in words if word]
    if not words:
        raise CronError(WHOLE, "It is empty.", f"Write five fields: {_FIELDS}.")
    if words[0].startswith("@"):
        _refuse_alias(words[0])
    if len(words) != len(KINDS):
        _refuse_count(text, len(words))
    minute, hour, day, month, weekday = (parse_field(kind, word) for kind, word in zip(KINDS, words, strict=True))
    both = day.begins_with_star or weekday.begins_with_star
    if both:
        _refuse_never(day, month)
    return Expression(" ".join(words), minute, hour, day, month, weekday, _days(day, weekday, both))


def _days(day: Field, weekday: Field, both: bool) -> tuple[int, ...]:
    dates = sum(1 << value - 1 for value in day.values)
    week = sum(1 << value for value in weekday.values)
    weeks = sum(week << 7 * turn for turn in range(6))
    every = (1 << 31) - 1
    if both:
        return tuple(weeks >> first & dates for first in range(7))
    return tuple((weeks >> first | dates) & every for first in range(7))


def _refuse_alias(word: str) -> NoReturn:
    alias = word.lower()
    if alias == "@reboot":
        raise CronError(WHOLE, "@reboot is no time.", f"Write five fields: {_FIELDS}.")
    instead = ALIASES.get(alias)
    hint = f"Write {instead}." if instead else f"Write five fields: {_FIELDS}."
    raise CronError(WHOLE, f"{quoted(word)} is not taken here.", hint)


def _refuse_count(text: str, count: int) -> NoReturn:
    if any(char.isspace() and char not in _BLANKS for char in text):
        raise CronError(
            WHOLE, "It has a line end or a blank that cron does not know.", "Put plain blanks between the fields."
        )
    sentence = f"It has {count} field{'' if count == 1 else 's'}, not five."
    hint = f"Write five: {_FIELDS}."
    if count in (6, 7):
        hint = f"Leave out seconds and years and write five: {_FIELDS}."
    raise CronError(WHOLE, sentence, hint)


def _refuse_never(day: Field, month: Field) -> None:
    """Each weekday comes on each date of the calendar in time, so only dates can fail to come."""
    longest = max(_LENGTHS[value - 1] for value in month.values)
    if day.values[0] <= longest:
        return
    name = MONTH_NAMES[month.values[0] - 1] if len(month.values) == 1 else "any of these months"
    hint = "Write 28, or 29 for leap years." if longest == 29 else f"Write {longest} or less."
    raise CronError(DAY.name, f"Day {day.values[0]} never comes in {name}.", hint)
