"""The mouse does what it points at."""

from pathlib import Path

from textual.events import MouseScrollDown

from core.clock import ManualClock
from tests.tui.agents import hall
from tests.tui.benching import bench
from tests.tui.making import items, until
from tests.tui.test_work_page import page
from tui.widgets.key_bar import KeyBar
from tui.widgets.menu import Menu
from tui.widgets.snooze_menu import SnoozeMenu
from tui.widgets.view_tabs import ViewTabs


async def test_in_a_menu_the_wheel_moves_and_a_click_chooses(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, items(5)) as it:
        await it.press("b")
        menu = it.app.screen.query_one(SnoozeMenu)
        assert isinstance(menu, Menu)
        await it.pilot._post_mouse_events([MouseScrollDown], menu, (4, 1))
        assert menu.at == 1
        await it.pilot.click(menu, (4, 1))
        await it.until(lambda: it.fake.items[5].snoozed_until is not None)


async def test_the_wheel_scrolls_what_is_under_it_and_leaves_the_cursor(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with bench(clock, tmp_path, items(200)) as it:
        shown = it.app.workbench.list
        await it.pilot._post_mouse_events([MouseScrollDown], shown, (4, 4))
        await it.until(lambda: shown.scroll_y > 0)
        assert it.cursor == 200


async def test_a_click_on_a_view_shows_it(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, items(3)) as it:
        views = it.app.workbench.views
        line = views.render_line(0).text
        await it.pilot.click(views, (line.index("Snoozed") + 1, 0))
        await it.see("Nothing is snoozed")


async def test_a_click_on_a_key_at_the_foot_presses_it(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, items(3)) as it:
        keys = it.app.screen.query_one(KeyBar)
        await it.pilot.click(keys, (keys.render_line(0).text.index("Star"), 0))
        await it.until(lambda: it.fake.items[3].starred_at is not None)


async def test_a_click_on_the_head_of_a_section_folds_it(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, items(3)) as it:
        await it.pilot.click(it.app.workbench.head, (4, 0))
        await it.until(lambda: it.app.workbench.folded)


async def test_in_other_lists_views_and_rows_and_keys_are_pressed_as_well(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with hall(clock, tmp_path) as it:
        await it.press("E")
        await it.see("Export invoices as")
        tabs = it.app.screen.query_one(ViewTabs)
        await it.pilot.click(tabs, (tabs.render_line(0).text.index("Asking") + 1, 0))
        await it.see_no("Export invoices as")
        await it.pilot.click(tabs, (tabs.render_line(0).text.index("All") + 1, 0))
        await it.see("Export invoices as")
        keys = it.app.screen.query_one(KeyBar)
        await it.pilot.click(keys, (keys.render_line(0).text.index("New"), 0))
        await it.see("New session")


async def test_a_click_on_the_head_of_a_column_sorts_by_it(clock: ManualClock, tmp_path: Path) -> None:
    async with page(clock, tmp_path) as it:
        heads = it.app.screen.query_one("WorkHeads")
        await it.pilot.click(heads, (heads.render_line(0).text.index("title"), 0))
        await until(it.pilot, lambda: "title ↑" in it.text)
