"""One field of a cron expression: a list of `*`, values and ranges, the last with a step or `*` with one.

What other programs add (`L`, `W`, `#`, `?`, `H`, `5/10`, `22-2`) is refused with what to write instead."""

from dataclasses import dataclass
from typing import NamedTuple, NoReturn

from core.automations.cron.errors import CronError, quoted

MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
WEEKDAY_NAMES = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")

_LONGEST_STEP = 4


@dataclass(frozen=True, slots=True)
class Kind:
    """What a field is called, what it takes, and the last value of a whole turn (7 is Sunday once more)."""

    name: str
    first: int
    last: int
    names: tuple[str, ...] = ()
    turn: int = -1

    @property
    def end(self) -> int:
        return self.last if self.turn < 0 else self.turn

    @property
    def hint(self) -> str:
        example = f"{self.first}-{self.end}"
        named = f" or a name such as {self.names[0]}" if self.names else ""
        return f"Write * for all, a number in {example}{named}, a range, a list, or a step such as */2."


MINUTE = Kind("minute", 0, 59)
HOUR = Kind("hour", 0, 23)
DAY = Kind("day of month", 1, 31)
MONTH = Kind("month", 1, 12, tuple(name[:3].lower() for name in MONTH_NAMES))
WEEKDAY = Kind("day of week", 0, 7, tuple(name[:3].lower() for name in WEEKDAY_NAMES), 6)
KINDS = (MINUTE, HOUR, DAY, MONTH, WEEKDAY)


class Term(NamedTuple):
    """One item of the list: `first` to `last`, every `step`. `star` when it was written as `*`."""

    first: int
    last: int
    step: int
    star: bool


@dataclass(frozen=True, slots=True)
class Field:
    """A field as it was written, and the values that it stands for, in order. Sunday is 0 there."""

    kind: Kind
    text: str
    terms: tuple[Term, ...]
    values: tuple[int, ...]

    @property
    def begins_with_star(self) -> bool:
        """Debian's cron looks at the first character alone, also for `*/2` and `*,5`."""
        return self.text.startswith("*")

    @property
    def is_whole(self) -> bool:
        return len(self.values) == self.kind.end - self.kind.first + 1


def parse_field(kind: Kind, text: str) -> Field:
    """The field; CronError says what is wrong with it."""
    if not text.isascii() or not text.isprintable():
        raise CronError(kind.name, f"{quoted(text)} has a character that is no plain digit or letter.", kind.hint)
    terms = tuple(_term(kind, term) for term in text.split(","))
    values = {value for term in terms for value in range(term.first, term.last + 1, term.step)}
    if kind is WEEKDAY and 7 in values:
        values = values - {7} | {0}
    return Field(kind, text, terms, tuple(sorted(values)))


def _term(kind: Kind, text: str) -> Term:
    if not text:
        raise CronError(kind.name, "A comma has nothing before or after it.", "Write a list like 1,15.")
    _refuse_other_dialects(kind, text)
    span, slash, every = text.partition("/")
    step = _step(kind, text, every) if slash else 1
    if span == "*":
        return Term(kind.first, kind.end, step, True)
    low, dash, high = span.partition("-")
    first = _value(kind, low, text)
    if not dash:
        if slash:
            hint = str(first) if first >= kind.end else f"{first}-{kind.end}/{step}"
            raise CronError(kind.name, f"{quoted(text)} has a step without a range.", f"Write {hint}.")
        return Term(first, first, 1, False)
    last = _value(kind, high, text)
    if first > last:
        _refuse_reversed(kind, text, first, last, step)
    return Term(first, last, step, False)


def _step(kind: Kind, text: str, every: str) -> int:
    if not every.isdigit() or len(every) > _LONGEST_STEP:
        raise CronError(kind.name, f"{quoted(text)} has no step that can be counted.", "Write it like */5.")
    if int(every) == 0:
        raise CronError(kind.name, f"{quoted(text)} has a step of 0.", "Write */1 or just *.")
    return int(every)


def _value(kind: Kind, text: str, term: str) -> int:
    name = text.lower()
    if name in kind.names:
        return kind.names.index(name) + kind.first
    if not text.isdigit():
        _refuse_word(kind, text, term)
    if len(text) > 2:
        raise CronError(kind.name, f"{quoted(text)} has more than two digits.", kind.hint)
    value = int(text)
    if not kind.first <= value <= kind.last:
        raise CronError(
            kind.name,
            f"{text} is out of range.",
            f"Write a number from {kind.first} to {kind.last}.",
        )
    return value


def _refuse_word(kind: Kind, text: str, term: str) -> NoReturn:
    name = text.lower()
    if name[:3] in kind.names and name.isalpha():
        raise CronError(kind.name, f"{quoted(text)} is too long a name.", f"Write {name[:3]}.")
    for other in (MONTH, WEEKDAY):
        if name in other.names:
            place = f"A name of a {'month' if other is MONTH else 'weekday'} belongs in the field {other.name}."
            raise CronError(kind.name, f"{quoted(text)} cannot stand here.", place)
    raise CronError(kind.name, f"{quoted(term)} cannot be read.", kind.hint)


def _refuse_reversed(kind: Kind, text: str, first: int, last: int, step: int) -> NoReturn:
    if step > 1:
        size = kind.end - kind.first + 1
        turned = range(first, last + size + 1, step)
        hint = ",".join(str((value - kind.first) % size + kind.first) for value in turned)
    elif kind is WEEKDAY and last == 0:
        hint = f"{first}-7" if first < 7 else "0"
    elif kind is WEEKDAY and first == 7:
        hint = f"0-{last}"
    else:
        hint = f"{_span(first, kind.end)},{_span(kind.first, last)}"
    raise CronError(kind.name, f"{quoted(text)} runs backwards.", f"Write {hint}.")


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def _refuse_other_dialects(kind: Kind, text: str) -> None:
    upper = text.upper()
    body, _, step = upper.partition("/")
    if "?" in upper:
        raise CronError(kind.name, "? is not cron.", "Write * instead.")
    if "#" in upper:
        raise CronError(
            kind.name,
            "# (the second Monday and the like) is not cron.",
            "Write the weekday, and let the prompt look at the date.",
        )
    if body == "H" or body.startswith("H("):
        instead = f"*/{step}" if step.isdigit() else f"a number, such as {min(17, kind.end)}"
        raise CronError(kind.name, "H (a value by chance) is not cron.", f"Write {instead}.")
    if body == "R" or body.startswith("R("):
        instead = f"a number, such as {min(17, kind.end)}"
        raise CronError(kind.name, "R (a value by chance) is not cron.", f"Write {instead}.")
    if kind in (DAY, WEEKDAY):
        _refuse_last_and_nearest(kind, body)


def _refuse_last_and_nearest(kind: Kind, body: str) -> None:
    if body.startswith("L") or (body.endswith("L") and body[:-1].isalnum()):
        instead = "28-31" if kind is DAY else "the weekday alone"
        raise CronError(
            kind.name, "L (the last one) is not cron.", f"Write {instead}, and let the prompt look at the date."
        )
    if kind is DAY and body.endswith("W") and (body[:-1].isdigit() or not body[:-1]):
        raise CronError(
            kind.name,
            "W (the nearest working day) is not cron.",
            "Write the days as numbers, or 1-5 in the field day of week.",
        )
