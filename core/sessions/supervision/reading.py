"""Reads a transcript page by page, in either direction, while it is written or long after."""

import fcntl
from pathlib import Path
from typing import NamedTuple

from core.sessions.supervision.segments import Region, check_name, path_of, read_region, regions, segments

_SMALLEST = 16
_TRIES = 10
_LINE = 4096


class Piece(NamedTuple):
    """A page: `data` begins at `offset` of everything that was ever written, which is `total` bytes. `gap` is
    what is missing between the place that was asked for and the page: before it forwards, behind it backwards.
    `live` while there may come more."""

    offset: int
    data: bytes
    total: int
    gap: tuple[int, int] | None
    live: bool

    @property
    def end(self) -> int:
        return self.offset + len(self.data)


def read(folder: Path, name: str, *, at: int | None, size: int, backwards: bool = False) -> Piece:
    """Up to so many bytes from this place on, or up to this place when backwards; without a place, from the
    beginning or from the end. Pages end with a line where they can, and never inside a character. To read on, ask
    from `end`, or backwards from `offset`."""
    check_name(name)
    size = max(size, _SMALLEST)
    for attempt in range(_TRIES):
        live = _is_live(folder, name)  # first: what is written until it ends is then still read
        found = segments(folder, name)
        total = found[-1].end if found else 0
        try:
            kept = [_in_lines(region, total) for region in regions(found) if region.end > region.begin]
            if backwards:
                return _before(kept, total if at is None else min(max(at, 0), total), size, total, live)
            return _after(kept, min(max(at or 0, 0), total), size, total, live)
        except FileNotFoundError:  # the middle went on while this looked
            if attempt == _TRIES - 1:
                raise
    raise AssertionError


def excerpt(folder: Path, name: str, size: int = 4096) -> str:
    """The last lines, in so many bytes, for the message of a failure."""
    return read(folder, name, at=None, size=size, backwards=True).data.decode("utf-8", "replace").strip()


def _after(kept: list[Region], at: int, size: int, total: int, live: bool) -> Piece:
    previous = 0
    for region in kept:
        if region.end > at:
            begin = max(at, region.begin)
            data = read_region(region, begin, min(begin + size, region.end))
            if begin + len(data) < region.end:
                data = data[: _last_break(data)]
            elif region.end == total and live:
                data = data[: _whole(data)]
            return Piece(begin, data, total, (previous, begin) if begin > at else None, live)
        previous = region.end
    return Piece(total, b"", total, (previous, total) if total > at else None, live)


def _before(kept: list[Region], until: int, size: int, total: int, live: bool) -> Piece:
    following = total
    for region in reversed(kept):
        if region.begin < until:
            end = min(until, region.end)
            begin = max(region.begin, end - size)
            data = read_region(region, begin, end)
            if end == total and live:
                data = data[: _whole(data)]
            if begin > region.begin:
                skipped = _first_break(data)
                begin, data = begin + skipped, data[skipped:]
            return Piece(begin, data, total, (region.end, following) if until > region.end else None, live)
        following = region.begin
    return Piece(0, b"", total, (0, following) if until > 0 else None, live)


def _in_lines(region: Region, total: int) -> Region:
    """What is beside a gap begins and ends with a line, wherever it was cut."""
    begin, end = region.begin, region.end
    if begin > 0:
        begin += _first_break(read_region(region, begin, begin + _LINE))
    if end < total:
        last = read_region(region, max(begin, end - _LINE), end)
        end -= len(last) - _last_break(last)
    return region._replace(begin=begin, end=end)


def _first_break(data: bytes) -> int:
    """Where the first whole line begins, or else the first whole character."""
    line = data.find(b"\n") + 1
    if 0 < line < len(data):
        return line
    return next((place for place in range(min(3, len(data))) if data[place] & 0xC0 != 0x80), min(3, len(data)))


def _last_break(data: bytes) -> int:
    """Where the last whole line ends, or else the last whole character."""
    return data.rfind(b"\n") + 1 or _whole(data)


def _whole(data: bytes) -> int:
    """Where the last whole character ends. What is no UTF-8 is left as it is."""
    for back in range(1, min(4, len(data) + 1)):
        byte = data[-back]
        if byte & 0xC0 != 0x80:
            length = 4 if byte >= 0xF0 else 3 if byte >= 0xE0 else 2 if byte >= 0xC0 else 1
            return len(data) - back if length > back else len(data)
    return len(data)


def _is_live(folder: Path, name: str) -> bool:
    try:
        with path_of(folder, name, 0).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
