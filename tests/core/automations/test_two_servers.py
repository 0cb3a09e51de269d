"""Several servers on one PostgreSQL: each occurrence is still one row and one session."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from core.api.automations import Execution, RunRequest
from core.automations.run_now import RunNow
from core.automations.scheduler import Scheduler
from core.clock import HOUR
from core.errors import ConflictError
from storage.database import Database
from storage.engines import Postgres
from tests.core.automations.conftest import Office

pytestmark = pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)


@pytest.fixture
async def other(office: Office, dialect: Postgres) -> AsyncIterator[Database]:
    """The database as another server has it open."""
    database = Database(dialect)
    yield database
    await database.close()


async def test_what_is_due_is_started_by_one_of_them(office: Office, other: Database) -> None:
    made = [await office.create(type="recurring", cron="0 * * * *", name=f"Job {number}") for number in range(40)]
    office.clock.advance(HOUR)
    second = Scheduler(other, office.clock, office.entropy, office.firing)

    await asyncio.gather(office.scheduler.tick(), second.tick(), office.begun_anew().tick())
    await second.tick()

    history = await office.history()
    assert sorted(run.automation for run in history) == sorted(each.id for each in made)
    assert all(run.session is not None for run in history)
    assert len(await office.sessions()) == len(made)


async def test_a_race_for_a_guarded_automation_starts_one_session(office: Office, other: Database) -> None:
    made = await office.create()
    ann = await office.home.ann()
    second = RunNow(other, office.clock, office.firing)

    async def press(desk: RunNow) -> Execution | None:
        try:
            return await desk.run(ann, str(made.id), RunRequest())
        except ConflictError:
            return None

    pressed = await asyncio.gather(*(press(desk) for desk in [office.pressing, second] * 25))

    assert len([execution for execution in pressed if execution is not None]) == 1
    assert len(await office.sessions()) == 1
    assert [run.outcome for run in await office.history(made)].count("skipped") == 49
