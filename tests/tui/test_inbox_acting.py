"""What is done to notifications: where the cursor goes, what is asked first, and what undo brings back."""

from datetime import timedelta
from pathlib import Path

from msgspec.structs import replace

from core.api.inbox import InboxActionRequest
from core.api.mutes import Mute
from core.api.work import WorkUndone
from core.clock import ManualClock
from tests.fakes.inbox import FakeInbox
from tests.tui.benching import bench
from tests.tui.making import NARROW, NOW, item, items, month
from tests.tui.test_live import connected
from tui.triage import AT_ONCE, Triage, undone


async def test_after_dismissing_the_cursor_is_on_the_next_and_at_the_end_on_the_one_before(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with bench(clock, tmp_path, items(5), NARROW) as it:
        await it.press("j", "d")
        assert (it.ids, it.cursor) == ([5, 3, 2, 1], 3)
        await it.press("G", "e")
        assert (it.ids, it.cursor) == ([5, 3, 2], 2)


async def test_after_a_range_is_dismissed_the_cursor_is_on_what_came_after_the_first_of_it(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with bench(clock, tmp_path, items(9), NARROW) as it:
        await it.press("j", "v", "j", "j", "j", "d")
        assert (it.ids, it.cursor) == ([9, 4, 3, 2, 1], 4)


async def test_a_star_leaves_the_cursor_in_its_place(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, items(5), NARROW) as it:
        await it.press("j", "j", "s")
        assert (it.ids, it.cursor) == ([3, 5, 4, 2, 1], 2)


async def test_what_is_read_in_place_stays_until_one_goes_on(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, items(3), NARROW) as it:
        await it.press("r")
        await it.until(lambda: it.fake.items[3].read_at is not None)
        await it.see("2 unread")
        assert (it.ids, it.cursor) == ([3, 2, 1], 3)
        await it.press("j")
        await it.until(lambda: it.ids == [2, 1])
        assert it.cursor == 2


async def test_what_was_read_in_place_goes_when_it_is_dismissed_alone_or_with_all(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with bench(clock, tmp_path, items(5), NARROW) as it:
        await it.press("r", "d")
        await it.until(lambda: it.fake.items[5].dismissed_at is not None)
        assert (it.ids, it.cursor) == ([4, 3, 2, 1], 4)
        await it.press("r")
        await it.until(lambda: it.fake.items[4].read_at is not None)
        await it.press("D")
        await it.until(lambda: it.ids == [])


async def test_undo_puts_the_cursor_on_what_came_back(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, items(5), NARROW) as it:
        await it.press("j", "d", "G")
        assert it.cursor == 1
        await it.press("u")
        await it.until(lambda: it.ids == [5, 4, 3, 2, 1])
        await it.until(lambda: it.cursor == 4)
        assert it.said == "Undone: dismiss of 1"


async def test_twenty_actions_are_taken_back_one_by_one(clock: ManualClock) -> None:
    said: list[str] = []
    fake = FakeInbox(clock, items(30))
    async with connected(fake, clock) as (picture, _):
        triage = Triage(picture, fake, lambda text, _: said.append(text), lambda: "z")
        for number in range(20):
            await triage.do("dismiss" if number % 2 else "star", [30 - number])
        for number in range(19, -1, -1):
            assert await triage.undo() == [30 - number]
        assert await triage.undo() == []
        assert said[-2:] == ["Undone: star of 1", "There is nothing to undo."]


def test_undo_says_how_many_came_back_also_where_they_are_not_named_or_came_back_by_themselves() -> None:
    assert undone(WorkUndone("star", ["notification/1"], 1)) == "Undone: star of 1"
    assert undone(WorkUndone("dismiss", [], 5_000)) == "Undone: dismiss of 5,000"
    assert undone(WorkUndone("hide", [], 0)) == "Nothing of this hide was left to undo."


async def test_what_another_terminal_did_can_be_undone_here(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, items(3), NARROW) as it:
        await it.app.workbench.live.act(InboxActionRequest("dismiss", [2]))
        await it.until(lambda: it.ids == [3, 1])
        await it.press("z")
        await it.until(lambda: it.ids == [3, 2, 1])


async def test_opening_is_no_step_that_undo_would_take_back(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, items(3), NARROW) as it:
        await it.press("d", "enter")
        await it.until(lambda: it.fake.items[2].read_at is not None)
        await it.press("z")
        await it.until(lambda: it.ids == [3, 2, 1])
        assert it.fake.items[2].read_at is not None


async def test_all_in_the_filter_are_marked_read_after_a_question_with_their_number(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with bench(
        clock, tmp_path, [*items(40), item(41, "elsewhere"), item(42, starred=True, read=True)]
    ) as it:
        await it.press("slash")
        await it.type("not")
        await it.press("enter")
        await it.until(lambda: len(it.ids) == 41)
        await it.press("M")
        await it.see("Mark 40 notifications read?")
        await it.press("n", "M", "y")
        await it.until(lambda: it.said == "Marked 40 read · z undoes it")
        assert it.fake.items[41].read_at is None
        await it.press("z")
        await it.until(lambda: all(it.fake.items[number].read_at is None for number in range(1, 42)))


async def test_what_arrives_while_one_is_asked_is_not_marked(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, items(3), NARROW) as it:
        await it.press("M")
        await it.see("Mark 3 notifications read?")
        it.fake.arrive(item(4))
        await it.until(lambda: 4 in it.ids)
        await it.press("y")
        await it.until(lambda: it.said == "Marked 3 read · z undoes it")
        assert it.fake.items[4].read_at is None


async def test_more_than_ten_are_dismissed_after_a_question(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, [*items(12), item(13, starred=True)], NARROW) as it:
        await it.press("D")
        await it.see("Dismiss 13 notifications, 1 of them starred?")
        await it.press("y")
        await it.until(lambda: it.ids == [])
        await it.press("z")
        await it.until(lambda: it.ids == [13, *range(12, 0, -1)])
        await it.press("asterisk", "D")
        await it.see("Dismiss 13 notifications?")
        await it.press("escape")
        assert len(it.ids) == 13


async def test_up_to_ten_are_dismissed_at_once(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, items(14), NARROW) as it:
        await it.press("x", "x", "D")
        await it.until(lambda: len(it.ids) == 12)
        await it.press("slash")
        await it.type("on 1")
        await it.press("enter", "D")
        await it.until(lambda: it.said == "Dismissed 4 · z undoes it")


async def test_very_many_are_one_request_and_one_step(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, [*items(AT_ONCE + 10), item(AT_ONCE + 11, starred=True)], NARROW) as it:
        await it.until(lambda: len(it.ids) == AT_ONCE + 11)
        await it.press("asterisk", "d")
        await it.until(lambda: it.ids == [])
        assert it.said == "Dismissed 5,011 · z undoes it"
        await it.press("z")
        await it.until(lambda: it.ids[:2] == [AT_ONCE + 11, AT_ONCE + 10] and len(it.ids) == AT_ONCE + 11)
        acted = [call for call in it.fake.sent if call.path == "/inbox/actions"]
        assert len(acted) == 1


async def test_too_many_marks_are_refused_in_words(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, items(AT_ONCE + 2), NARROW) as it:
        await it.until(lambda: len(it.ids) == AT_ONCE + 2)
        await it.press("asterisk", "space", "s")
        await it.until(lambda: it.said.startswith("Mark 5,000 at most"))


async def test_the_next_unread_is_one_key_away(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, month(), NARROW) as it:
        await it.press("I")
        await it.until(lambda: it.ids == [3, 7, 6, 5, 4, 2, 1])
        await it.press("right_square_bracket", "right_square_bracket", "right_square_bracket")
        assert it.cursor == 4
        await it.press("right_square_bracket")
        assert it.said == "Nothing unread is further down."
        await it.press("left_square_bracket")
        assert it.cursor == 6


async def test_the_next_unread_is_found_far_away(clock: ManualClock, tmp_path: Path) -> None:
    far = [item(number, read=number != 40) for number in range(1, 1001)]
    async with bench(clock, tmp_path, far, NARROW) as it:
        await it.press("I")
        await it.until(lambda: len(it.ids) == 1000)
        await it.press("right_square_bracket")
        await it.until(lambda: it.cursor == 40)


async def test_snoozing_until_a_time_that_is_typed(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, items(3), NARROW) as it:
        await it.press("b", "6")
        await it.see("Snooze until when?")
        await it.type("fri 1")
        await it.see("This is no time")
        await it.press("backspace")
        await it.type("14:00")
        await it.see("Fri 6 Mar, 14:00 · in 4 days")
        await it.press("enter")
        await it.until(lambda: it.fake.items[3].snoozed_until is not None)
        until = it.fake.items[3].snoozed_until
        assert until is not None
        assert until.isoformat() == "2026-03-06T14:00:00+01:00"
        assert it.cursor == 2


async def test_what_is_typed_wrongly_is_not_taken(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, items(3), NARROW) as it:
        await it.press("b", "6")
        await it.type("yesterday")
        await it.press("enter")
        await it.see("This is no time: write 2h")
        await it.press("escape")
        await it.see("Snooze it until")
        await it.press("b")
        await it.see_no("Snooze it until")
        assert it.fake.items[3].snoozed_until is None


async def test_a_source_is_muted_for_a_time_and_heard_again_by_undo(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, [replace(item(1), source="session/7")], NARROW) as it:
        await it.press("m")
        await it.see("1  Everything from session/7")
        await it.press("1")
        await it.see("1  For an hour")
        await it.press("2")
        await it.until(lambda: it.said == "Muted all from session/7 until today 18:00 · z undoes it")
        (mute,) = it.fake.mutes.values()
        assert (mute.source, mute.event, mute.until) == ("session/7", None, NOW + timedelta(hours=8))
        await it.press("z")
        await it.until(lambda: not it.fake.mutes)


async def test_only_one_event_of_a_source_is_muted(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, [replace(item(1), source="session/7")], NARROW) as it:
        await it.press("m", "2")
        await it.see("Mute: Only task:review from session/7")
        await it.press("5")
        await it.until(lambda: it.said == "Muted task:review from session/7 for good · z undoes it")
        await it.press("m")
        await it.see("muted for good; unmutes it")
        await it.press("2")
        await it.until(lambda: not it.fake.mutes)


async def test_what_is_muted_is_listed_and_heard_again(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, items(1), NARROW) as it:
        hostile = "automation/9\x1b[2J[bold]"
        it.fake.mutes[4] = Mute(4, hostile, None, None, None, NOW)
        await it.press("m", "3")
        await it.see("automation/9␛[2J[bold]")
        await it.press("enter")
        await it.until(lambda: not it.fake.mutes)
        await it.until(lambda: it.said == "No longer muted: all from automation/9␛[2J[bold]")


async def test_the_server_is_asked_again_on_demand(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, items(3), NARROW) as it:
        it.fake.items[4] = item(4)
        clock.advance(4 * 60_000_000)
        await it.press("full_stop")
        await it.until(lambda: it.ids == [4, 3, 2, 1])
        assert it.said == "Asked the server again; the last time was 4 minutes ago"
        assert it.cursor == 3


async def test_the_detail_says_whence_it_comes_and_when_it_goes(clock: ManualClock, tmp_path: Path) -> None:
    near = replace(item(2), source="automation/12", ticket="TCK-7", leaves_at=NOW + timedelta(days=12, hours=1))
    async with bench(clock, tmp_path, [near, replace(item(1, starred=True), leaves_at=None)]) as it:
        await it.see("for good, as it is starred")
        await it.press("j")
        await it.see("removed in 12 days")
        await it.see("automation/12")
        await it.see("TCK-7")
