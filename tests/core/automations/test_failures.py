"""When automations are switched off, and who is told why."""

import pytest

from core.api.automations import AutomationChange, SwitchRequest
from core.api.inbox import InboxQuery
from core.clock import HOUR
from core.dispatcher import Dispatcher
from core.errors import ConflictError
from storage.bots import bots
from storage.database import Connection
from storage.people import workspace_by_slug
from tests.core.automations.conftest import Office

HOURLY = "0 * * * *"


async def fail(office: Office, times: int, outcome: str = "failed") -> None:
    for _ in range(times):
        office.clock.advance(HOUR)
        await office.scheduler.tick()
        await office.end_all(outcome, "Tests are red.")
        await office.scheduler.tick()


@pytest.mark.parametrize("type_", ["recurring", "loop"])
async def test_three_failures_in_a_row_disable_and_tell_why(office: Office, type_: str) -> None:
    made = await office.create(type=type_, cron=HOURLY if type_ == "recurring" else None)
    await fail(office, 2)
    assert (await office.show(made)).enabled

    await fail(office, 1)

    shown = await office.show(made)
    reason = "It failed 3 times in a row, the last time so: Tests are red."
    assert (shown.enabled, shown.next_run, shown.disabled_reason) == (False, None, reason)
    assert shown.disabled_by == "server"
    (told,) = await office.told("automation:disabled")
    assert (told["reason"], told["failures"], told["automationCreator"]) == (reason, 3, "ann")
    assert len(await office.told("automation:failed")) == 3


async def test_the_creator_finds_it_in_the_inbox_with_a_link_to_the_automation(office: Office) -> None:
    made = await office.create(type="recurring", cron=HOURLY)
    await fail(office, 3)
    await Dispatcher(office.database, office.clock, office.entropy).catch_up()

    items = (await office.inbox.page(await office.home.ann(), InboxQuery())).items

    (disabled,) = [item for item in items if item.event == "automation:disabled"]
    assert disabled.link == f"callboard:automation/{made.id}"
    assert "Tests are red." in disabled.body


@pytest.mark.parametrize("outcome", ["cancelled", "interrupted"])
async def test_what_is_stopped_is_no_failure(office: Office, outcome: str) -> None:
    made = await office.create(type="recurring", cron=HOURLY)
    await fail(office, 4, outcome)

    shown = await office.show(made)
    assert (shown.enabled, shown.failures) == (True, 0)


async def test_a_success_ends_the_count(office: Office) -> None:
    made = await office.create(type="recurring", cron=HOURLY)
    await fail(office, 2)
    await office.run_now(made)
    await office.end_all()
    await office.scheduler.tick()
    assert (await office.show(made)).failures == 0

    await fail(office, 2)

    assert (await office.show(made)).enabled


async def test_a_change_and_a_switch_end_the_count(office: Office) -> None:
    made = await office.create(type="recurring", cron=HOURLY)
    ann = await office.home.ann()
    await fail(office, 2)
    await office.automations.change(ann, str(made.id), AutomationChange(cron="30 * * * *"))
    assert (await office.show(made)).failures == 0

    await fail(office, 3)
    await office.switching.switch(ann, SwitchRequest([made.id]), "enable")

    shown = await office.show(made)
    assert (shown.enabled, shown.failures, shown.disabled_reason) == (True, 0, None)


async def test_run_now_never_disables(office: Office) -> None:
    made = await office.create(type="recurring", cron=HOURLY)
    for _ in range(4):
        await office.run_now(made)
        await office.end_all("failed", "Tests are red.")
        await office.scheduler.tick()

    shown = await office.show(made)
    assert (shown.enabled, shown.failures) == (True, 0)
    assert len(await office.told("automation:failed")) == 4


async def test_a_manual_automation_is_never_disabled(office: Office) -> None:
    made = await office.create()
    for _ in range(4):
        await office.run_now(made)
        await office.end_all("failed")
        await office.scheduler.tick()

    assert (await office.show(made)).enabled


async def test_a_one_time_automation_is_disabled_at_its_first_failure(office: Office) -> None:
    made = await office.create(type="one-time", at="2026-03-02T10:00Z")

    await fail(office, 1)

    (told,) = await office.told("automation:disabled")
    assert told["reason"] == "Tests are red."
    assert not (await office.show(made)).enabled


async def test_a_run_that_could_not_start_is_a_failure(office: Office) -> None:
    made = await office.create(type="recurring", cron=HOURLY, provider="echo")
    office.providers.known.remove("echo")
    for _ in range(3):
        office.clock.advance(HOUR)
        await office.scheduler.tick()

    history = await office.history(made)
    assert [run.outcome for run in history] == ["failed"] * 3
    assert history[0].reason == "It could not be started: provider: There is no such provider."
    assert not (await office.show(made)).enabled
    assert await office.sessions() == []


async def _bot(office: Office) -> None:
    def unit(connection: Connection) -> None:
        shop = workspace_by_slug(connection, "shop")
        assert shop is not None
        row = {"workspace_id": shop.id, "creator_id": 1, "created_at": 1, "updated_at": 1}
        connection.execute(bots.insert(), {**row, "name": "Rex", "provider": "shell"})

    await office.database.write(unit)


async def test_an_automation_whose_bot_is_gone_is_disabled_at_once(office: Office) -> None:
    await _bot(office)
    made = await office.create(type="recurring", cron=HOURLY, kind="bot", bot="Rex")
    await office.scheduler.tick()
    await office.database.write(lambda connection: connection.execute(bots.delete()))

    await office.scheduler.tick()

    assert not (await office.show(made)).enabled
    (told,) = await office.told("automation:disabled")
    assert told["reason"] == "Its bot is gone."


async def test_a_bot_that_goes_between_the_claim_and_the_start_disables_too(office: Office) -> None:
    await _bot(office)
    made = await office.create(type="manual", kind="bot", bot="Rex")
    await office.database.write(lambda connection: connection.execute(bots.delete()))

    with pytest.raises(ConflictError, match="The bot that was to do this is gone"):
        await office.run_now(made)

    (row,) = await office.history(made)
    assert row.outcome == "failed"
    assert (await office.show(made)).enabled
