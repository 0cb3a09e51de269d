"""The line that a filter is typed in: completed, asked for one at a time, marked where it is wrong."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from textual.pilot import Pilot
from textual.widgets import Input

from core.api.wire import Call
from core.clock import ManualClock
from core.completing import complete
from core.filters import INBOX_FIELDS
from tests.fakes.inbox import FakeInbox
from tests.tui.making import WIDE, app_on, live, month, screen_text, until
from tui.app import CallboardApp

T = TypeVar("T")


class SlowInbox(FakeInbox):
    """Answers questions with a filter when it is let."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(clock, month())
        self.free = asyncio.Event()
        self.free.set()
        self.filters: list[str] = []  # in the order in which they were asked for

    async def send(self, call: Call[T]) -> T:
        wanted = str(call.query.get("filter") or "")
        if wanted and call.path == "/inbox":
            self.filters.append(wanted)
        if wanted:
            await self.free.wait()
        return await super().send(call)


class Desk:
    def __init__(self, app: CallboardApp, pilot: Pilot[None], fake: SlowInbox) -> None:
        self.app = app
        self.pilot = pilot
        self.fake = fake

    @property
    def typed(self) -> str:
        return self.app.screen.query_one(Input).value

    @property
    def lines(self) -> list[str]:
        """The line that is typed in, and those below it."""
        lines = screen_text(self.app).split("\n")
        return lines[next(number for number, line in enumerate(lines) if line.startswith("  / ")) :]

    async def see(self, text: str) -> None:
        await until(self.pilot, lambda: text in screen_text(self.app))

    async def type(self, text: str) -> None:
        """All at once, as it is pasted."""
        self.app.screen.query_one(Input).insert_text_at_cursor(text)
        await self.pilot.pause()


@asynccontextmanager
async def filtering(clock: ManualClock, folder: Path) -> AsyncIterator[Desk]:
    fake = SlowInbox(clock)
    app = app_on(fake, clock, folder)
    async with app.run_test(size=WIDE) as pilot:
        await live(pilot, app)
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(app.focused, Input))
        fake.filters.clear()
        yield Desk(app, pilot, fake)


async def test_what_can_go_on_is_offered_below_and_tab_takes_the_first(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with filtering(clock, tmp_path) as it:
        await it.see("is:  has:  event:")
        await it.pilot.press("tab")
        await it.see("unread  read  starred")
        assert "unread  read  starred" in it.lines[1]
        await it.type("un")
        await it.pilot.press("tab")
        await until(it.pilot, lambda: it.app.workbench.live.filter == "is:unread")
        assert it.typed == "is:unread"
        await it.type(" event:merge:f")
        await it.pilot.press("tab")
        assert it.typed == "is:unread event:merge:failed"


async def test_arrows_choose_enter_takes_and_escape_lets_go(clock: ManualClock, tmp_path: Path) -> None:
    async with filtering(clock, tmp_path) as it:
        await it.type("is:")
        await it.pilot.press("down", "down", "escape")
        assert isinstance(it.app.focused, Input)
        assert "unread" not in it.lines[1]
        await it.type("r")
        await it.pilot.press("down", "up", "down", "enter")
        assert it.typed == "is:read"
        await it.pilot.press("enter")
        await it.see("esc clears")
        assert it.app.workbench.live.filter == "is:read"


async def test_one_far_to_the_right_comes_into_sight_and_a_click_takes_one(
    clock: ManualClock, tmp_path: Path
) -> None:
    offered = complete("", 0, INBOX_FIELDS, {})
    async with filtering(clock, tmp_path) as it:
        await it.pilot.press(*["down"] * len(offered))
        await it.see("age:")
        assert it.lines[1].startswith("  … ")
        await it.pilot.press("escape", "space")
        await it.see("is:  has:  event:")
        await it.pilot.click("Completions", offset=(4 + len("is:  "), 0))
        assert it.typed == " has:"
        assert isinstance(it.app.focused, Input)


async def test_what_is_not_typed_to_its_end_is_left_out_meanwhile(clock: ManualClock, tmp_path: Path) -> None:
    async with filtering(clock, tmp_path) as it:
        await it.type("failed is:")
        await until(it.pilot, lambda: it.app.workbench.live.filter == "failed")
        await it.pilot.press("ctrl+u")
        it.fake.filters.clear()
        await it.type('"lint')
        assert "^" not in it.lines[1]
        await it.pilot.press("enter")
        await it.see("This quotation is not closed")
        assert it.lines[1].startswith("    ^^^^^ ")
        assert it.fake.filters == []


async def test_one_question_is_asked_at_a_time_and_the_latest_is_next(clock: ManualClock, tmp_path: Path) -> None:
    async with filtering(clock, tmp_path) as it:
        it.fake.free.clear()
        await it.pilot.press(*"failed", "enter")
        assert it.fake.filters == ["f"]
        it.fake.free.set()
        await it.see("esc clears")
        assert it.fake.filters == ["f", "failed"]
        assert it.app.workbench.live.ids == [3, 6]
        assert it.app.focused is it.app.workbench.list


async def test_a_mistake_is_marked_under_wide_characters_too(clock: ManualClock, tmp_path: Path) -> None:
    async with filtering(clock, tmp_path) as it:
        await it.type("東京 nope:x")
        await it.see("There is no field 'nope' here.")
        assert it.lines[1].startswith("    " + " " * len("xxxx ") + "^^^^")
        await it.type(" " + "w" * 90)
        await until(it.pilot, lambda: "nope" not in it.lines[0] and "^" not in it.lines[1])
        assert "There is no field" in it.lines[1]


async def test_what_was_typed_without_a_server_is_asked_for_when_there_is_one_again(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with filtering(clock, tmp_path) as it:
        it.fake.break_off()
        await it.see("Connection lost")
        await it.type("budget")
        await it.see("No server answers")
        it.fake.come_back()
        await until(it.pilot, lambda: it.app.workbench.live.filter == "budget")
        assert it.typed == "budget"
        assert "No server answers" not in screen_text(it.app)
