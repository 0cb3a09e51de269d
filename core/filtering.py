"""The one-line filter language of every list: `field:value`, `-` in front for not, commas for or, quotes, and
words to search for. `is:unread severity:warning,critical -event:task:* since:7d "not found"`.

A list declares its fields; a mistake says where it stands."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from typing import NamedTuple

from core.clock import DAY, HOUR, MINUTE, SECOND, from_datetime, to_datetime
from core.errors import InvalidError
from core.text import storable
from storage.criteria import Criterion
from storage.ids import Instant

LONGEST = 1_000
_UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}
_TERM = re.compile(
    r"""\s*(?P<negated>-?)(?:(?P<field>[A-Za-z_]+):)?(?P<value>(?:"(?:[^"\\]|\\.)*"|[^\s"])*)(?P<open>"?)""",
    re.DOTALL,
)
_PIECE = re.compile(r'"((?:[^"\\]|\\.)*)"|([^",]+)|(,)', re.DOTALL)
_AGO = re.compile(r"(\d{1,6})([smhdw])")


class FilterError(InvalidError):
    """A mistake in a filter, from `start` to `end` of its text."""

    def __init__(self, sentence: str, start: int, end: int) -> None:
        super().__init__(sentence, f"filter, character {start + 1}")
        self.start = start
        self.end = end


@dataclass(frozen=True, slots=True)
class Field:
    """A field that a list can be narrowed by. `read` makes a value of the text, or says what is wrong with it."""

    read: Callable[[str, Instant], str | int]
    help: str
    choices: tuple[str, ...] = ()


class _Term(NamedTuple):
    field: str | None
    value: str
    negated: bool
    start: int
    value_start: int
    end: int


def choice(*choices: str, help: str = "") -> Field:
    """A field with a fixed set of values."""

    def read(text: str, _: Instant) -> str:
        if text not in choices:
            raise ValueError(f"there is no {text!r} here: {_nearest(text, choices)}.")
        return text

    return Field(read, help or ", ".join(choices), choices)


def words(help: str) -> Field:
    """A field with any text as its value."""
    return Field(lambda text, _: text, help)


def pattern(help: str = "an event's name; * stands for a part of it, ** for any number of parts") -> Field:
    """A field with a pattern of event names as its value."""
    return Field(lambda text, _: text, help)


def moment(help: str = "7d, 12h, 30m ago, or a date like 2026-03-01, or 2026-03-01T09:30Z") -> Field:
    """A field with a point in time as its value: so long ago, or a date in UTC."""
    return Field(_read_moment, help)


def parse(text: str, fields: Mapping[str, Field], now: Instant) -> tuple[Criterion, ...]:
    """The filter as criteria, all of which a row must meet. Words to search for are criteria of `text`."""
    if len(text) > LONGEST:
        raise FilterError(f"A filter has at most {LONGEST} characters.", LONGEST, len(text))
    for place, char in enumerate(text):
        if storable(char) != char:
            raise FilterError("There is a character here that cannot be stored.", place, place + 1)
    return tuple(_criterion(term, fields, now) for term in _terms(text))


def _terms(text: str) -> Iterator[_Term]:
    place, end = 0, len(text.rstrip())
    while place < end:
        found = _TERM.match(text, place)
        if found is None:
            raise FilterError("This cannot be read.", place, end)
        start = found.start("negated")
        if found["open"]:
            raise FilterError('This quotation is not closed: put a " at its end.', found.start("open"), end)
        if not found["value"]:
            missing = (
                f"{found['field']}: needs a value after it." if found["field"] else "There is nothing after '-'."
            )
            raise FilterError(missing, start, found.end())
        yield _Term(
            found["field"], found["value"], bool(found["negated"]), start, found.start("value"), found.end()
        )
        place = found.end()


def _criterion(term: _Term, fields: Mapping[str, Field], now: Instant) -> Criterion:
    if term.field is None:
        return Criterion("text", ("".join(_unquoted(term.value, split=False)),), term.negated)
    field = fields.get(term.field)
    if field is None:
        raise FilterError(
            f"There is no field {term.field!r} here: {_nearest(term.field, fields)}. "
            f"To search for the words themselves, put them in quotes.",
            term.start,
            term.end,
        )
    values = [value for value in _unquoted(term.value, split=True) if value]
    if not values:
        raise FilterError(f"{term.field}: needs a value after it.", term.start, term.end)
    try:
        return Criterion(term.field, tuple(field.read(value, now) for value in values), term.negated)
    except ValueError as error:
        raise FilterError(f"{term.field}: {error}", term.value_start, term.end) from None


def _unquoted(value: str, *, split: bool) -> Iterator[str]:
    """The value without its quotes, at the commas outside them where it is split."""
    part = ""
    for quoted, plain, comma in _PIECE.findall(value):
        if comma and split:
            yield part
            part = ""
        else:
            part += re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL) or plain or comma
    yield part


def _read_moment(text: str, now: Instant) -> int:
    ago = _AGO.fullmatch(text)
    if ago:
        return now - int(ago[1]) * _UNITS[ago[2]]
    midnight = to_datetime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    if text == "today":
        return from_datetime(midnight)
    if text == "yesterday":
        return from_datetime(midnight - timedelta(days=1))
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a time: write 7d, 12h, 30m, or a date like 2026-03-01.") from None
    return from_datetime(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _nearest(text: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    near = get_close_matches(text, list(known), n=1)
    return f"perhaps you mean {near[0]!r}" if near else f"it is one of {', '.join(known)}"
