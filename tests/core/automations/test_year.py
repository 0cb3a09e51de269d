"""A year of schedules over a real store, where clocks change, with a kill at every step: each occurrence is one
row."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import cycle
from typing import TypeVar

from core.automations.cron import next_run, parse, zone
from core.automations.scheduler import Scheduler
from core.clock import SECOND, from_datetime
from storage import automations as store
from storage.database import Connection, Database
from storage.ids import Instant
from tests.core.automations.conftest import Office

T = TypeVar("T")

END = from_datetime(datetime(2027, 3, 2, tzinfo=UTC))
CALENDAR = [
    ("30 2 * * 0", "America/New_York"),  # within the hour that is skipped
    ("*/30 1 * 3,11 0", "America/New_York"),  # within the hour that comes twice
    ("15 2 * 3-4,10 0", "Australia/Lord_Howe"),  # within the half hour that is skipped
    ("45 1 * * 0", "Australia/Lord_Howe"),  # within the half hour that comes twice
    ("30 0 * * 0", "America/Santiago"),  # within the first hour of a day, which is skipped
    ("*/30 23 * 4,9 6", "America/Santiago"),  # within the last hour of a day, which comes twice
]


class KilledError(Exception):
    """The server is gone."""


class Mortal:
    """A store whose server is killed: before a unit is written, after it, or not yet."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._fates = cycle(["after", "live", "before", "live", "live", "after", "before"])
        self.kills = 0

    async def read(self, unit: Callable[[Connection], T]) -> T:
        return await self._database.read(unit)

    async def write(self, unit: Callable[[Connection], T]) -> T:
        fate = next(self._fates)
        if fate == "live":
            return await self._database.write(unit)
        self.kills += 1
        if fate == "after":
            await self._database.write(unit)
        else:
            await _write_and_fail(self._database, unit)
        raise KilledError


async def _write_and_fail(database: Database, unit: Callable[[Connection], object]) -> None:
    def half(connection: Connection) -> None:
        unit(connection)
        raise KilledError

    try:
        await database.write(half)
    except KilledError:
        return


def planned(cron: str, name: str, start: Instant) -> list[Instant]:
    found: list[Instant] = []
    at = next_run(parse(cron), zone(name), start)
    while at is not None and at < END:
        found.append(at)
        at = next_run(parse(cron), zone(name), at)
    return found


async def live(office: Office, mortal: Mortal) -> None:
    """Tick until there is nothing left to do, by servers that are killed one after the other."""
    while True:
        try:
            await Scheduler(mortal, office.clock, office.entropy, office.firing).tick()  # type: ignore[arg-type]
        except KilledError:
            continue
        return


async def test_each_occurrence_of_a_year_is_one_row_however_often_the_server_is_killed(office: Office) -> None:
    start = office.clock.now()
    made = [
        await office.create(type="recurring", cron=cron, tz=tz, parallel=True, kind="chat")
        for cron, tz in CALENDAR
    ]
    mortal = Mortal(office.database)

    while (due := await office.database.read(store.next_due)) is not None and due < END:
        office.clock.advance(max(due - office.clock.now(), 0) + SECOND // 5)
        await live(office, mortal)

    assert mortal.kills > 200
    for automation, (cron, tz) in zip(made, CALENDAR, strict=True):
        history = await office.history(automation)
        rows = [from_datetime(run.scheduled_for) for run in history if run.scheduled_for]
        assert rows == planned(cron, tz, start), (cron, tz)
        assert len({run.session for run in history}) == len(history)
        assert {(run.trigger, run.outcome) for run in history} == {("schedule", None)}
