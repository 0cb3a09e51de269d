"""What the clock does: runs in time, skips with a reason, catches up once, and loses nothing."""

import logging

import pytest

from core.api.automations import AutomationChange, SwitchRequest
from core.clock import DAY, HOUR, MINUTE, SECOND, to_datetime
from storage import automations as store
from storage.ids import AutomationId, Instant
from tests.core.automations.conftest import Office

HOURLY = "0 * * * *"


async def switch(office: Office, way: str, *ids: int) -> None:
    request = SwitchRequest(list(ids))
    await office.switching.switch(await office.home.ann(), request, "enable" if way == "enable" else "disable")


async def test_a_run_starts_at_its_time_and_not_before(office: Office) -> None:
    made = await office.create(type="recurring", cron="1 9 * * *")
    assert await office.scheduler.tick() == 30
    office.clock.advance(45 * SECOND)
    assert await office.scheduler.tick() == 15
    office.clock.advance(15 * SECOND)

    await office.scheduler.tick()

    (run,) = await office.history(made)
    assert (run.trigger, run.scheduled_for, run.outcome) == ("schedule", to_datetime(office.clock.now()), None)
    assert run.started_at == run.scheduled_for
    (session,) = await office.sessions()
    assert (session.id, session.title, session.execution_id) == (run.session, "Nightly", run.id)


async def test_a_run_ends_in_the_ledger_as_its_session_does(office: Office) -> None:
    made = await office.create(type="recurring", cron=HOURLY)
    outcomes = ["succeeded", "failed", "timed_out", "succeeded", "cancelled", "interrupted"]

    for outcome in outcomes:
        office.clock.advance(HOUR)
        await office.scheduler.tick()
        await office.end_all(outcome, "So it went." if outcome != "succeeded" else "")
        await office.scheduler.tick()

    ended = [(run.outcome, run.reason) for run in await office.history(made)]
    assert ended == [
        ("succeeded", ""),
        ("failed", "So it went."),
        ("failed", "So it went."),
        ("succeeded", ""),
        ("cancelled", "So it went."),
        ("interrupted", "So it went."),
    ]


async def test_a_skip_streak_tells_once(office: Office) -> None:
    made = await office.create(type="recurring", cron=HOURLY)
    for _ in range(4):
        office.clock.advance(HOUR)
        await office.scheduler.tick()

    (told,) = await office.told("automation:skipped")
    history = await office.history(made)
    assert [run.outcome for run in history] == [None, "skipped", "skipped", "skipped"]
    assert [run.session for run in history] == [1, 1, 1, 1]
    assert (told["automationName"], told["sessionId"]) == ("Nightly", 1)
    assert (await office.show(made)).skips == 3

    await office.end_all()
    for _ in range(2):
        office.clock.advance(HOUR)
        await office.scheduler.tick()

    assert len(await office.told("automation:skipped")) == 2
    assert (await office.show(made)).skips == 1


async def test_parallel_sessions_are_not_in_each_others_way(office: Office) -> None:
    made = await office.create(type="recurring", cron=HOURLY, parallel=True)
    for _ in range(3):
        office.clock.advance(HOUR)
        await office.scheduler.tick()

    assert [run.outcome for run in await office.history(made)] == [None, None, None]
    assert len(await office.sessions()) == 3


async def test_what_was_missed_is_one_row_that_says_how_many(office: Office) -> None:
    made = await office.create(type="recurring", cron=HOURLY)
    office.clock.advance(5 * HOUR + 40 * MINUTE)

    await office.begun_anew().tick()

    (missed,) = await office.history(made)
    assert (missed.outcome, missed.missed_count) == ("missed", 5)
    assert missed.reason == "5 runs were missed: the server was not running."
    assert await office.sessions() == []
    assert (await office.show(made)).next_run == to_datetime(Instant(office.clock.now() + 20 * MINUTE))


async def test_the_latest_missed_run_is_caught_up_once_and_knows_how_many_there_were(office: Office) -> None:
    made = await office.create(
        type="recurring", cron=HOURLY, run_missed=True, prompt="{{missed_count}} since {{scheduled_for}}"
    )
    office.clock.advance(5 * HOUR + 40 * MINUTE)

    for _ in range(3):
        await office.begun_anew().tick()

    (run,) = await office.history(made)
    assert (run.trigger, run.missed_count) == ("catch-up", 5)
    (session,) = await office.sessions()
    prompt = await office.prompt_of(session.id)
    assert prompt == "5 since 2026-03-02T14:00:00Z"


async def test_two_catch_ups_run_at_a_time(office: Office) -> None:
    for number in range(5):
        await office.create(type="recurring", cron=HOURLY, run_missed=True, name=f"Job {number}")
    office.clock.advance(2 * HOUR + 40 * MINUTE)

    in_flight = []
    for _ in range(3):
        await office.begun_anew().tick()
        in_flight.append(len([one for one in await office.sessions() if one.state == "queued"]))
        await office.end_all()
    await office.scheduler.tick()

    assert in_flight == [2, 2, 1]
    assert [run.outcome for run in await office.history()] == ["succeeded"] * 5


async def test_a_late_run_is_no_missed_run(office: Office) -> None:
    made = await office.create(type="recurring", cron=HOURLY)
    office.clock.advance(HOUR + 20 * MINUTE)

    await office.scheduler.tick()

    (run,) = await office.history(made)
    assert (run.trigger, run.outcome, run.missed_count) == ("schedule", None, 0)


