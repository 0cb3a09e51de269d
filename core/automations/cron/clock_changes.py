"""What the changes of a zone's clock do to runs and to single times, in a sentence each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from core.automations.cron.expression import Expression
from core.automations.cron.fields import MONTH_NAMES
from core.automations.cron.schedule import runs
from core.automations.cron.walltime import first_match
from core.automations.cron.zones import CORRECTION, FIRST_YEAR, LAST_YEAR, Change, changes, offset_at, year_of
from core.clock import DAY, SECOND
from core.errors import InvalidError
from storage.ids import Instant

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEAR = 366 * DAY
_LONGEST_LOOK = 10 * _YEAR
_WALL_DAY = 86_400
_SAID_WITHOUT_YEAR = 360 * _WALL_DAY


@dataclass(frozen=True, slots=True)
class Note:
    """What happens at a change of the clock; `instant` is the first one after the change."""

    instant: Instant
    sentence: str


def notes(expression: Expression, zone: ZoneInfo, after: Instant, n: int = 5) -> list[Note]:
    """What clock changes do to the runs of the coming year, and to the next `n` where those reach further."""
    following = runs(expression, zone, after, n)
    last = min(max([after + _YEAR, *following]), after + _LONGEST_LOOK)
    second = after // SECOND
    if not FIRST_YEAR < year_of(second) <= year_of(last // SECOND) <= LAST_YEAR:
        return []
    found = []
    for change in changes(zone, second, last // SECOND + 1):
        begin, end = _span(change)
        matches = _matches(expression, begin, end)
        if matches:
            day = _day(matches[0] if len(matches) == 1 else begin, second)
            what = _effect(expression, change, matches)
            found.append(Note(Instant(change.at * SECOND), f"{day}: {what}"))
    return found


def check_year(moment: datetime) -> None:
    """Refuse what the walls of some zones cannot show."""
    if not FIRST_YEAR < moment.year < LAST_YEAR:
        raise InvalidError(f"The year {moment.year} is too far away: choose a nearer one.")


def resolve_wall_time(zone: ZoneInfo, wall: datetime) -> tuple[Instant, Note | None]:
    """The instant at which a clock on the wall of this zone shows this time, by the rules for fixed-time jobs.

    A note says so where the time is skipped or comes twice; InvalidError where it is lost."""
    check_year(wall)
    passed = wall.replace(tzinfo=UTC) - _EPOCH
    second = passed.days * _WALL_DAY + passed.seconds
    for change in changes(zone, second - 2 * _WALL_DAY, second + 2 * _WALL_DAY):
        begin, end = _span(change)
        if begin <= second < end:
            return _at_change(zone, change, second, passed.microseconds)
    offset = next(each for each in _offsets(zone, second) if offset_at(zone, second - each) == each)
    return Instant((second - offset) * SECOND + passed.microseconds), None


def _at_change(zone: ZoneInfo, change: Change, second: int, micros: int) -> tuple[Instant, Note | None]:
    at = Instant(change.at * SECOND)
    day = f"{_date(second)}: {_clock(second)}"
    if change.after < change.before:
        note = Note(at, f"{day} comes twice, runs the first time")
        return Instant((second - change.before) * SECOND + micros), note
    if change.after - change.before >= CORRECTION:
        raise InvalidError(
            f"{_date(second)} {_clock(second)} does not exist in {zone.key}: the clock goes from"
            f" {_moment(change.at + change.before)} to {_moment(change.at + change.after)}. Choose another time."
        )
    first = _first_minute(change)
    return Instant((first - change.after) * SECOND), Note(at, f"{day} does not exist, runs at {_clock(first)}")


def _offsets(zone: ZoneInfo, second: int) -> Iterator[int]:
    for days in (0, -1, 1):
        yield offset_at(zone, second + days * _WALL_DAY)


def _span(change: Change) -> tuple[int, int]:
    """The wall seconds that are skipped or repeated, from and up to."""
    walls = change.at + change.before, change.at + change.after
    return min(walls), max(walls)


def _effect(expression: Expression, change: Change, matches: list[int]) -> str:
    begin, end = _span(change)
    one = len(matches) == 1
    what = _clock(matches[0]) if one else _stretch(begin, end)
    size = end - begin
    if change.after < change.before:
        runs_when = "runs the first time" if size <= CORRECTION else "runs both times"
        if expression.follows_real_time:
            runs_when = "runs both times" if one else "runs in both"
        return f"{what} comes twice, {runs_when}"
    if expression.follows_real_time:
        return f"{what} does not exist, nothing runs in it" if not one else f"{what} does not exist, does not run"
    if size >= CORRECTION:
        return f"{what} does not exist, what should run then is lost"
    return f"{what} does not exist, runs {'' if one else 'once '}at {_clock(_first_minute(change))}"


def _matches(expression: Expression, begin: int, end: int) -> list[int]:
    """The first matching wall seconds of a stretch of the wall clock: two are as telling as more."""
    found: list[int] = []
    while len(found) < 2:
        match = first_match(expression, found[-1] + 1 if found else begin)
        if match is None or match >= end:
            break
        found.append(match)
    return found


def _first_minute(change: Change) -> int:
    """The wall second of the first whole minute after a change."""
    return -(-(change.at + change.after) // 60) * 60


def _stretch(begin: int, end: int) -> str:
    if begin // _WALL_DAY == end // _WALL_DAY:
        return f"{_clock(begin)} to {_clock(end)}"
    if end % _WALL_DAY == 0 and end - begin <= _WALL_DAY:
        return f"{_clock(begin)} to 24:00"
    return f"{_clock(begin)} to {_clock(end)} on {_date(end)}"


def _moment(second: int) -> str:
    return f"{_date(second)} {_clock(second)}"


def _day(second: int, now: int) -> str:
    """The date, with its year where one could take it for this year's."""
    year = f" {_shown(second).year}" if second - now > _SAID_WITHOUT_YEAR else ""
    return f"{_date(second)}{year}"


def _date(second: int) -> str:
    shown = _shown(second)
    return f"{shown.day} {MONTH_NAMES[shown.month - 1][:3]}"


def _clock(second: int) -> str:
    return f"{_shown(second):%H:%M}"


def _shown(second: int) -> datetime:
    return _EPOCH + timedelta(seconds=second)
