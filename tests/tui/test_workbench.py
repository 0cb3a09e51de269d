"""What a person does in the app, key by key, and what is on the screen then."""

from pathlib import Path

import pytest
from msgspec.structs import force_setattr

from core.api.stream import Change
from core.clock import MINUTE, ManualClock
from tests.fakes.inbox import FakeInbox
from tests.tui.benching import bench
from tests.tui.making import NARROW, WIDE, app_on, item, items, live, month, screen_text, until
from tui.keymap import AppSettings
from tui.screens.help import Help


async def test_the_list_shows_what_there_is_to_know(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, month()) as it:
        await it.see("▌  ✖ Hook failed: make lint")
        await it.see("3 unread")
        await it.see("New 3  Inbox 7  Starred 1")
        await it.see("● · Ready for review: Export invoices as CSV")
        await it.see("Dana Reyes · atelier-01   ● Live")


async def test_moving_shows_the_text_and_reads_nothing(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, month()) as it:
        await it.press("j", "j")
        await it.see("Conflicts in 2 files:")
        await it.see("You are the assigned developer")
        await it.see("Mon 2 Mar 2026, 09:18 CET · 42 minutes ago")
        assert it.fake.items[6].read_at is None


async def test_opening_reads(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, month()) as it:
        await it.press("j", "enter")
        await until(it.pilot, lambda: it.fake.items[7].read_at is not None)
        await it.see("2 unread")
        await it.see("esc Back")
        await it.press("n")
        await until(it.pilot, lambda: it.fake.items[6].read_at is not None)
        await it.see("Merge failed: feature/ledger into main")


async def test_in_a_narrow_terminal_the_text_takes_the_lists_place(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, month(), NARROW) as it:
        assert "Why you" not in it.text
        await it.press("j", "j", "enter")
        await it.see("Conflicts in 2 files:")
        assert "Notifications" not in it.text
        await it.press("escape")
        await it.see("Notifications")
        assert "Conflicts" not in it.text


@pytest.mark.parametrize("size", [(60, 20), (40, 10), (100, 24), (200, 60)])
async def test_it_works_at_this_size(clock: ManualClock, tmp_path: Path, size: tuple[int, int]) -> None:
    async with bench(clock, tmp_path, month(), size) as it:
        await it.see("Notifications")
        await it.press("j", "j", "enter")
        await it.see("Critical")
        assert all(len(line) <= size[0] for line in it.text.split("\n"))


async def test_a_terminal_that_is_too_small_says_so_and_recovers(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, month(), (30, 8)) as it:
        await it.see("40 × 10 at least.")
        await it.pilot.resize_terminal(*WIDE)
        await it.see("Notifications")
        await it.see_no("at least")


async def test_a_star_goes_to_the_top_and_comes_back(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, items(5)) as it:
        await it.press("j", "j", "s")
        await until(it.pilot, lambda: it.ids == [3, 5, 4, 2, 1])
        await until(it.pilot, lambda: it.said == "Starred 1 · z undoes it")
        await it.press("z")
        await until(it.pilot, lambda: it.ids == [5, 4, 3, 2, 1])
        assert it.app.workbench.list.cursor_id == 3


