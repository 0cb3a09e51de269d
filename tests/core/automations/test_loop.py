"""A loop runs again whenever its last session has ended, and comes to rest for no reason of the server's."""

import pytest

from core.api.automations import Automation
from core.automations.closed_requests import tell_closed
from core.automations.schedules import after_run
from core.clock import MINUTE, SECOND
from storage.database import Connection
from storage.ids import Instant
from tests.core.automations.conftest import Office


async def turns(office: Office, made: Automation) -> list[tuple[str | None, int | None]]:
    return [(run.outcome, run.iteration) for run in await office.history(made)]


@pytest.mark.parametrize(
    ("outcome", "failures", "lasted", "pause"),
    [
        ("succeeded", 0, MINUTE, 0),
        ("succeeded", 0, SECOND // 4, SECOND * 3 // 4),
        ("failed", 1, MINUTE, 5 * SECOND),
        ("failed", 2, MINUTE, 10 * SECOND),
        ("failed", 3, MINUTE, 20 * SECOND),
        ("failed", 50, MINUTE, 5 * MINUTE),
        ("interrupted", 0, MINUTE, 5 * SECOND),
        ("cancelled", 0, MINUTE, 5 * SECOND),
    ],
)
def test_the_pause_after_a_run(outcome: str, failures: int, lasted: int, pause: int) -> None:
    assert after_run(outcome, failures, Instant(0), Instant(lasted)) == lasted + pause


async def test_a_loop_goes_on_when_its_session_has_ended(office: Office) -> None:
    made = await office.create(type="loop")
    await office.scheduler.tick()
    await office.scheduler.tick()
    assert await turns(office, made) == [(None, 1)]

    office.clock.advance(MINUTE)
    await office.end_all()
    await office.scheduler.tick()

    assert await turns(office, made) == [("succeeded", 1), (None, 2)]
    assert [run.trigger for run in await office.history(made)] == ["loop", "loop"]


async def test_a_loop_pauses_longer_after_each_failure(office: Office) -> None:
    made = await office.create(type="loop")
    await office.scheduler.tick()
    waits = []
    for _ in range(2):
        await office.end_all("failed")
        await office.scheduler.tick()
        due = (await office.show(made)).next_run
        assert due is not None
        waits.append((due.timestamp() * SECOND - office.clock.now()) / SECOND)
        office.clock.advance(int(waits[-1] * SECOND))
        await office.scheduler.tick()

    assert waits == [5, 10]


async def test_a_loop_goes_on_after_its_session_was_interrupted_and_the_server_begun_anew(office: Office) -> None:
    made = await office.create(type="loop")
    await office.scheduler.tick()
    await office.end_all("interrupted")
    office.clock.advance(MINUTE)

    await office.begun_anew().tick()
    office.clock.advance(5 * SECOND)
    await office.scheduler.tick()

    assert await turns(office, made) == [("interrupted", 1), (None, 2)]


async def test_a_loop_that_finds_a_session_in_its_way_goes_on_after_it(office: Office) -> None:
    made = await office.create(type="loop")
    await office.scheduler.tick()
    await office.end_all()
    await office.scheduler.tick()
    (session,) = await office.sessions()
    await office.continue_(session.id)
    for _ in range(3):
        office.clock.advance(MINUTE)
        await office.scheduler.tick()
    assert await turns(office, made) == [("succeeded", 1), ("skipped", None)]

    await office.end_all()
    office.clock.advance(MINUTE)
    await office.scheduler.tick()

    assert (await turns(office, made))[-1] == (None, 2)


async def test_run_now_on_a_loop_is_a_turn_of_it(office: Office) -> None:
    made = await office.create(type="loop")
    await office.scheduler.tick()
    await office.end_all("failed")
    await office.scheduler.tick()
    await office.run_now(made)

    office.clock.advance(MINUTE)
    await office.scheduler.tick()
    assert await turns(office, made) == [("failed", 1), (None, 2)]
    await office.end_all()
    await office.scheduler.tick()

    assert (await turns(office, made))[-1] == (None, 3)


async def test_a_closed_pull_request_is_told_once_per_iteration(office: Office) -> None:
    made = await office.create(type="loop")
    for _ in range(2):
        await office.scheduler.tick()
        session = (await office.sessions())[-1]

        def unit(connection: Connection) -> bool:
            url = f"https://example.com/pull/{session.id}"  # noqa: B023
            return tell_closed(connection, session, url, office.clock.now(), office.entropy)  # noqa: B023

        assert await office.database.write(unit)
        assert await office.database.write(unit)
        await office.end_all()
        office.clock.advance(MINUTE)

    told = await office.told("pr:closed")
    assert [(event["iteration"], event["url"]) for event in told] == [
        (1, "https://example.com/pull/1"),
        (2, "https://example.com/pull/2"),
    ]
    assert {event["automationId"] for event in told} == {made.id}
