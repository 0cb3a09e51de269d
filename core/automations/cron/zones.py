"""Zones, and the stretches of time between the changes of their clocks.

Zone data is that of the `tzdata` package and never the system's: then one version says when stored next runs must
be computed again, and all machines agree."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib import import_module
from importlib.resources import files
from typing import NamedTuple, NoReturn
from zoneinfo import ZoneInfo

from core.automations.cron.errors import quoted
from core.errors import InvalidError

FIRST_YEAR = 2
LAST_YEAR = 9998

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_NAME = 64
_SHORTEST_GUESSED = 5
_ALIKE = 0.8
CORRECTION = 3 * 3_600
# No zone changes twice within six days; looking every third day therefore finds every change.
_LOOK_EVERY = 3 * 86_400


class Stretch(NamedTuple):
    """A time in which a zone has one offset. Instants are seconds since 1970 in UTC.

    `first` is the first instant that is a whole minute on the wall, `end` is past the last one. Fixed-time jobs
    are owed from the wall second `owed` on: after a gap that is before the stretch begins, so that what was
    skipped is made up for, and where wall times are repeated it is where the repetition ends."""

    first: int
    end: int
    offset: int
    owed: int


class Change(NamedTuple):
    """A change of a zone's offset, and the instant of the first second after it."""

    at: int
    before: int
    after: int


def zone(name: str) -> ZoneInfo:
    """The zone of this IANA name; InvalidError suggests a name when there is none."""
    if name not in zone_names():
        _refuse(name)
    return _load(name)


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """All names that `zone` takes."""
    return frozenset(files("tzdata").joinpath("zones").read_text("utf-8").split()) - {"Factory"}


def zone_data_version() -> str:
    """The version of the zone data, such as `2026f`: next runs that were stored under another may differ."""
    return str(import_module("tzdata").IANA_VERSION)


@lru_cache(maxsize=1024)
def _load(name: str) -> ZoneInfo:
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def _refuse(name: str) -> NoReturn:
    hint = _hint(name) if 0 < len(name) <= _LONGEST_NAME else None
    what = f"{quoted(name)} is no time zone." if name else "The time zone is empty."
    raise InvalidError(f"{what} {hint or 'Write an IANA name such as Europe/Berlin or UTC.'}")


def _hint(name: str) -> str | None:
    """The zone that was meant, or one of the region that was named."""
    sought = name.strip().lower().replace(" ", "_")
    known = {each.lower(): each for each in sorted(zone_names())}
    cities = {each.rpartition("/")[2]: whole for each, whole in sorted(known.items(), key=_by_length)}
    region = next((whole for each, whole in known.items() if each.startswith(sought.rstrip("/") + "/")), None)
    near = known.get(sought) or cities.get(sought) or region
    if near is None and len(sought) >= _SHORTEST_GUESSED:
        from difflib import get_close_matches

        close = get_close_matches(sought, known | cities, 1, _ALIKE)
        near = (known | cities)[close[0]] if close else None
    return f"Did you mean {near}?" if near else None


def _by_length(entry: tuple[str, str]) -> int:
    """The longest first, so that the shortest name of a city counts."""
    return -len(entry[0])


def offset_at(zone: ZoneInfo, second: int) -> int:
    """The zone's offset from UTC at this instant, in seconds."""
    offset = (_EPOCH + timedelta(seconds=second)).astimezone(zone).utcoffset() or timedelta()
    return offset.days * 86_400 + offset.seconds


def year_of(second: int) -> int:
    """The year, in UTC, of an instant, or the nearest that can be looked at."""
    if second < _start_of(FIRST_YEAR):
        return FIRST_YEAR
    if second >= _start_of(LAST_YEAR + 1):
        return LAST_YEAR + 1
    return (_EPOCH + timedelta(seconds=second)).year


@lru_cache(maxsize=256)
def _start_of(year: int) -> int:
    return int((datetime(year, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds())


@lru_cache(maxsize=8192)
def stretches(zone: ZoneInfo, year: int) -> tuple[Stretch, ...]:
    """The stretches of a year, one after the other; its ends cut the outermost."""
    start, end = _start_of(year), _start_of(year + 1)
    found = changes(zone, start - _LOOK_EVERY, end)
    begins = [start - _LOOK_EVERY, *(change.at for change in found)]
    ends = [*(change.at for change in found), end]
    reached: int | None = None
    made: list[Stretch] = []
    for begin, until in zip(begins, ends, strict=True):
        offset = offset_at(zone, begin)
        wall = begin + offset
        kept = reached is not None and -CORRECTION <= wall - reached < CORRECTION
        owed = reached if kept and reached is not None else wall
        made.append(Stretch(-(-wall // 60) * 60 - offset, until, offset, owed))
        reached = max(owed, until + offset)
    return tuple(stretch for stretch in made if stretch.end > start)


def changes(zone: ZoneInfo, start: int, end: int) -> list[Change]:
    """The changes of the zone's offset after `start` and before `end`."""
    found = []
    second, offset = start, offset_at(zone, start)
    while second < end - 1:
        following = min(second + _LOOK_EVERY, end - 1)
        then = offset_at(zone, following)
        if then != offset:
            found.append(Change(_change_between(zone, second, following, offset), offset, then))
        second, offset = following, then
    return found


def changes_within_a_year(zone: ZoneInfo, after: int) -> bool:
    """Whether the zone's offset changes within a year after this instant, in seconds since 1970."""
    year = year_of(after)
    return year < LAST_YEAR and bool(changes(zone, max(after, _start_of(FIRST_YEAR)), after + 366 * 86_400))


def _change_between(zone: ZoneInfo, before: int, after: int, offset: int) -> int:
    while after - before > 1:
        middle = (before + after) // 2
        if offset_at(zone, middle) == offset:
            before = middle
        else:
            after = middle
    return after