async def test_what_is_dismissed_is_in_the_history_and_can_be_restored(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with bench(clock, tmp_path, items(3)) as it:
        await it.press("d")
        await until(it.pilot, lambda: it.ids == [2, 1])
        await until(it.pilot, lambda: it.said == "Dismissed 1 · z undoes it")
        assert it.app.workbench.list.cursor_id == 2
        await it.press("H")
        await until(it.pilot, lambda: it.ids == [3, 2, 1])
        await it.press("g", "R")
        await until(it.pilot, lambda: it.fake.items[3].dismissed_at is None)
        await it.press("i")
        await until(it.pilot, lambda: it.ids == [3, 2, 1])


async def test_all_that_is_marked_is_acted_on_and_undone_at_once(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, items(6)) as it:
        await it.press("space", "space", "j", "space", "d")
        await until(it.pilot, lambda: it.ids == [4, 2, 1])
        await until(it.pilot, lambda: it.said == "Dismissed 3 · z undoes it")
        await it.press("z")
        await until(it.pilot, lambda: it.ids == [6, 5, 4, 3, 2, 1])


async def test_more_than_fit_into_one_request_are_acted_on(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, items(1200)) as it:
        await it.press("asterisk", "d")
        await until(it.pilot, lambda: it.ids == [])
        await until(it.pilot, lambda: it.said == "Dismissed 1,200 · z undoes it")
        await it.press("z")
        await until(it.pilot, lambda: len(it.ids) == 1200)


async def test_marked_as_unread_it_counts_again(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, [item(1, read=True)]) as it:
        await it.see("all read")
        await it.press("I")
        await until(it.pilot, lambda: it.ids == [1])
        await it.press("U")
        await it.see("1 unread")
        await it.press("r")
        await it.see("all read")


async def test_snoozing_asks_until_when(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, items(3)) as it:
        await it.press("b")
        await it.see("Snooze it until")
        await it.see("3  Tomorrow        tomorrow 09:00")
        await it.see("5  Next week       Mon 9 Mar, 09:00")
        await it.press("3")
        await until(it.pilot, lambda: it.ids == [2, 1])
        until_when = it.fake.items[3].snoozed_until
        assert until_when is not None
        assert until_when.isoformat() == "2026-03-03T09:00:00+01:00"
        await it.press("B")
        await until(it.pilot, lambda: it.ids == [3])
        await it.see("☾ tomorrow 09:00")
        await it.press("b")
        await until(it.pilot, lambda: it.fake.items[3].snoozed_until is None)


async def test_snoozing_can_be_left(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, items(3)) as it:
        await it.press("b", "escape")
        await it.see_no("Snooze it until")
        await it.press("j")
        assert it.ids == [3, 2, 1]
        assert it.app.workbench.list.cursor_id == 2


async def test_views_are_one_key_away(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, month()) as it:
        assert it.ids == [3, 7, 6, 4]
        await it.press("greater_than_sign")
        await until(it.pilot, lambda: len(it.ids) == 7)
        await it.press("S")
        await until(it.pilot, lambda: it.ids == [3])
        await it.press("less_than_sign", "less_than_sign")
        await until(it.pilot, lambda: it.ids == [3, 7, 6, 4])
        await it.press("exclamation_mark")
        await it.see("Nothing failed")


async def test_an_unread_one_stays_while_it_is_read(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, month()) as it:
        await it.press("j", "enter")
        await it.see("2 unread")
        assert it.ids == [3, 7, 6, 4]
        await it.press("escape")
        await it.pilot.pause()
        assert it.ids == [3, 7, 6, 4]
        await it.press("j")
        await until(it.pilot, lambda: it.ids == [3, 6, 4])
        assert it.app.workbench.list.cursor_id == 6


async def test_a_filter_narrows_while_it_is_typed(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, month()) as it:
        await it.press("slash", *"failed")
        await until(it.pilot, lambda: it.ids == [3, 6])
        await it.press("enter")
        await it.see("esc clears")
        await it.press("j")
        assert it.app.workbench.list.cursor_id == 6
        await it.press("escape")
        await until(it.pilot, lambda: it.ids == [3, 7, 6, 4])


async def test_a_mistake_in_a_filter_is_shown_where_it_stands(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, month()) as it:
        await it.press("slash", *"failed", "space", *"seve", "colon", "x")
        await it.see("There is no field 'seve' here.")
        lines = it.text.split("\n")
        at = next(number for number, line in enumerate(lines) if "/ failed seve:x" in line)
        assert lines[at + 1].index("^^^^") == lines[at].index("seve:x")
        await it.press("escape")
        await it.see_no("There is no field")
        await until(it.pilot, lambda: it.ids == [3, 7, 6, 4])


async def test_what_arrives_appears_by_itself(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, items(3)) as it:
        it.fake.arrive(item(9, "Just in"))
        await it.see("● · Just in")
        await it.see("4 unread")
        assert it.app.workbench.list.cursor_id == 3


async def test_ages_go_on_while_nothing_else_happens(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, [item(1, minutes=5)]) as it:
        await it.see("  5m")
        clock.advance(3 * MINUTE)
        it.app.workbench.list.refresh_ages()
        await it.see("  8m")


async def test_a_lost_connection_is_said_and_what_was_shown_stays(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, month()) as it:
        it.fake.break_off()
        await it.see("✖ Connection lost, trying again")
        assert "Hook failed" in it.text
        await it.press("d")
        await until(it.pilot, lambda: "No server answers" in it.said)
        it.fake.come_back()
        await it.see("● Live")
        await it.see("Hook failed")


async def test_the_next_start_paints_what_was_seen_last(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, month()) as it:
        await it.see("Hook failed")
    fake = FakeInbox(clock)
    fake.down = True
    app = app_on(fake, clock, tmp_path)
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: "Hook failed: make lint" in screen_text(app))
        assert "3 unread" in screen_text(app)
        assert "Dana Reyes" in screen_text(app)
        await until(pilot, lambda: "Connection lost" in screen_text(app))


