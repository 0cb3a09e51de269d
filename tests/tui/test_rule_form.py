"""The form of a rule, key by key: patterns, a condition built and typed, and what it would have sent."""

from pathlib import Path

from core.api.rules import NewRule
from core.clock import ManualClock
from core.errors import InvalidError
from tests.fakes.rules import FAILED, FakeRules, event, rule
from tests.tui.outgoing import Outgoing, outgoing
from tui.screens.rule_form import RuleFormScreen


def form_of(it: Outgoing) -> RuleFormScreen:
    form = it.app.screen
    assert isinstance(form, RuleFormScreen)
    return form


async def test_a_rule_is_written_and_tried_while_it_is(clock: ManualClock, tmp_path: Path) -> None:
    fake = FakeRules(clock)
    async with outgoing(clock, tmp_path, "X", "n", fake=fake, size=(120, 44)) as it:
        form = form_of(it)
        await it.see("What it would have sent of the latest events is said here.")
        await it.type("task:tr")
        await it.see("task:transition")
        await it.press("tab", "enter", "tab")
        await it.see("task:transition fits 1 name of the catalogue")
        await it.see("Would have fired 3 times of the latest 4 events.")
        await it.see("[ ] old-hook (disabled)")
        await it.press("left", "space", "tab", "right")
        await it.see("Holds when")
        await it.press("tab", "tab")
        await it.see("taskId  to  task  task.title")
        await it.press(*"to", "tab", "tab", *"failed")
        await it.see("Would have fired 2 times of the latest 4 events.")
        await it.see("3 of them have a name that it listens to.")
        assert "✖ When" not in it.text
        form.fields["cooldown"].widget.focus()
        await it.type("2h")
        await it.see("Would have fired once of the latest 4 events (1 held back by the cooldown).")
        await it.press("tab", "left_curly_bracket", "left_curly_bracket", *"task.t")
        await it.see("{{task.title}}")
        await it.press("tab", *" failed")
        await it.see("Sign-in page failed")
        fake.happen(event(10, taskId="t_10", to="failed", task={"title": "Ledger"}))
        await it.see("(2 held back by the cooldown)")
        await it.press("ctrl+s")
        await it.says("Saved rule_made_up · x explains it")
        assert fake.added == [
            NewRule(
                ["task:transition"],
                ["slack-alerts"],
                condition=FAILED,
                cooldown_ms=7_200_000,
                title="{{task.title}} failed",
            )
        ]
        await it.see("▌● On       rule_made_up")


async def test_a_condition_goes_from_rows_to_json_and_back(clock: ManualClock, tmp_path: Path) -> None:
    fake = FakeRules(clock)
    async with outgoing(clock, tmp_path, "X", fake=fake, size=(120, 40)) as it:
        await it.at("task-failed")
        await it.press("e")
        await it.see("Edit › task-failed")
        form = form_of(it)
        await it.see("and when")
        form.fields["condition"].widget.focus()
        await it.press("right")
        await it.see('    {"field": "task.retries", "op": ">=", "value": 3}')
        form.fields["condition.json"].widget.focus()
        await it.press("delete")
        await it.see("✖ Condition")
        await it.see("this is not JSON")
        await it.see("What it would have sent is said here once nothing is wrong above.")
        form.fields["condition"].widget.focus()
        await it.press("left")
        await it.says("Rows cannot say this: it stays JSON.")
        form.fields["condition.json"].widget.focus()
        await it.press("left_curly_bracket")
        await it.see_no("✖ Condition")
        form.fields["condition"].widget.focus()
        await it.press("left", "tab", "right")
        await it.see("any of these holds")
        await it.see("or when")
        await it.see_no('{"field": "task.retries"')
        await it.press("ctrl+s")
        await it.says("Saved task-failed")
        (changed,) = fake.added
        assert changed.condition == {"or": [FAILED, {"field": "task.retries", "op": ">=", "value": 3}]}
        assert fake.rules["task-failed"].template == "After {{task.retries}} tries."


async def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(
    clock: ManualClock, tmp_path: Path
) -> None:
    fake = FakeRules(clock, [rule("other", channels=["gone"])])
    async with outgoing(clock, tmp_path, "X", "n", fake=fake, size=(60, 20)) as it:
        form = form_of(it)
        await it.press("ctrl+s")
        await it.says("Say which events, such as task:* or sla:violated.")
        await it.type("mine:*")
        await it.press("tab")
        await it.see("[ ] desk")
        await it.press("space")
        form.fields["condition"].widget.focus()
        await it.press("right", "tab", "tab", *"x", "tab", "right", "tab", "tab")
        await it.see("Say what it is compared with")
        form.fields["condition"].widget.focus()
        await it.press("left")
        form.fields["id"].widget.focus()
        await it.type("mine")
        fake.refuse = InvalidError("An id is a text without line breaks, such as failed-tickets.", "id")
        await it.press("ctrl+s")
        await it.see("✖ Id")
        fake.break_off()
        await it.type("2")
        await it.press("ctrl+s")
        await it.see("Not saved yet: what you typed is still here.")
        fake.come_back()
        await it.until(lambda: it.app.workbench.live.connection == "live")
        await it.press("escape")
        await it.see("Not saved yet. Leave?")
        await it.press("n", "ctrl+s")
        await it.says("Saved mine2")
        await it.at("other")
        await it.press("e")
        await it.see("[x] gone")
