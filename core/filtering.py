"""The one-line filter language of every list: `field:value`, `-` in front for not, commas for or, quotes, and
words to search for. `is:unread sev:warning,critical -event:task:* age:<7d "not found"`.

A list declares its fields, by the names that storage knows; a mistake says where it stands."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from difflib import get_close_matches
from typing import NamedTuple

from core.clock import DAY, HOUR, MINUTE, SECOND, from_datetime, to_datetime
from core.errors import InvalidError
from core.ids import row_number
from core.text import storable
from storage.criterion import Criterion
from storage.ids import Instant

LONGEST = 1_000
ALIASES = {"sev": "severity", "before": "until"}
AGE = "age"
"""`age:<2d` is `since:2d`, and `age:>2d` is `until:2d`: every list that has these two has it."""

_UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}
_FIRST = from_datetime(datetime(1, 1, 2, tzinfo=UTC))
_LAST = from_datetime(datetime(9999, 12, 30, tzinfo=UTC))
_TERM = re.compile(
    r"""\s*(?P<negated>-?)(?:(?P<field>[A-Za-z_]+):)?(?P<value>(?:"(?:[^"\\]|\\.)*"|[^\s"])*)(?P<open>"?)""",
    re.DOTALL,
)
_PIECE = re.compile(r'"((?:[^"\\]|\\.)*)"|([^",]+)|(,)', re.DOTALL)
_SPAN = re.compile(r"(\d{1,6})([smhdw])", re.ASCII)
_AGE = re.compile(r"([<>])=?(.*)", re.DOTALL)
_MISTAKE = re.compile(r"filter, characters? (\d{1,4})(?:-(\d{1,4}))?: (.*)", re.DOTALL | re.ASCII)


class FilterError(InvalidError):
    """A mistake in a filter, from `start` to `end` of its text. It is only `unfinished` where more typed after it
    may make it right."""

    def __init__(self, sentence: str, start: int, end: int, *, unfinished: bool = False) -> None:
        super().__init__(sentence, _place(start, end))
        self.start = start
        self.end = end
        self.unfinished = unfinished


class Mistake(NamedTuple):
    """What is wrong with a filter, from `start` to `end` of its text."""

    start: int
    end: int
    said: str


class When(NamedTuple):
    """What a point in time is read against: the present, and the zone of whoever wrote it."""

    now: Instant
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Field:
    """A field that a list can be narrowed by. `read` makes a value of the text, or says what is wrong with it. Of
    an `only` value there is one and no more; `suggested` are some that can be written."""

    read: Callable[[str, When], str | int]
    help: str
    choices: tuple[str, ...] = ()
    names: str = ""  # what its values are names of: a workspace, a person, an event
    suggested: tuple[str, ...] = ()
    only: bool = False


class _Value(NamedTuple):
    """One of the values of a term, without its quotes, and where it stands."""

    text: str
    start: int
    end: int


class _Term(NamedTuple):
    field: str | None
    value: str
    negated: bool
    start: int
    value_start: int
    end: int


def choice(*choices: str, help: str = "") -> Field:
    """A field with a fixed set of values."""

    def read(text: str, _: When) -> str:
        if text.lower() not in choices:
            raise ValueError(f"there is no {text!r} here: {_nearest(text.lower(), choices)}.")
        return text.lower()

    return Field(read, help or ", ".join(choices), choices)


def words(help: str, names: str = "", *, suggested: tuple[str, ...] = ()) -> Field:
    """A field with any text as its value, or with the name of something."""
    return Field(lambda text, _: text, help, names=names, suggested=suggested)


def number(help: str, names: str = "") -> Field:
    """A field with the number of something as its value."""

    def read(text: str, _: When) -> int:
        found = row_number(text)
        if found is None:
            raise ValueError(f"{text!r} is not a number.")
        return found

    return Field(read, help, names=names)


def pattern(help: str = "an event's name; * stands for a part of it, ** for any number of parts") -> Field:
    """A field with a pattern of event names as its value."""
    return Field(lambda text, _: text, help, names="event")


def moment(
    help: str = "7d, 12h, 30m ago, today, yesterday, a date like 2026-03-01, 2026-03-01T09:30Z",
) -> Field:
    """A field with a point in time as its value: so long ago, or a date where the person is."""
    return Field(_read_moment, help, suggested=("today", "yesterday", "1h", "1d", "7d", "30d"), only=True)


def coming(help: str) -> Field:
    """A field with a point in time that is still to come: in so long, or a date where the person is."""

    def read(text: str, when: When) -> int:
        ahead = _SPAN.fullmatch(text)
        return _within(when.now + _length(ahead)) if ahead else _read_moment(text, when)

    return Field(read, help, suggested=("1h", "1d", "7d"), only=True)


_AGES = Field(
    lambda text, _: text,
    "<2d for newer than two days, >1w for older than a week",
    suggested=("<1h", "<1d", "<7d", ">1d", ">7d", ">30d"),
    only=True,
)


def field_called(name: str, fields: Mapping[str, Field]) -> Field | None:
    """The field of this name or alias, in capitals or not."""
    name = name.lower()
    if name == AGE and {"since", "until"} <= fields.keys():
        return _AGES
    return fields.get(ALIASES.get(name, name))


def names_of(fields: Mapping[str, Field]) -> tuple[str, ...]:
    """All names that can stand before a colon, aliases last."""
    age = [AGE] if field_called(AGE, fields) else []
    return (*fields, *age, *(alias for alias, name in ALIASES.items() if name in fields))