async def test_the_link_is_copied_and_shown(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, month()) as it:
        await it.press("j", "o")
        assert it.app.clipboard == "/sessions/9"
        assert it.said == "Copied /sessions/9"
        await it.see("▸ Open Session  o  /sessions/9")
        await it.press("g", "o")
        assert it.said == "This notification has no link; Y copies its text."
        await it.press("Y")
        assert it.app.clipboard == "Hook failed: make lint"


async def test_folding_hides_the_section_and_shows_it_again(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, month(), NARROW) as it:
        await it.press("F")
        await it.see("▸ Notifications")
        assert "Hook failed" not in it.text
        await it.press("F")
        await it.see("Hook failed")


async def test_the_preview_can_be_put_away(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, month()) as it:
        await it.see("Why you")
        await it.press("p")
        await it.see_no("Why you")
        await it.press("p")
        await it.see("Why you")


async def test_an_empty_inbox_is_good_news(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, [item(1, dismissed=True)]) as it:
        await it.see("Nothing needs you")
        await it.press("I")
        await it.see("The inbox is empty")


async def test_help_shows_every_key_and_goes_again(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, month()) as it:
        await it.press("question_mark")
        await it.see("Star, or take the star away")
        await it.press("escape")
        assert not isinstance(it.app.screen, Help)


