"""Jump mode: a letter for each part of the screen."""

from pathlib import Path

from core.clock import ManualClock
from tests.fakes.inbox import FakeInbox
from tests.tui.making import NARROW, WIDE, app_on, items, live, until
from tui.screens.jump import Jump, JumpLetter
from tui.widgets.detail import Detail
from tui.widgets.notification_list import NotificationList


async def test_a_letter_goes_to_the_part_that_it_lies_on(clock: ManualClock, tmp_path: Path) -> None:
    app = app_on(FakeInbox(clock, items(5)), clock, tmp_path)
    async with app.run_test(size=WIDE) as pilot:
        await live(pilot, app)
        assert isinstance(app.focused, NotificationList)

        await pilot.press("ctrl+o")
        await until(pilot, lambda: len(app.screen.query(JumpLetter)) >= 2)
        await until(pilot, lambda: "&#160;s&#160;" in app.export_screenshot())
        assert "unread" in app.export_screenshot()  # what the letters lie on is still to be seen
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.focused, Detail))


async def test_any_other_key_leaves_everything_as_it_is(clock: ManualClock, tmp_path: Path) -> None:
    app = app_on(FakeInbox(clock, items(5)), clock, tmp_path)
    async with app.run_test(size=NARROW) as pilot:
        await live(pilot, app)
        for key in ("escape", "7", "ctrl+o"):
            await pilot.press("ctrl+o")
            await until(pilot, lambda: isinstance(app.screen, Jump))
            await pilot.press(key)
            await until(pilot, lambda: not isinstance(app.screen, Jump))
        assert isinstance(app.focused, NotificationList)
        assert all(item.read_at is None for item in app.workbench.live.records.values())


async def test_letters_leave_when_the_terminal_changes_under_them(clock: ManualClock, tmp_path: Path) -> None:
    app = app_on(FakeInbox(clock, items(5)), clock, tmp_path)
    async with app.run_test(size=WIDE) as pilot:
        await live(pilot, app)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, Jump))

        await pilot.resize_terminal(*NARROW)

        await until(pilot, lambda: not isinstance(app.screen, Jump))


async def test_a_click_goes_where_it_is(clock: ManualClock, tmp_path: Path) -> None:
    app = app_on(FakeInbox(clock, items(5)), clock, tmp_path)
    async with app.run_test(size=WIDE) as pilot:
        await live(pilot, app)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, Jump))

        await pilot.click(offset=(100, 10))

        await until(pilot, lambda: isinstance(app.focused, Detail))
