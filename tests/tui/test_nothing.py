"""What is said where there is nothing: what to do first, and what a list is for."""

from pathlib import Path

import pytest

from core.api.filters import SavedFilter
from core.clock import ManualClock
from tests.fakes.mywork import FakeWork, morning
from tests.tui.agents import hall
from tests.tui.benching import bench
from tests.tui.making import app_on, item, items, live, until
from tests.tui.office import at_work
from tui.keymap import AppSettings

SMALL = (60, 20)
FIRST = "callboard exec -- make test"


async def test_who_has_nothing_yet_is_told_what_to_do_first_until_there_is_something(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with bench(clock, tmp_path, [], SMALL) as it:
        await it.see(FIRST)
        assert "A then n " in it.text
        assert "your alerts" in it.text
        assert "Dismiss" not in it.text
        it.fake.arrive(item(1))
        await it.see_no(FIRST)
        await it.press("d")
        await it.see("Nothing needs you")
        assert FIRST not in it.text


async def test_the_first_steps_name_the_keys_that_a_person_has_set(clock: ManualClock, tmp_path: Path) -> None:
    settings = AppSettings(keymap={"go-automations": ("Q",), "go-profile": ("f6",)})
    async with bench(clock, tmp_path, [], SMALL, settings) as it:
        await it.see("Q then n ")
        assert "f6  " in it.text


async def test_who_has_dismissed_all_is_told_nothing_of_the_kind(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, [item(1, dismissed=True)], SMALL) as it:
        await it.see("Nothing needs you")
        assert FIRST not in it.text


async def test_other_views_of_nothing_say_what_they_are_for(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, [], SMALL) as it:
        await it.press("S")
        await it.see("Press s on a notification to keep it at the top.")


@pytest.mark.parametrize(("keys", "said"), [("A", "n makes one."), ("AL", "runs an automation now")])
async def test_a_list_of_nothing_says_what_it_is_for_and_which_key_fills_it(
    clock: ManualClock, tmp_path: Path, keys: str, said: str
) -> None:
    async with at_work(clock, tmp_path, automations=[], executions=[]) as it:
        await it.press(*keys)
        await it.see(said)


async def test_a_line_that_only_says_that_there_is_none_cannot_be_chosen(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with bench(clock, tmp_path, items(2)) as it:
        await it.press("f")
        await it.see("There is none: filter for something")
        menu = it.app.screen.query_one("#saved")
        assert "▌" not in menu.render_line(1).text
        await it.press("j", "enter", "1")
        assert menu.is_attached
        await it.press("escape")
        assert it.app.focused is it.app.workbench.list


async def test_what_opened_says_how_it_is_used_whatever_was_said_before(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with bench(clock, tmp_path, items(2)) as it:
        await it.press("t")
        assert it.said == "Grouped by day"
        await it.press("f")
        await it.see("1-9 goes there")


async def test_the_filter_stands_above_the_heads_of_the_columns(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as it:
        await it.press("E", "slash")
        await it.type("abc")
        await it.see("/ abc")
        lines = it.text.splitlines()
        filter_line = next(number for number, line in enumerate(lines) if "/ abc" in line)
        heads = next(number for number, line in enumerate(lines) if "state" in line and "session" in line)
        assert filter_line < heads


async def test_on_a_session_muting_says_why_not_and_a_saved_filter_leads_to_the_notifications(
    clock: ManualClock, tmp_path: Path
) -> None:
    fake = FakeWork(clock, morning(), items(3))
    fake.saved = [SavedFilter("Mine", "is:starred")]
    app = app_on(fake, clock, tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await live(pilot, app)
        await until(pilot, lambda: app.workbench.sections.row_count)
        await pilot.press("g", "m")
        await until(pilot, lambda: "nothing is muted" in app.workbench.key_bar.flashed)
        await pilot.press("f", "1")
        await until(pilot, lambda: app.workbench.live.filter == "is:starred")
        await until(pilot, lambda: app.focused is app.workbench.list)