def parse(text: str, fields: Mapping[str, Field], now: Instant, zone: tzinfo = UTC) -> tuple[Criterion, ...]:
    """The filter as criteria, all of which a row must meet. Words to search for are criteria of `text`. Dates
    that name no zone are those of `zone`."""
    if len(text) > LONGEST:
        raise FilterError(f"A filter has at most {LONGEST} characters.", LONGEST, len(text))
    for place, char in enumerate(text):
        if storable(char) != char:
            raise FilterError("There is a character here that cannot be stored.", place, place + 1)
    when = When(now, zone)
    return tuple(_criterion(term, fields, when) for term in _terms(text))


def refused(sentence: str, filter: str, what: str, value: str) -> InvalidError:
    """A mistake that no reading of the filter finds, and where in it that value of that field is. Words to search
    for are values of `text`."""
    for term in _terms(filter):
        name = "text" if term.field is None else ALIASES.get(term.field.lower(), term.field.lower())
        found = _unquoted(term, split=term.field is not None) if name == what else ()
        for one in found:
            if one.text == value:
                return FilterError(sentence, one.start, one.end)
    return InvalidError(sentence, "filter")


def mistake_in(sentence: str) -> Mistake | None:
    """What a refusal says of a filter, where it says where."""
    found = _MISTAKE.fullmatch(sentence)
    return None if found is None else Mistake(int(found[1]) - 1, int(found[2] or found[1]), found[3])


def _terms(text: str) -> Iterator[_Term]:
    place, end = 0, len(text.rstrip())
    while place < end:
        found = _TERM.match(text, place)
        if found is None:
            raise FilterError("This cannot be read.", place, end)
        start = found.start("negated")
        if found["open"]:
            sentence = 'This quotation is not closed: put a " at its end.'
            raise FilterError(sentence, found.start("open"), end, unfinished=True)
        if not found["value"]:
            missing = (
                f"{found['field']}: needs a value after it." if found["field"] else "There is nothing after '-'."
            )
            raise FilterError(missing, start, found.end(), unfinished=True)
        yield _Term(
            found["field"], found["value"], bool(found["negated"]), start, found.start("value"), found.end()
        )
        place = found.end()


def _criterion(term: _Term, fields: Mapping[str, Field], when: When) -> Criterion:
    if term.field is None:
        whole = "".join(value.text for value in _unquoted(term, split=False))
        return Criterion("text", (whole,), term.negated)
    field = field_called(term.field, fields)
    if field is None:
        raise FilterError(
            f"There is no field {term.field!r} here: {_nearest(term.field.lower(), names_of(fields))}. "
            f"To search for the words themselves, put them in quotes.",
            term.start + term.negated,
            term.value_start - 1,
        )
    values = [value for value in _unquoted(term, split=True) if value.text]
    if not values:
        raise FilterError(f"{term.field}: needs a value after it.", term.start, term.end, unfinished=True)
    if field.only and len(values) > 1:
        raise FilterError(f"{term.field}: takes one value.", values[1].start, term.end)
    name = ALIASES.get(term.field.lower(), term.field.lower())
    read = []
    for value in values:
        try:
            name, read_value = _age(value.text, when) if field is _AGES else (name, field.read(value.text, when))
        except ValueError as error:
            raise FilterError(f"{term.field}: {error}", value.start, value.end) from None
        read.append(read_value)
    return Criterion(name, tuple(read), term.negated)


def _unquoted(term: _Term, *, split: bool) -> Iterator[_Value]:
    """The value without its quotes, at the commas outside them where it is split."""
    part, start, end = "", term.value_start, term.value_start
    for piece in _PIECE.finditer(term.value):
        quoted, plain, comma = piece.groups(default="")
        end = term.value_start + piece.end()
        if comma and split:
            yield _Value(part, start, end - 1)
            part, start = "", end
        else:
            part += re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL) or plain or comma
    yield _Value(part, start, end)


def _age(text: str, when: When) -> tuple[str, int]:
    """What an age comes to: since when, or until when."""
    found = _AGE.fullmatch(text)
    span = _SPAN.fullmatch(found[2]) if found else None
    if found is None or span is None:
        raise ValueError(f"{text!r} is no age: write <2d for newer than two days, or >1w for older than a week.")
    return ("since" if found[1] == "<" else "until"), _within(when.now - _length(span))


def _read_moment(text: str, when: When) -> int:
    ago = _SPAN.fullmatch(text)
    if ago:
        return _within(when.now - _length(ago))
    midnight = to_datetime(when.now).astimezone(when.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    if text.lower() == "today":
        return from_datetime(midnight)
    if text.lower() == "yesterday":
        return from_datetime(midnight - timedelta(days=1))
    try:
        moment = datetime.fromisoformat(text)
        return _within(from_datetime(moment if moment.tzinfo else moment.replace(tzinfo=when.zone)))
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is not a time: write 7d, 12h, 30m, or a date like 2026-03-01.") from None


def _length(span: re.Match[str]) -> int:
    return int(span[1]) * _UNITS[span[2]]


def _within(instant: int) -> Instant:
    """The instant, or the first or the last that can be written as a date."""
    return Instant(min(max(instant, _FIRST), _LAST))


def _nearest(text: str, known: Collection[str]) -> str:
    near = get_close_matches(text, list(known), n=1)
    return f"perhaps you mean {near[0]!r}" if near else f"it is one of {', '.join(known)}"


def _place(start: int, end: int) -> str:
    """Where it stands, as people count."""
    return f"filter, characters {start + 1}-{end}" if end > start + 1 else f"filter, character {start + 1}"
