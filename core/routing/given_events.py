"""Reads the events of a file: a JSON list of them, or one in each line."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import Any, BinaryIO

import msgspec
from msgspec import Struct

from core.clock import from_datetime
from core.errors import InvalidError
from core.routing.router import Event
from storage.ids import Instant

_MILLISECOND = 1_000
_LAST = from_datetime(datetime(9999, 12, 31, tzinfo=UTC))
_BOM = b"\xef\xbb\xbf"

Moment = str | int | float | None


class _Given(Struct, gc=False):
    """An event as others write it. Its time is a text, or milliseconds since 1970."""

    event: str
    data: dict[str, Any] | None = None
    timestamp: Moment = None
    at: Moment = None


def read_events(file: BinaryIO, name: str) -> Iterator[Event]:
    """The events in their order, each as it is asked for. One that says no time is of the time of the one before
    it. What is no event is an error that names its line, or its number in the list."""
    at = Instant(0)
    for place, given in _given(file, name):
        moment = given.timestamp if given.timestamp is not None else given.at
        if moment is not None:
            at = _instant(moment, f"{name}{place}")
        yield Event(given.event, given.data or {}, at)


def _given(file: BinaryIO, name: str) -> Iterator[tuple[str, _Given]]:
    lines = ((number, line) for number, line in enumerate(file, start=1) if not line.isspace())
    number, first = next(lines, (1, b""))
    first = first.removeprefix(_BOM)
    if first.lstrip()[:1] == b"[":
        return _listed(first + file.read(), name)
    return _lined(chain([(number, first)], lines) if first else (), name)


def _listed(text: bytes, name: str) -> Iterator[tuple[str, _Given]]:
    try:
        found = msgspec.json.decode(text, type=list[_Given])
    except (ValueError, RecursionError) as error:
        raise InvalidError(_said(error), name) from None
    return ((f"[{index}]", given) for index, given in enumerate(found))


def _lined(lines: Iterable[tuple[int, bytes]], name: str) -> Iterator[tuple[str, _Given]]:
    decode = msgspec.json.Decoder(_Given).decode
    for number, line in lines:
        try:
            yield f":{number}", decode(line)
        except (ValueError, RecursionError) as error:
            raise InvalidError(_said(error), f"{name}:{number}") from None


def _instant(moment: str | int | float, place: str) -> Instant:
    try:
        if not isinstance(moment, str):
            at = Instant(round(moment * _MILLISECOND))
        else:
            read = datetime.fromisoformat(moment)
            at = from_datetime(read if read.tzinfo is not None else read.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        raise InvalidError(
            f"The event's time is written like 2026-03-01T09:30:00Z, not {moment!r}.", place
        ) from None
    if not 0 <= at <= _LAST:
        raise InvalidError("The event's time is before 1970 or after 9999.", place)
    return at


def _said(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "The values are nested too deeply."
    if isinstance(error, UnicodeDecodeError):
        return "This is not UTF-8 text."
    said = str(error).replace("`", "")
    return f'This is no event, such as {{"event": "task:created", "data": {{}}}}: {said}.'