async def test_help_says_first_what_can_be_done_here_and_apart_from_it_what_cannot(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with bench(clock, tmp_path, month(), (80, 200)) as it:
        await it.press("question_mark")
        await it.see("Elsewhere")
        here, everywhere, elsewhere = (
            it.text.index(words)
            for words in ("Star, or take the star away", "Leave; the server goes on", "Elsewhere")
        )
        assert here < everywhere < elsewhere
        for other in ("Make a new automation", "Call it done", "Next turn", "Save what the form says"):
            assert it.text.find(other) in (-1, *range(elsewhere, len(it.text)))


async def test_what_is_typed_after_the_slash_narrows_the_help(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, month()) as it:
        await it.press("question_mark", "slash", *"snoozed")
        await it.see("What comes back later")
        assert "Star, or take the star away" not in it.text
        await it.press(*"xq")
        await it.see("No key does anything of that name.")
        await it.press("escape")
        await it.see("Star, or take the star away")
        await it.press("escape")
        assert not isinstance(it.app.screen, Help)


async def test_the_palette_finds_an_action_and_does_it(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, items(3)) as it:
        await it.press("ctrl+p")
        await it.pilot.pause(0.2)
        await it.press(*"dismiss")
        await it.pilot.pause(0.3)
        await it.press("enter")
        await until(it.pilot, lambda: it.ids == [2, 1])


async def test_a_theme_is_shown_while_it_is_looked_at(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, items(3)) as it:
        await it.press("T")
        await it.pilot.pause(0.2)
        await it.press("down")
        await until(it.pilot, lambda: it.app.theme == "callboard-light")
        await it.press("escape")
        await until(it.pilot, lambda: it.app.theme == "callboard-dark")


async def test_keys_may_be_set(clock: ManualClock, tmp_path: Path) -> None:
    settings = AppSettings(keymap={"star": ("Z",), "dismiss": ()})
    async with bench(clock, tmp_path, items(3), settings=settings) as it:
        await it.press("d", "s", "Z")
        await until(it.pilot, lambda: it.fake.items[3].starred_at is not None)
        assert it.ids == [3, 2, 1]
        await it.press("j")
        await it.see("Z Star")


async def test_ctrl_c_does_not_leave(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, items(3)) as it:
        await it.press("ctrl+c")
        assert it.said == "ctrl+c leaves nothing: q quits, and the server goes on."
        await it.press("q")
        await until(it.pilot, lambda: it.app.return_code == 0)


async def test_the_mouse_works_as_well(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, month()) as it:
        await it.pilot.click("ViewLine", offset=(19, 0))
        await until(it.pilot, lambda: it.ids == [3])
        await it.pilot.click("ViewLine", offset=(3, 0))
        await until(it.pilot, lambda: it.ids == [3, 7, 6, 4])
        await it.pilot.click("#notifications", offset=(10, 2))
        assert it.app.workbench.list.cursor_id == 6
        await it.pilot.click("KeyBar", offset=(3, 0))
        await until(it.pilot, lambda: it.fake.items[6].read_at is not None)


async def test_what_cannot_be_drawn_says_so_and_the_rest_is_shown(clock: ManualClock, tmp_path: Path) -> None:
    broken = item(2)
    force_setattr(broken, "created_at", None)
    async with bench(clock, tmp_path, [item(1), broken, item(3)]) as it:
        await it.see("(cannot display)")
        await it.see("Notification 3")
        await it.press("j")
        await it.see("  (cannot display)")


async def test_a_mistake_of_our_own_ends_the_app_with_its_exit_code(clock: ManualClock, tmp_path: Path) -> None:
    app = app_on(FakeInbox(clock, items(3)), clock, tmp_path)

    async def meet_one() -> None:
        async with app.run_test(size=WIDE) as pilot:
            await live(pilot, app)
            app.workbench.broke(ZeroDivisionError())
            await pilot.pause()

    with pytest.raises(ZeroDivisionError):
        await meet_one()
    assert app.return_code == 1


async def test_a_conversation_that_breaks_is_not_hidden(clock: ManualClock, tmp_path: Path) -> None:
    fake = FakeInbox(clock, items(3))
    app = app_on(fake, clock, tmp_path)

    async def meet_one() -> None:
        async with app.run_test(size=WIDE) as pilot:
            await live(pilot, app)
            fake.say(Change("inbox", "not a number", 99))
            await until(pilot, lambda: app.trouble is not None)

    with pytest.raises(ValueError, match="not a number"):
        await meet_one()


async def test_what_is_wrong_with_the_keymap_is_said_at_the_start(clock: ManualClock, tmp_path: Path) -> None:
    fake = FakeInbox(clock, items(3))
    app = app_on(fake, clock, tmp_path, wrong=["app.toml:2: [keymap] stra: there is no such action.", "another"])
    async with app.run_test(size=WIDE) as pilot:
        await live(pilot, app)
        await until(pilot, lambda: "[keymap] stra: there is no such action." in screen_text(app))
        assert "(1 more: callboard config check)" in screen_text(app)


async def test_a_body_of_a_megabyte_is_cut_and_says_where_the_rest_is(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, [item(1, body="words and more words " * 50_000)]) as it:
        await it.press("enter", "G")
        await it.see("`callboard inbox show 1` has the rest.")
