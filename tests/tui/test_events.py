"""The events, key by key: what happened where, and what each rule makes of it."""

from pathlib import Path

from core.clock import ManualClock
from tests.fakes.rules import FakeRules, event, rule
from tests.tui.making import NARROW, item
from tests.tui.outgoing import outgoing
from tui.navigation import open_link
from tui.screens.event import EventScreen
from tui.screens.events import EventsScreen


async def test_events_are_listed_live_by_workspace_and_filtered(clock: ManualClock, tmp_path: Path) -> None:
    fake = FakeRules(clock)
    async with outgoing(clock, tmp_path, fake=fake) as it:
        it.app.desk.workspaces = ["atelier", "print-shop"]
        await it.press("V")
        await it.see("[atelier]  print-shop")
        await it.see("▌✖ 1m   task:transition           Ticket failed: Sign-in page")
        await it.see('"title": "Sign-in page",')
        fake.happen(event(11, "deploy:done", version="4.2"))
        await it.see("· now  deploy:done")
        await it.press("y")
        assert it.app.clipboard == "callboard:event/ev_0009"
        await it.press("Y")
        assert '"taskId": "t_9"' in it.app.clipboard
        await it.press("slash", *"event", "colon", *"session", "enter")
        await it.see_no("deploy:done")
        await it.press("escape", "greater_than_sign")
        await it.see(" atelier  [print-shop]")
        await it.see("x:y")
        await it.press("less_than_sign")
        await it.see("deploy:done")


async def test_an_event_is_explained_rule_by_rule(clock: ManualClock, tmp_path: Path) -> None:
    fake = FakeRules(clock)
    async with outgoing(clock, tmp_path, "V", fake=fake, size=NARROW) as it:
        it.app.desk.workspaces = ["atelier"]
        await it.press("escape", "V")
        await it.at("Now completed")
        await it.press("x")
        await it.see("Event › task:transition")
        await it.see("✖ Condition  task-failed")
        await it.see('✖ to == "failed" does not hold: here it is "completed"')
        assert "✓ task.retries >= 3 holds: here it is 3" in it.text
        assert "■ Off  quiet" in it.text
        assert "1 rule listens to other events: sla" in it.text
        assert "Would send nothing" in it.text
        fake.put_rule(rule("all", "*", channels=["desk"]))
        await it.see("✓ Fires  all")
        await it.see("Would send desk (1 rule fires)")
        await it.press("escape")
        await it.until(lambda: isinstance(it.app.screen, EventsScreen))
        await open_link(it.app, "callboard:event/ev_0000")
        await it.says("There is no event ev_0000")


async def test_a_delivery_and_a_notification_lead_to_what_the_rules_make_of_them(
    clock: ManualClock, tmp_path: Path
) -> None:
    fake = FakeRules(clock, items=[item(7, "Ticket failed")])
    fake.notified[7] = "ev_0009"
    fake.events["atelier"].append(event(4, "session:merge:failed"))
    async with outgoing(clock, tmp_path, fake=fake) as it:
        await it.press("g", "w")
        await it.see("✓ Fires  task-failed")
        await it.press("escape", "O")
        await it.at("old-hook")
        await it.press("x")
        await it.see("Event › session:merge:failed")
        assert isinstance(it.app.screen, EventScreen)
        await it.press("escape")
        await it.at("Deploy at")
        await it.press("x")
        await it.says("It was sent by hand")