async def test_a_switch_on_after_a_pause_catches_nothing_up(office: Office) -> None:
    made = await office.create(type="recurring", cron=HOURLY, run_missed=True)
    await switch(office, "disable", made.id)
    office.clock.advance(DAY)
    await switch(office, "enable", made.id)

    await office.scheduler.tick()

    assert await office.history(made) == []
    assert (await office.show(made)).next_run == to_datetime(Instant(office.clock.now() + HOUR))


async def test_what_was_due_and_is_switched_off_has_its_reason(office: Office) -> None:
    made = await office.create(type="recurring", cron=HOURLY)
    office.clock.advance(HOUR)

    await switch(office, "disable", made.id)
    await office.scheduler.tick()

    (row,) = await office.history(made)
    assert (row.outcome, row.reason) == ("disabled", "Switched off by ann.")


async def test_what_was_due_by_the_old_schedule_is_superseded(office: Office) -> None:
    made = await office.create(type="recurring", cron=HOURLY)
    office.clock.advance(HOUR)

    changed = await office.automations.change(
        await office.home.ann(), str(made.id), AutomationChange(cron="30 * * * *")
    )
    await office.scheduler.tick()

    (row,) = await office.history(made)
    assert (row.outcome, row.scheduled_for) == ("superseded", to_datetime(office.clock.now()))
    assert changed.next_run == to_datetime(Instant(office.clock.now() + 30 * MINUTE))


async def test_a_catch_up_that_waits_is_superseded_too(office: Office) -> None:
    jobs = [
        await office.create(type="recurring", cron=HOURLY, run_missed=True, name=f"Job {number}")
        for number in range(3)
    ]
    office.clock.advance(2 * HOUR + 40 * MINUTE)
    await office.scheduler.tick()

    await office.automations.delete(await office.home.ann(), str(jobs[2].id))
    await office.end_all()
    await office.scheduler.tick()

    (row,) = await office.history(jobs[2])
    assert (row.outcome, row.reason) == ("disabled", "The automation was deleted by ann.")
    assert len(await office.sessions()) == 2


async def test_a_clock_that_steps_back_runs_nothing_twice(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    made = await office.create(type="recurring", cron=HOURLY, parallel=True)
    office.clock.advance(HOUR)
    await office.scheduler.tick()

    office.clock.set_wall(Instant(office.clock.now() - 90 * MINUTE))
    with caplog.at_level(logging.WARNING):
        await office.scheduler.tick()
    for _ in range(16):
        office.clock.advance(10 * MINUTE)
        await office.scheduler.tick()

    due = [run.scheduled_for for run in await office.history(made)]
    assert len(due) == len(set(due)) == 2
    assert "The clock went 5400 s back" in caplog.text


async def test_a_slept_through_time_is_noticed_and_said(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    made = await office.create(type="recurring", cron=HOURLY)
    await office.scheduler.tick()

    office.clock.set_wall(Instant(office.clock.now() + HOUR))
    with caplog.at_level(logging.WARNING):
        await office.scheduler.tick()

    assert "3600 s forward" in caplog.text
    assert len(await office.history(made)) == 1


async def test_a_one_time_automation_is_switched_off_after_it_ran(office: Office) -> None:
    made = await office.create(type="one-time", at="2026-03-02T10:00Z")
    office.clock.advance(HOUR)
    await office.scheduler.tick()
    await office.end_all()
    await office.scheduler.tick()

    shown = await office.show(made)
    assert (shown.enabled, shown.disabled_reason) == (False, "It has run, as it was to do once.")
    assert await office.told("automation:disabled") == []


async def test_a_missed_one_time_automation_tells_its_creator(office: Office) -> None:
    made = await office.create(type="one-time", at="2026-03-02T10:00Z")
    office.clock.advance(2 * HOUR)

    await office.begun_anew().tick()

    (row,) = await office.history(made)
    (told,) = await office.told("automation:disabled")
    assert row.outcome == "missed"
    assert told["reason"] == "It was missed: the server was not running at its time."
    assert not (await office.show(made)).enabled


async def test_new_zone_data_moves_the_stored_runs_and_says_so(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    made = await office.create(type="recurring", cron=HOURLY)
    right = made.next_run
    stale = {"zone_data": "1999a", "next_run_at": office.clock.now() + 5 * HOUR}
    await office.database.write(lambda connection: store.change(connection, AutomationId(made.id), stale))

    with caplog.at_level(logging.WARNING):
        await office.scheduler.take_up_zone_data()

    assert "1 next runs are at another time" in caplog.text
    assert (await office.show(made)).next_run == right


async def test_what_cannot_be_started_by_a_fault_keeps_nothing_else_from_it(office: Office) -> None:
    bad = await office.create(type="recurring", cron=HOURLY, name="Bad")
    good = await office.create(type="recurring", cron=HOURLY, name="Good")
    office.starting.breaks_for = "Bad"
    office.clock.advance(HOUR)

    await office.scheduler.tick()

    (failed,) = await office.history(bad)
    (started,) = await office.history(good)
    assert failed.outcome == "failed"
    assert "a fault of the server" in failed.reason
    assert started.session is not None
