"""The page of My Work, key by key: its filter, its order, its views, its link, and what is done there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from core.clock import ManualClock
from tests.fakes.mywork import FakeWork, morning, sessions, thing
from tests.tui.making import NARROW, app_on, live, month, until
from tests.tui.test_sidebar import Bench
from tui.navigation import open_link, work_link
from tui.screens.work import WorkScreen
from tui.screens.workbench import Workbench
from tui.widgets.work_list import Sorting


class Page(Bench):
    @property
    def screen(self) -> WorkScreen:
        screen = self.app.screen
        assert isinstance(screen, WorkScreen)
        return screen

    @property
    def refs(self) -> list[str]:
        records = self.screen.records
        return [records.records[number].ref for number in records.ids]

    @property
    def said(self) -> str:
        return self.screen.key_bar.flashed


@asynccontextmanager
async def page(
    clock: ManualClock,
    folder: Path,
    fake: FakeWork | None = None,
    link: str = "callboard:work",
    size: tuple[int, int] = NARROW,
) -> AsyncIterator[Page]:
    fake = fake or FakeWork(clock, morning(), month())
    app = app_on(fake, clock, folder)
    async with app.run_test(size=size) as pilot:
        await live(pilot, app)
        assert await open_link(app, link)
        it = Page(app, pilot, fake)
        await until(pilot, lambda: it.screen.records.known and it.screen.list.has_focus)
        await pilot.pause()
        yield it


async def test_all_types_are_in_one_table(clock: ManualClock, tmp_path: Path) -> None:
    async with page(clock, tmp_path) as it:
        await it.see("[Open]")
        await it.see("Draft plan   ◆ Clarifica… Split the store in two")
        await it.see("Round table  ○ Open       Which queue for the events?")
        await it.see("Notification ● Unread     Ready for review: Export invoices")
        assert "Tidy up the styles" not in it.text
        await it.press("less_than_sign")
        await it.see("[All]")
        await it.see("■ Cancelled  hidden · Tidy up the styles")


async def test_a_head_says_by_what_the_table_is_sorted_and_sorts_when_pressed(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with page(clock, tmp_path, FakeWork(clock, sessions(3))) as it:
        await it.see("updated ↓")
        assert it.refs == ["session/1", "session/2", "session/3"]
        await it.press("S", "r")
        await it.see("updated ↑")
        assert it.refs == ["session/3", "session/2", "session/1"]
        await it.pilot.click("WorkHeads", offset=(31, 0))
        await it.see("title ↑")
        assert it.refs == ["session/1", "session/2", "session/3"]
        await it.pilot.click("WorkHeads", offset=(31, 0))
        await it.see("title ↓")


async def test_more_of_it_is_asked_for_as_one_goes_down(clock: ManualClock, tmp_path: Path) -> None:
    async with page(clock, tmp_path, FakeWork(clock, sessions(250))) as it:
        assert len(it.refs) == 100
        await it.press("G")
        await it.until(lambda: len(it.refs) == 200)
        await it.press("S", "i")
        await it.see("title ↑")
        assert len(it.refs) == 100
        await it.press("G")
        await it.until(lambda: len(it.refs) == 200)
        assert it.refs[100:] == sorted(it.refs[100:])


async def test_a_filter_is_a_line_and_its_mistake_is_shown_where_it_stands(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with page(clock, tmp_path) as it:
        await it.press("slash", *"type", "colon", *"plan", "enter")
        await it.until(lambda: it.refs == ["plan/3", "plan/4"])
        await it.press("y")
        assert it.app.clipboard == "callboard:work?filter=type%3Aplan"
        await it.press("escape")
        await it.see("[Open]")
        await it.press("slash", *"seve", "colon", *"x")
        await it.see("There is no field 'seve' here.")


async def test_its_link_opens_it_filtered(clock: ManualClock, tmp_path: Path) -> None:
    assert work_link('state:failed "100 %"') == "callboard:work?filter=state%3Afailed%20%22100%20%25%22"
    async with page(clock, tmp_path, link="callboard:work?filter=state%3Afailed") as it:
        assert it.refs == ["session/12"]
        await it.see("All of My Work › state:failed")
        await it.press("W", "0")
        await it.see("[Open]")


async def test_a_link_that_is_wrong_is_refused_in_a_sentence(clock: ManualClock, tmp_path: Path) -> None:
    async with page(clock, tmp_path) as it:
        for link, said in (
            ("callboard:work?filter=%ZZ", "cannot be read"),
            ("callboard:work?sort=title", "cannot be read"),
            ("callboard:work?filter=a b", "cannot be read"),
            ("callboard:work?filter=%ff%fe", "is not UTF-8"),
            ("callboard:work?filter=" + "a" * 2_001, "longer than 2,000 characters"),
        ):
            assert await open_link(it.app, link)
            assert said in it.said
        await open_link(it.app, "callboard:work?filter=nope%3Ax")
        await it.see("There is no field 'nope' here.")
        await open_link(it.app, "callboard:work?filter=a%1b%5b31mb")
        await it.see("Nothing matches")
        assert "\x1b" not in it.text


async def test_hidden_things_are_shown_again_and_both_are_undone(clock: ManualClock, tmp_path: Path) -> None:
    async with page(clock, tmp_path, FakeWork(clock, sessions(3), month()[:1])) as it:
        await it.press("space", "space", "d")
        await it.until(lambda: it.said == "Hid 2 · z undoes it")
        await it.until(lambda: it.refs == ["session/3"])
        await it.press("greater_than_sign", "greater_than_sign", "greater_than_sign")
        await it.until(lambda: it.refs == ["session/1", "session/2"])
        await it.press("R")
        await it.until(lambda: it.refs == ["session/2"])
        await it.press("z")
        await it.until(lambda: it.refs == ["session/1", "session/2"])
        await it.press("z")
        await it.until(lambda: it.refs == [])
        await it.press("z")
        await it.until(lambda: it.said == "There is nothing to undo.")


async def test_notifications_are_starred_dismissed_and_opened_where_they_are_read(
    clock: ManualClock, tmp_path: Path
) -> None:
    fake = FakeWork(clock, [thing(1, minutes=9_999)], month())
    async with page(clock, tmp_path, fake) as it:
        await it.press("s")
        await it.until(lambda: fake.items[7].starred_at is not None)
        await it.press("d")
        await it.until(lambda: fake.items[7].dismissed_at is not None)
        await it.press("G", "s")
        await it.until(lambda: it.said == "Only notifications have a star.")
        await it.press("g", "enter")
        await it.until(lambda: isinstance(it.app.screen, Workbench))
        await it.see("Conflicts in 2 files:")
        await it.until(lambda: fake.items[6].read_at is not None)


async def test_what_happens_meanwhile_shows(clock: ManualClock, tmp_path: Path) -> None:
    async with page(clock, tmp_path, FakeWork(clock, sessions(2))) as it:
        it.fake.put(thing(7, "Just begun", minutes=0))
        await it.see("Just begun")
        await it.press("right_square_bracket")
        await it.until(lambda: it.said == "Nothing more needs you here.")
        it.fake.put(thing(2, "It asks", state="asking"))
        await it.see("◆ Asking     It asks")
        await it.press("right_square_bracket")
        await it.until(lambda: "It asks" in it.on)


@pytest.mark.parametrize("size", [(60, 20), (40, 10), (200, 60)])
async def test_it_fits_into_a_terminal_of_this_size(
    clock: ManualClock, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with page(clock, tmp_path, size=size) as it:
        await it.press("G", "S")
        await it.see("Sort by what?")
        await it.press("i")
        await it.see("↑")
        assert all(len(line) <= size[0] for line in it.text.split("\n"))


def test_a_column_is_sorted_by_the_way_one_expects_first_and_then_the_other_way() -> None:
    assert Sorting().to("title") == Sorting("title", "down")
    assert Sorting("title", "down").to("title") == Sorting("title", "up")
    assert Sorting("title", "up").to("created") == Sorting("created", "down")


async def test_all_that_a_filter_shows_is_hidden_after_a_question_and_comes_back_at_once(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with page(clock, tmp_path, FakeWork(clock, sessions(130))) as it:
        await it.press("D")
        await it.see("Hide all that this filter shows?")
        await it.press("n")
        await it.see_no("Hide all that this filter shows?")
        assert not _hidden(it)

        await it.press("D", "y")
        await it.see("Hid 130 · z undoes it")
        assert _hidden(it) == 130

        await it.press("z")
        await it.until(lambda: not _hidden(it))


def _hidden(it: Page) -> int:
    return sum(one.hidden for one in it.fake.work.values())
