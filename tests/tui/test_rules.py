"""The rules, key by key: what is said of each, how one is changed, and what is wrong in the configuration."""

from pathlib import Path

from msgspec.structs import replace

from core.api.rules import Problem, RuleChange
from core.clock import ManualClock
from core.errors import ConflictError
from tests.fakes.rules import FakeRules, event, rule
from tests.tui.making import NARROW
from tests.tui.outgoing import outgoing
from tui.navigation import open_link
from tui.screens.rule import RuleScreen
from tui.screens.rule_form import RuleFormScreen
from tui.screens.rules import RulesScreen


async def test_the_list_says_how_each_rule_does_and_the_text_why(clock: ManualClock, tmp_path: Path) -> None:
    fake = FakeRules(clock)
    fake.problems = [
        Problem("notifications.json: rules[2].condition.and[0].op", "There is no op '=': choose one.")
    ]
    async with outgoing(clock, tmp_path, "X", fake=fake, size=(150, 44)) as it:
        await it.see("✖ notifications.json: rules[2].condition.and[0].op: There is no op")
        await it.see("✖ Problem  sla ")
        assert "■ Off      quiet" in it.text
        await it.see("There is no channel 'gone'.")
        await it.at("task-failed")
        await it.see("Cooldown   5m · holds back until Mon 2 Mar 2026, 10:03 CET · in 3")
        assert "2m     14 (3)" in it.text
        assert "Fired      14 · held back 3, 1 of them since then" in it.text
        assert "all of these hold:" in it.text
        assert '   - to is "failed"' in it.text
        assert "   - task.retries is at least 3" in it.text
        assert '{"and": [{"field": "to", "op": "==", "value": "failed"}' in it.text
        assert "{{task.title}} failed" in it.text
        await it.see("» Dropped   4h   slack-alerts  Held back")
        fake.put_rule(rule("late", "sla:*"))
        await it.see("● On       late")
        fake.problems = []
        fake.put_rule()
        fake._tell([1], "rules")
        await it.see_no("✖ notifications.json")
        await it.press("slash", *"is", "colon", *"off", "enter")
        await it.see_no("task-failed  ")


async def test_a_rule_is_switched_by_space_and_deleted_after_a_question(
    clock: ManualClock, tmp_path: Path
) -> None:
    fake = FakeRules(clock)
    async with outgoing(clock, tmp_path, "X", fake=fake) as it:
        await it.at("task-failed")
        assert "space On/off" in it.text.splitlines()[-1]
        await it.press("space")
        await it.says("Switched task-failed off")
        await it.see("■ Off      task-failed")
        await it.press("s")
        await it.see("● On       task-failed")
        assert fake.added == [RuleChange(enabled=False), RuleChange(enabled=True)]
        fake.refuse = ConflictError("This rule is in a file: change it there.")
        await it.press("d", "y")
        await it.see("This rule is in a file: change it there.")
        await it.press("n", "d", "n", "d", "y")
        await it.says("Deleted task-failed")
        await it.see_no("● On       task-failed")
        await it.at("sla")
        await it.press("space")
        await it.says("sla is in a file of the home: set enabled there")
        await it.press("e")
        await it.see("“sla” is in a file of the home: change it there, at notifications.json: rules[0].")
        await it.press("c")
        await it.until(lambda: isinstance(it.app.screen, RuleFormScreen))
        await it.see("sla-copy")


async def test_a_rule_leads_to_its_deliveries_its_link_and_its_latest_event(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with outgoing(clock, tmp_path, "X", fake=FakeRules(clock), size=NARROW) as it:
        await it.at("task-failed")
        await it.press("enter")
        await it.see("Rule › task-failed")
        await it.see("Last fired")
        await it.press("y")
        assert it.app.clipboard == "callboard:rule/task-failed"
        await it.press("Y")
        assert '"cooldownMs": 300000' in it.app.clipboard
        await it.press("o")
        await it.see("Deliveries › rule:task-failed")
        await it.press("escape")
        await it.until(lambda: isinstance(it.app.screen, RuleScreen))
        await it.press("x")
        await it.see("Event › task:transition")
        await it.see("✓ Fires  task-failed")
        await it.see("Sign-in page failed")
        await it.press("escape", "escape")
        await it.until(lambda: isinstance(it.app.screen, RulesScreen))
        await it.at("sla")
        await it.press("x")
        await it.says("It listened to none of the latest events")
        await it.see("It does not listen to task:transition, but to sla:**.")
        await open_link(it.app, "callboard:rule/nowhere")
        await it.says("There is no rule nowhere.")


async def test_hostile_rules_and_events_change_nothing_on_the_screen(clock: ManualClock, tmp_path: Path) -> None:
    bad = "\x1b[31m[b]x\u202e\n\x07{{a}}"
    condition = {"or": [{"field": bad, "op": "==", "value": bad}, {"not": {"field": bad, "op": "exists"}}]}
    words = dict.fromkeys(("name", "title", "template", "problem", "place", "workspace"), bad)
    nasty = rule(bad, bad, channels=[bad], condition=condition, **words)
    happened = replace(event(1, bad), data={bad: bad, "to": [bad, {bad: bad}]})
    fake = FakeRules(clock, [nasty], [happened])
    fake.problems = [Problem(bad, bad)]
    async with outgoing(clock, tmp_path, "X", fake=fake, size=(150, 44)) as it:
        await it.see("Only when")
        for keys, seen in (
            (("enter",), "Rule ›"),
            (("x",), "Nothing has happened yet"),
            (("backspace", "e"), "[x] ␛"),
            (("tab", "down"), "(disabled)"),
            (("escape", "V"), "[atelier]"),
            (("enter",), "Event ›"),
        ):
            await it.press(*keys)
            await it.see(seen)
            assert "cannot display" not in it.text
            assert not set(it.text) & set("\x1b\x07\u202e")


async def test_where_there_is_no_rule_the_first_step_is_said(clock: ManualClock, tmp_path: Path) -> None:
    async with outgoing(clock, tmp_path, "X", fake=FakeRules(clock, [], [])) as it:
        await it.see("There is no rule yet")
        for key in ("x", "e", "s", "space", "d", "o", "y", "Y"):
            await it.press(key)
            await it.says("There is no rule here.")
            it.place.key_bar.clear_flash()
        await it.press("n")
        await it.until(lambda: isinstance(it.app.screen, RuleFormScreen))
