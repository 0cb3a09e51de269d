"""The sections of the sidebar above the notifications: what they show, and what is done there key by key."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import get_args

import pytest
from textual.pilot import Pilot

from core.api.inbox import InboxItem
from core.api.work import WorkItem, WorkSection, WorkType
from core.clock import MINUTE, ManualClock
from core.errors import NotAllowedError
from tests.fakes.mywork import FakeWork, morning, sessions, thing
from tests.tui.making import NARROW, WIDE, app_on, items, live, screen_text, until
from tui.app import CallboardApp
from tui.keymap import AppSettings
from tui.screens.work import WorkScreen
from tui.widgets.section_list import Head, More, rows
from tui.words.work import number_of


class Bench:
    """The app, its pilot, and the work that it shows."""

    def __init__(self, app: CallboardApp, pilot: Pilot[None], fake: FakeWork) -> None:
        self.app = app
        self.pilot = pilot
        self.fake = fake

    @property
    def text(self) -> str:
        return screen_text(self.app)

    @property
    def on(self) -> str:
        """What the cursor is on, as the screen shows it."""
        there = [line for line in self.text.split("\n") if line.startswith("▌")]
        assert len(there) == 1, self.text
        return there[0]

    @property
    def said(self) -> str:
        return self.app.workbench.key_bar.flashed

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def see(self, text: str) -> None:
        await until(self.pilot, lambda: text in self.text)

    async def see_no(self, text: str) -> None:
        await until(self.pilot, lambda: text not in self.text)

    async def be_on(self, title: str) -> None:
        await until(self.pilot, lambda: title in self.on)

    async def until(self, condition: Callable[[], object]) -> None:
        await until(self.pilot, condition)


@asynccontextmanager
async def bench(
    clock: ManualClock,
    folder: Path,
    work: Sequence[WorkItem] | None = None,
    shown: Sequence[InboxItem] = (),
    size: tuple[int, int] = NARROW,
) -> AsyncIterator[Bench]:
    fake = FakeWork(clock, morning() if work is None else work, shown or items(3))
    app = app_on(fake, clock, folder, AppSettings())
    async with app.run_test(size=size) as pilot:
        await live(pilot, app)
        await until(pilot, lambda: app.workbench.sections.display or not fake.work)
        yield Bench(app, pilot, fake)


# What is shown


async def test_each_section_says_how_many_there_are_and_how_many_need_the_person(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with bench(clock, tmp_path, size=WIDE) as it:
        lines = [line[:54].split() for line in it.text.split("\n")]
        assert ["▾", "Sessions", "5", "·", "2", "need", "you"] in lines
        assert ["▾", "Draft", "plans", "2", "·", "1", "needs", "you"] in lines
        assert ["▾", "Round", "tables", "1"] in lines


async def test_a_row_says_in_words_what_it_is_doing_and_for_how_long(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path) as it:
        row = next(line for line in it.text.split("\n") if "Asking" in line)
        assert " ".join(row.split()) == "◆ Asking Move the invoices to the new led… Run cargo test? 4m"


async def test_a_section_that_has_nothing_is_not_there(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, [thing(1, "Sign-in page")]) as it:
        await it.see("▾ Sessions")
        assert "Draft plans" not in it.text
        assert "Round tables" not in it.text
        assert "▾ Notifications" in it.text


async def test_what_does_not_fit_is_counted_and_leads_to_all_of_it(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, sessions(30)) as it:
        await it.see("… 23 more")
        await it.press("k", "enter")
        await it.until(lambda: isinstance(it.app.screen, WorkScreen))
        await it.see("All of My Work › type:session is:open")
        await it.see("Session 9")


async def test_titles_from_outside_are_shown_harmless(clock: ManualClock, tmp_path: Path) -> None:
    hostile = "\x1b]52;c;aGk=\x07[red]x[/] \u202eevil\n{0}%s"
    async with bench(clock, tmp_path, [thing(1, hostile, doing=hostile, state="ask\x1b[31m")]) as it:
        await it.see("[red]x[/]")
        assert not {"\x1b", "\x07", "\u202e"} & set(it.text)


async def test_what_was_seen_last_is_there_before_the_server_answers(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path) as it:
        await it.see("Move the invoices")
    fake = FakeWork(clock)
    fake.down = True
    app = app_on(fake, clock, tmp_path)
    async with app.run_test(size=NARROW) as pilot:
        await until(pilot, lambda: "Move the invoices" in screen_text(app))


# Moving


async def test_the_cursor_goes_through_all_sections_as_through_one_list(
    clock: ManualClock, tmp_path: Path
) -> None:
    work = [thing(1, "One"), thing(2, "Two", "plan"), thing(3, "Three", "roundtable")]
    async with bench(clock, tmp_path, work) as it:
        assert "Notification 3" in it.on
        for title in ("Three", "Two", "One", "One"):
            await it.press("k")
            await it.be_on(title)
        for title in ("Two", "Three", "Notification 3", "Notification 2"):
            await it.press("j")
            await it.be_on(title)


async def test_without_a_notification_the_cursor_goes_into_the_sections_from_wherever_one_wants(
    clock: ManualClock, tmp_path: Path
) -> None:
    for key, title in (("j", "Session 1"), ("G", "Session 2")):
        async with bench(clock, tmp_path, sessions(2)) as it:
            await it.press("asterisk", "d")
            await it.see("Nothing needs you")
            await it.press(key)
            await it.be_on(title)


async def test_first_and_last_are_those_of_everything(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path) as it:
        await it.press("g")
        await it.be_on("Move the invoices")
        await it.press("G")
        await it.be_on("Notification 1")


async def test_the_cursor_stays_on_its_thing_when_others_come(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, [thing(1, "Mine"), thing(2, "Another")]) as it:
        await it.press("g")
        await it.be_on("Mine")
        it.fake.put(thing(9, "It asks", state="asking"))
        await it.see("It asks")
        assert "Mine" in it.on


async def test_when_the_last_thing_ends_the_notifications_have_the_cursor(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with bench(clock, tmp_path, [thing(1, "Mine")]) as it:
        await it.press("k")
        await it.be_on("Mine")
        it.fake.end("session/1")
        await it.see_no("Sessions")
        await it.press("j")
        await it.be_on("Notification 2")


async def test_the_mouse_works_as_well(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path) as it:
        await it.pilot.click("#sections", offset=(10, 1))
        await it.be_on("Move the invoices")
        await it.pilot.click("#sections", offset=(10, 0))
        await it.see("▸ Sessions")
        await it.pilot.click("#notifications", offset=(10, 1))
        await it.be_on("Notification 2")


async def test_beside_the_list_is_what_the_cursor_is_on(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, size=WIDE) as it:
        await it.press("g")
        await it.see("▸ Open session  ⏎  callboard:session/13")
        await it.see("4 minutes ago")
        await it.press("tab")
        await it.until(lambda: it.app.focused is not None and it.app.focused.id == "detail")
        await it.press("escape", "G")
        await it.see("Why you")


# Folding


async def test_a_section_folds_and_stays_so_at_the_next_start(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path) as it:
        await it.press("g", "F")
        await it.see("▸ Sessions")
        assert "Move the invoices" not in it.text
    async with bench(clock, tmp_path) as it:
        await it.see("▸ Sessions")
        assert "Move the invoices" not in it.text
        await it.press("g", "enter")
        await it.see("▾ Sessions")
        await it.be_on("Move the invoices")


async def test_folded_notifications_leave_their_room_to_the_others(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, sessions(15)) as it:
        await it.see("… 8 more")
        await it.press("F")
        await it.see("▸ Notifications")
        await it.see("Session 15")
        assert "3 unread" in it.on
        await it.press("enter")
        await it.be_on("Notification 3")


@pytest.mark.parametrize("size", [(60, 20), (100, 28)])
async def test_folded_notifications_leave_no_line_empty_and_stay_in_sight(
    clock: ManualClock, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with bench(clock, tmp_path, sessions(60), size=size) as it:
        await it.press("F")
        await it.be_on("▸ Notifications")
        assert it.app.workbench.sections.region.bottom == it.app.workbench.key_bar.region.y


async def test_who_asks_for_a_view_is_in_it(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path) as it:
        await it.press("F")
        await it.be_on("▸ Notifications")
        await it.press("g", "I")
        await it.be_on("Notification 3")


# What is done to them


async def test_hiding_is_undone_by_the_same_key_as_everything(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path) as it:
        await it.press("g", "j", "d")
        await it.see_no("Upgrade the toolchain")
        await it.until(lambda: it.said == "Hid 1 · z undoes it")
        assert it.fake.work["session/12"].hidden
        assert "Sign-in page" in it.on
        await it.press("z")
        await it.see("Upgrade the toolchain")
        await it.be_on("Upgrade the toolchain")


async def test_all_that_is_marked_is_hidden_at_once(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path) as it:
        await it.press("g", "space", "space", "d")
        await it.until(lambda: it.said == "Hid 2 · z undoes it")
        assert {ref for ref, one in it.fake.work.items() if one.hidden} == {
            "session/13",
            "session/12",
            "session/8",
        }
        await it.press("asterisk", "d")
        await it.see_no("Round tables")
        assert len(it.app.workbench.live.ids) == 3
        await it.press("z")
        await it.see("Round tables")


async def test_the_other_keys_of_the_notifications_work_there_too(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path) as it:
        await it.press("g", "right_square_bracket")
        await it.be_on("Upgrade the toolchain")
        await it.press("right_square_bracket")
        await it.be_on("Split the store in two")
        await it.press("right_square_bracket")
        await it.be_on("Notification 3")
        await it.press("k", "N", "left_square_bracket", "left_square_bracket", "Y")
        assert it.app.clipboard == "Upgrade the toolchain\n\nverify failed twice"
        await it.press("y")
        assert it.app.clipboard == "callboard:session/12"
        await it.press("g", "x", "x", "x", "D")
        await it.until(lambda: it.said == "Hid 2 · z undoes it")
        await it.press("D")
        await it.see_no("Sessions")


async def test_a_range_ends_with_its_list(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, sessions(2)) as it:
        await it.press("j", "v", "k", "k", "k", "d")
        await it.see("Dismissed 2")
        assert not any(one.hidden for one in it.fake.work.values())
        await it.be_on("Notification 1")


async def test_a_refusal_brings_back_what_was_to_be_hidden(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path) as it:
        it.fake.refusal = NotAllowedError("This is not yours to hide.")
        await it.press("g", "d")
        await it.until(lambda: it.said == "This is not yours to hide.")
        await it.see("Move the invoices")


async def test_what_was_hidden_comes_back_by_itself_when_it_needs_the_person(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with bench(clock, tmp_path, [thing(1, "Mine", hidden=True), thing(2, "Another")]) as it:
        await it.see("Another")
        assert "Mine" not in it.text
        it.fake.bring_back("session/1")
        await it.see("◆ Asking    Mine")
        await it.see("2 · 1 needs you")


async def test_what_is_for_notifications_does_nothing_to_a_session(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path) as it:
        await it.press("g", "s")
        await it.until(lambda: it.said == "This is for notifications, and the cursor is on none.")
        assert all(item.starred_at is None for item in it.fake.items.values())
        assert "Star" not in it.app.workbench.key_bar.render_line(0).text


async def test_a_thing_without_a_screen_has_its_link_copied(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, [thing(2, "Two", "plan")]) as it:
        await it.press("k", "enter")
        await it.until(lambda: it.said == "Copied callboard:plan/2")
        assert it.app.clipboard == "callboard:plan/2"


# What happens meanwhile


async def test_a_session_that_starts_asks_and_ends_shows_at_once(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, []) as it:
        assert "Sessions" not in it.text
        it.fake.put(thing(4, "Sign-in page"))
        await it.see("▶ Running   Sign-in page")
        it.fake.put(thing(4, "Sign-in page", state="asking"))
        await it.see("◆ Asking    Sign-in page")
        it.fake.end("session/4")
        await it.see_no("Sign-in page")
        await it.see_no("Sessions")


async def test_many_changes_at_once_are_few_questions(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, sessions(5)) as it:
        before = sum(call.path == "/work/sidebar" for call in it.fake.sent)
        for number in range(200):
            it.fake.put(thing(1 + number % 5, f"Change {number}"))
        await it.see("Change 199")
        assert sum(call.path == "/work/sidebar" for call in it.fake.sent) - before < 20


async def test_ages_go_on_while_nothing_else_happens(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, [thing(1, "Mine", minutes=5)]) as it:
        await it.see("   5m")
        clock.advance(3 * MINUTE)
        it.app.workbench.sections.refresh_ages()
        await it.see("   8m")


@pytest.mark.parametrize("size", [(60, 20), (40, 10), (110, 24), (200, 60)])
async def test_it_fits_into_a_terminal_of_this_size(
    clock: ManualClock, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with bench(clock, tmp_path, [*morning(), *sessions(7)], size=size) as it:
        await it.see("▾ Notifications")
        assert it.app.workbench.list.size.height >= 1
        heads = sum(line.startswith((" ▾", " ▸")) for line in it.text.split("\n")) - 1
        if size[1] <= 20:
            assert it.app.workbench.sections.size.height - heads <= 3
        await it.press("g", "j", "j", "G", "k", "g", "d")
        assert all(len(line) <= size[0] for line in it.text.split("\n"))


async def test_it_follows_every_change_of_size(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, [*morning(), *sessions(9)]) as it:
        await it.press("g")
        for size in ((60, 20), (200, 60), (40, 10), (30, 8), (120, 40)):
            await it.pilot.resize_terminal(*size)
            await it.pilot.pause()
        await it.see("▾ Round tables")
        await it.be_on("Move the invoices")


# How the room is shared


def section(type: WorkType, count: int) -> WorkSection:
    return WorkSection(type, count, 0, [thing(number, type=type) for number in range(1, count + 1)])


def kinds(made: dict[int, object]) -> list[str]:
    return [type(row).__name__ for row in made.values()]


def test_each_section_has_its_share_of_the_lines() -> None:
    shown = rows([section("session", 9), section("plan", 2), section("roundtable", 1)], (), 10, 10)
    few = rows([section("session", 9), section("plan", 2), section("roundtable", 1)], (), 8, 8)
    assert kinds(dict(few)) == ["Head", *["WorkItem"] * 2, "More", "Head", "WorkItem", "Head", "WorkItem"]
    assert kinds(dict(shown)) == [
        *["Head"],
        *["WorkItem"] * 3,
        "More",
        "Head",
        *["WorkItem"] * 2,
        "Head",
        "WorkItem",
    ]
    assert [row.number for row in shown.values() if isinstance(row, More)] == [6]


def test_a_section_that_is_folded_or_has_no_room_is_its_head() -> None:
    both = [section("session", 3), section("plan", 3)]
    assert kinds(dict(rows(both, {"session"}, 9, 9))) == ["Head", "Head", *["WorkItem"] * 3]
    assert kinds(dict(rows(both, (), 2, 9))) == ["Head", "Head"]
    assert kinds(dict(rows(both, (), 1, 9))) == ["Head"]
    assert rows(both, (), -3, 9) == {}


def test_what_the_server_left_out_is_counted_too() -> None:
    (head, *_, more) = rows([WorkSection("session", 1_000, 0, sessions(2))], (), 20, 20).values()
    assert head == Head("session", "1000", "", 3)
    assert more == More("session", 998)


def test_things_of_different_types_are_told_apart() -> None:
    same = [thing(7, type=kind) for kind in get_args(WorkType)]
    assert len({number_of(one) for one in same}) == 4
