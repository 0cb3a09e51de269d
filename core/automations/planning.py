"""What is to come: a schedule while it is being written, and the runs of the next hours."""

import heapq
from zoneinfo import ZoneInfo

from core.api.automations import Day, DayQuery, DayRun, PlannedRun, SchedulePreview, ScheduleQuery
from core.automations.access import seen_by
from core.automations.cron import in_words, notes, runs, zone
from core.automations.schedules import ONE_TIME_GRACE, expression, following, instant_of
from core.caller import Caller
from core.clock import HOUR, Clock, to_datetime
from core.errors import InvalidError
from storage import automations as store
from storage.automations import AutomationRow
from storage.database import Connection, Database
from storage.ids import Instant

_MOST_RUNS = 100
_MOST_HOURS = 24 * 7
_MOST_OF_DAY = 1_000
_NEAR = 3 * HOUR


class Planning:
    """Looks ahead. It starts nothing."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def preview(self, query: ScheduleQuery) -> SchedulePreview:
        """The schedule in words, its next runs, and what clock changes do to them."""
        if (query.cron is None) == (query.at is None):
            raise InvalidError("Give either a cron expression or a time.", "cron")
        if not 1 <= query.n <= _MOST_RUNS:
            raise InvalidError(f"There can be 1 to {_MOST_RUNS} runs.", "n")
        there, here = _zone(query.tz, "tz"), _zone(query.viewer_tz, "viewer_tz")
        now = self._clock.now()
        if query.cron is not None:
            return _recurring(query.cron, there, here, now, query.n)
        return _once(query.at or "", there, here, now)

    async def day(self, caller: Caller, query: DayQuery) -> Day:
        """The runs of the coming hours, of all automations that the caller may see, in order."""
        if not 1 <= query.hours <= _MOST_HOURS:
            raise InvalidError(f"One can look 1 to {_MOST_HOURS} hours ahead.", "hours")
        if not 1 <= query.limit <= _MOST_OF_DAY:
            raise InvalidError(f"There can be 1 to {_MOST_OF_DAY} runs.", "limit")
        seen = seen_by(caller)
        until = Instant(self._clock.now() + query.hours * HOUR)

        def unit(connection: Connection) -> Day:
            return _day(store.coming(connection, seen, until, query.limit + 1), until, query.limit)

        return await self._database.read(unit)


def _recurring(cron: str, there: ZoneInfo, here: ZoneInfo, now: Instant, n: int) -> SchedulePreview:
    try:
        read = expression(cron)
    except InvalidError as error:
        raise InvalidError(str(error), "cron") from None
    told = notes(read, there, now)
    following = runs(read, there, now, n)
    concerned = {_nearest(note.instant, following): note.sentence for note in told}
    planned = [_planned(at, there, here, concerned.get(at)) for at in following]
    return SchedulePreview(in_words(read), planned, [note.sentence for note in told])


def _nearest(change: Instant, following: list[Instant]) -> Instant | None:
    """The run that a change of the clock concerns, if it is among these."""
    near = [at for at in following if abs(at - change) <= _NEAR]
    return min(near, key=lambda at: abs(at - change), default=None)


def _once(text: str, there: ZoneInfo, here: ZoneInfo, now: Instant) -> SchedulePreview:
    at, note = instant_of(text, there.key)
    if at < now - ONE_TIME_GRACE:
        raise InvalidError("This is more than 5 minutes past; choose a time to come.", "at")
    said = None if note is None else note.sentence
    planned = _planned(at, there, here, said)
    return SchedulePreview(f"Once, on {planned.there}", [planned], [] if said is None else [said])


def _planned(at: Instant, there: ZoneInfo, here: ZoneInfo, note: str | None) -> PlannedRun:
    return PlannedRun(to_datetime(at), _wall(at, there), _wall(at, here), note)


def _wall(at: Instant, where: ZoneInfo) -> str:
    return f"{to_datetime(at).astimezone(where):%a %d %b %Y %H:%M %Z}"


def _zone(name: str, place: str) -> ZoneInfo:
    try:
        return zone(name)
    except InvalidError as error:
        raise InvalidError(error.sentence, place) from None


def _day(rows: list[AutomationRow], until: Instant, limit: int) -> Day:
    """All runs until then, at most so many: the soonest is taken, and what comes after it put in its place."""
    coming = [(row.next_run_at or until, row.id, place) for place, row in enumerate(rows)]
    heapq.heapify(coming)
    found: list[DayRun] = []
    while coming and len(found) < limit:
        at, number, place = heapq.heappop(coming)
        row = rows[place]
        found.append(DayRun(number, row.name, to_datetime(at)))
        then = _after(row, at)
        if then is not None and then < until:
            heapq.heappush(coming, (then, number, place))
    return Day(found, bool(coming))


def _after(row: AutomationRow, at: Instant) -> Instant | None:
    if row.type != "recurring":
        return None
    try:
        return following(row.cron or "", row.zone or "UTC", at)
    except InvalidError:
        return None
