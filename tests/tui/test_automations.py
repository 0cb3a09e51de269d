"""What a person does with automations in the app, key by key."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from core.api.automations import RunRequest
from core.clock import MINUTE, ManualClock
from tests.fakes.automations import automation, day_of, execution, ledger, office, other
from tests.tui.making import NARROW, item
from tests.tui.office import at_work

MANY = [automation(number, f"Automation {number:04}") for number in range(1, 401)]


async def test_the_list_shows_when_each_runs_and_how_it_went(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path, (130, 30)) as it:
        await it.press("A", "p")
        await it.see("every 10 minutes")
        await it.see("in 10m")
        await it.see("4 skipped")
        await it.see("‖ Release branch every Friday")
        await it.see("3 failed")
        await it.see("tomorrow 02:00")


async def test_beside_the_list_is_all_that_is_known_of_one(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path, (210, 50)) as it:
        await it.press("A")
        await it.find("Nightly dependency audit")
        await it.see("every day at 02:00 · 0 2 * * * · Europe/Berlin")
        await it.see("Tue 3 Mar, 02:00")
        await it.see("29 Mar: 02:00 does not exist, runs at 03:00")
        await it.see("The server was not running: 2 runs were missed.")
        await it.see("Look after the dependencies.")


async def test_why_it_is_disabled_is_said(clock: ManualClock, tmp_path: Path) -> None:
    off = replace(office()[2], disabled_by="milo")
    async with at_work(clock, tmp_path, (170, 50), automations=[off]) as it:
        await it.press("A")
        await it.see("Disabled by milo, Fri 27 Feb 2026, 10:00 CET.")
        await it.see("the remote refused the push.")


async def test_what_changes_on_the_server_is_seen(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path) as it:
        await it.press("A")
        await it.see("Nightly dependency audit")
        it.fake.change(automation(40, "A new one"))
        await it.see("A new one")
        it.fake.change(replace(it.fake.automations[40], name="Another name"))
        await it.see("Another name")


async def test_a_list_of_any_length_comes_as_it_is_looked_at(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path, automations=MANY) as it:
        await it.press("A")
        await it.see("Automation 0001")
        for _ in range(4):
            await it.press("G")
            await it.pilot.pause(0.05)
        await it.see("Automation 0400")
        it.fake.change(replace(MANY[399], name="Automation 0400 changed"))
        await it.see("Automation 0400 changed")


async def test_a_lost_connection_keeps_what_is_shown(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path) as it:
        await it.press("A")
        await it.see("Sync the ledger")
        it.fake.break_off()
        await it.see("Connection lost, trying again")
        assert "Sync the ledger" in it.text
        it.fake.automations[1] = replace(it.fake.automations[1], name="Renamed meanwhile")
        it.fake.come_back()
        await it.see("● Live")
        it.fake.change(it.fake.automations[1])
        await it.see("Renamed meanwhile")


async def test_opened_without_a_connection_it_shows_them_once_there_is_one(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with at_work(clock, tmp_path) as it:
        it.fake.break_off()
        await it.see("Connection lost")
        await it.press("A")
        await it.see("Asking the server…")
        it.fake.come_back()
        await it.see("Sync the ledger")


async def test_a_filter_narrows_and_a_mistake_in_it_is_shown_where_it_stands(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with at_work(clock, tmp_path, NARROW) as it:
        await it.press("A", "slash")
        await it.type("type:loop")
        await it.see_no("Sync the ledger")
        await it.see("QA loop")
        await it.type(" nope:x")
        await it.see("There is no field 'nope' here.")
        await it.press("escape")
        await it.see("Sync the ledger")


async def test_no_automation_at_all_says_how_to_make_one(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path, automations=[]) as it:
        await it.press("A")
        await it.see("Nothing runs by itself yet")
        await it.see("n makes one.")


async def test_in_a_narrow_terminal_enter_opens_it_on_a_screen_of_its_own(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with at_work(clock, tmp_path, NARROW) as it:
        await it.press("A")
        await it.find("Deploy on push")
        await it.press("enter")
        await it.see("Automation › Deploy on push")
        await it.see("when its webhook is called")
        await it.press("escape")
        await it.see("Callboard  Automations")


async def test_run_now_runs_and_says_which_session(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path) as it:
        await it.press("A")
        await it.find("Nightly dependency audit")
        await it.press("r")
        await it.see("It runs: session 110, execution 10")
        assert it.fake.runs == [(1, RunRequest())]


async def test_run_now_asks_for_what_the_prompt_leaves_open(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path) as it:
        await it.press("A")
        await it.find("Deploy on push")
        await it.press("r")
        await it.see("Run “Deploy on push” with")
        await it.type("main")
        await it.press("enter")
        await it.type("staging")
        await it.press("enter")
        await it.until(lambda: it.fake.runs)
        assert it.fake.runs == [(5, RunRequest({"ref": "main", "environment": "staging"}))]


async def test_run_now_asks_for_the_parameters_of_the_workflow(clock: ManualClock, tmp_path: Path) -> None:
    free = replace(office()[1], session=None, parameters={"dry_run": True})
    async with at_work(clock, tmp_path, automations=[free]) as it:
        await it.press("A")
        await it.see("Sync the ledger")
        await it.press("r")
        await it.see("What to sync · needed · must match [a-z/-]+")
        await it.press("ctrl+s")
        await it.see("This one is needed.")
        await it.type("main")
        await it.press("ctrl+s")
        await it.until(lambda: it.fake.runs)
        assert it.fake.runs == [(2, RunRequest({"branch": "main"}))]


async def test_a_run_that_another_session_blocks_names_it(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path) as it:
        await it.press("A")
        await it.find("QA loop")
        await it.press("r")
        await it.see("Session 32 of this automation is still running.")


async def test_what_was_typed_for_a_run_is_there_again_until_it_has_run(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with at_work(clock, tmp_path) as it:
        await it.press("A")
        await it.find("Deploy on push")
        await it.press("r")
        await it.see("Run “Deploy on push” with")
        await it.type("main")
        await it.press("escape")
        await it.see_no("Run “Deploy on push” with")
        await it.press("r")
        await it.see("Run “Deploy on push” with")
        await it.press("tab")
        await it.type("staging")
        await it.press("enter")
        await it.until(lambda: it.fake.runs)
        assert it.fake.runs == [(5, RunRequest({"ref": "main", "environment": "staging"}))]
        await it.until(lambda: not it.app.desk.drafts)


async def test_marked_ones_are_disabled_together_and_webhooks_are_passed_over(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with at_work(clock, tmp_path) as it:
        await it.press("A")
        await it.see("Sync the ledger")
        await it.press("space", "space", "space", "s")
        await it.see("Disabled 2 · 1 of type http are always enabled")
        assert not it.fake.automations[1].enabled
        assert not it.fake.automations[7].enabled


async def test_deleting_asks_first(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path) as it:
        await it.press("A")
        await it.find("QA loop")
        await it.press("D")
        await it.see("Delete “QA loop”?")
        await it.press("n")
        await it.see_no("Delete “QA loop”?")
        await it.press("D", "y")
        await it.until(lambda: it.fake.deleted == [4])
        await it.see("Nothing matches")


async def test_a_new_token_is_shown_once_and_can_be_copied(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path) as it:
        await it.press("A")
        await it.find("Deploy on push")
        await it.press("R")
        await it.see("The URL that is in use now stops working at once.")
        await it.press("y")
        await it.see("This is shown now and never again.")
        await it.press("t")
        assert it.app.clipboard == "Zm9vYmFyLWJhei1xdXgtZm9vYmFyLWJhei1xdXgtMTI"
        await it.press("y")
        assert it.app.clipboard.startswith("https://board.example.org/api/automations/http-trigger/Zm9v")
        await it.press("escape")
        await it.see_no("Zm9v")


async def test_only_a_webhook_has_a_url_and_a_token(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path) as it:
        await it.press("A")
        await it.find("Deploy on push")
        await it.press("y")
        assert it.app.clipboard == "https://board.example.org/api/automations/http-trigger"
        await it.press("escape")
        await it.find("QA loop")
        await it.press("y")
        await it.see("Only an automation of type http has a URL.")


async def test_the_history_says_why_each_ran_or_did_not(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path, (120, 30)) as it:
        await it.press("A")
        await it.find("Sync the ledger")
        await it.press("H")
        await it.see("History › Sync the ledger")
        await it.see("Session 31 was still running.")
        await it.see("dana pressed Run Now.")
        assert "missed" not in it.text
        it.fake.occur(execution(20, office()[1], 0, outcome="failed", reason="The disk was full."))
        await it.see("The disk was full.")


async def test_the_history_of_all_tells_what_was_not_written_down(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path, (120, 30)) as it:
        await it.press("A")
        await it.see("Sync the ledger")
        await it.press("L")
        await it.see("○ missed")
        await it.press("G")
        await it.see("Trigger    unknown")
        await it.press("o")
        await it.see("Automation › Nightly dependency audit")


async def test_a_run_that_is_late_says_by_how_much(clock: ManualClock, tmp_path: Path) -> None:
    late = [one for one in ledger(office()) if one.trigger == "catch-up"]
    async with at_work(clock, tmp_path, executions=late) as it:
        await it.press("A")
        await it.see("Sync the ledger")
        await it.press("L")
        await it.see("2 h late")
        await it.see("3 runs were missed, the latest ran at its start.")


async def test_the_day_is_a_time_line(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path, NARROW) as it:
        it.fake.day_runs = day_of(1, "Nightly dependency audit", 16)
        await it.press("A")
        await it.see("Sync the ledger")
        await it.press("t")
        await it.see("Nightly dependency audit: in 16h, once: 02:00")
        await it.see("Tue 02  04")
        await it.press("enter")
        await it.see("Automation › Nightly dependency audit")


async def test_a_link_in_the_inbox_opens_the_automation(clock: ManualClock, tmp_path: Path) -> None:
    told = item(1, "Automation disabled", link="callboard:automation/3", link_label="Open Automation")
    async with at_work(clock, tmp_path, items=[told]) as it:
        await it.see("▸ Open Automation")
        await it.press("o")
        await it.see("Automation › Release branch every Friday")
        await it.see("‖ Disabled")
        await it.press("escape")
        await it.see("Notifications")


async def test_a_link_to_what_is_gone_says_so(clock: ManualClock, tmp_path: Path) -> None:
    told = item(1, "Automation disabled", link="callboard:automation/99", link_label="Open Automation")
    async with at_work(clock, tmp_path, items=[told]) as it:
        await it.press("o")
        await it.see("There is no such automation.")


async def test_a_link_to_what_has_no_screen_is_copied(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path, items=[item(1, "Budget", link="callboard:budgets")]) as it:
        await it.see("Budget")
        await it.press("o")
        await it.see("Copied callboard:budgets")


@pytest.mark.parametrize("size", [(60, 20), (40, 10), (200, 60)])
async def test_every_screen_works_at_this_size(clock: ManualClock, tmp_path: Path, size: tuple[int, int]) -> None:
    async with at_work(clock, tmp_path, size) as it:
        await it.press("A")
        await it.see("Deploy on push")
        for key in ("H", "t", "e", "n", "enter"):
            await it.press(key)
            await it.until(lambda: len(it.app.screen_stack) == 3)
            await it.see("Callboard")
            assert all(len(line) <= size[0] for line in it.text.split("\n"))
            await it.press("escape")
            await it.until(lambda: len(it.app.screen_stack) == 2)


async def test_the_places_are_one_key_away_from_anywhere(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path, items=[item(1, "A word for you")]) as it:
        await it.press("A")
        await it.see("Sync the ledger")
        await it.press("L", "A")
        await it.see("Callboard  Automations")
        await it.press("W")
        await it.see("A word for you")
        assert len(it.app.screen_stack) == 1


async def test_help_and_the_palette_know_what_applies_here(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path, (120, 60)) as it:
        await it.press("A")
        await it.see("Sync the ledger")
        await it.press("question_mark")
        await it.see("Why each run was or was not")
        await it.press("escape", "ctrl+p")
        await it.pilot.pause(0.2)
        await it.press(*"all", "space", *"runs")
        await it.pilot.pause(0.3)
        await it.press("enter")
        await it.see("Callboard  History")


async def test_times_go_on_while_nothing_else_happens(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path) as it:
        await it.press("A")
        await it.see("in 10m")
        clock.advance(4 * MINUTE)
        screen = it.app.screen
        screen.refresh_ages()  # type: ignore[attr-defined]
        await it.see("in 6m")


async def test_the_mouse_works_as_well(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path) as it:
        await it.press("A")
        await it.see("Sync the ledger")
        await it.pilot.click("AutomationList", offset=(10, 3))
        await it.see("again after each run")
        await it.pilot.click("AutomationList", offset=(10, 3), times=2)
        await it.see("Automation › QA loop")
        await it.pilot.click("KeyBar", offset=(2, 0))
        await it.see("Callboard  Automations")


async def test_what_somebody_wrote_is_shown_harmlessly(clock: ManualClock, tmp_path: Path) -> None:
    bad = "[/x]\x1b]0;owned\x07\u202e[@click=app.quit]"
    one = other(1, bad, "http", prompt=bad, url=bad, workflow=None, creator=bad, ticket=bad)
    async with at_work(clock, tmp_path, automations=[one], executions=[execution(1, one, 5, reason=bad)]) as it:
        await it.press("A")
        await it.see("[/x]␛]0;owned␇")
        for keys in (("D", "escape"), ("H", "escape"), ("enter", "escape"), ("e", "escape"), ("r", "escape")):
            await it.press(*keys)
            await it.pilot.pause(0.05)
        assert "\x1b" not in it.text
        assert "\u202e" not in it.text


async def test_the_columns_stay_below_their_heads_when_there_is_a_scroll_bar(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with at_work(clock, tmp_path, NARROW, automations=MANY[:60]) as it:
        await it.press("A")
        await it.see("Automation 0001")

        def aligned() -> bool:
            lines = it.text.split("\n")
            head = next(line for line in lines if "automation  " in line)
            row = next(line for line in lines if "Automation 0001" in line)
            return head.index("next") == row.index("in 16h")

        await it.until(aligned)
