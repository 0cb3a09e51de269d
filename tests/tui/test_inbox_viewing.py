"""Which notifications are listed: groups, saved filters, and what two terminals see of each other."""

from datetime import timedelta
from pathlib import Path

from msgspec.structs import replace

from core.api.filters import SavedFilter
from core.api.inbox import InboxItem
from core.clock import DAY, ManualClock
from tests.fakes.inbox import FakeInbox
from tests.tui.benching import bench
from tests.tui.making import NARROW, NOW, WIDE, app_on, item, items, live, screen_text, until
from tui.live.order import STARRED

ROOMY = (190, 30)


def days() -> list[InboxItem]:
    """Two of each of the last days, the newest with the highest number, and one with a star."""
    made = [replace(item(number), created_at=NOW - timedelta(days=(10 - number) // 2)) for number in range(1, 11)]
    return [*made, item(11, starred=True, severity="critical")]


def rows(text: str, *wanted: str) -> list[str]:
    """Those of these words that are on the screen, in their order there."""
    return [word for line in text.split("\n") for word in wanted if word in line[:50]]


async def test_days_have_heads_in_the_persons_zone(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, days(), NARROW) as it:
        await it.press("t")
        await it.until(lambda: it.said == "Grouped by day")
        heads = ("★ Starred", "Today", "Yesterday", "Saturday 28 Feb", "Friday 27 Feb")
        assert rows(it.text, *heads) == list(heads)
        await it.press("g", "j")
        assert it.cursor == 10
        assert "Today" in it.text


async def test_the_cursor_passes_by_the_heads(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, days(), NARROW) as it:
        await it.press("t", *["j"] * 10)
        assert it.cursor == 1
        await it.press(*["k"] * 10)
        assert it.cursor == 11
        await it.see("★ Starred")
        await it.pilot.click("#notifications", offset=(5, 2))
        assert it.cursor == 11
        await it.pilot.click("#notifications", offset=(5, 3))
        assert it.cursor == 10


async def test_what_arrives_comes_into_its_group_and_a_new_day_gets_a_head(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with bench(clock, tmp_path, days(), NARROW) as it:
        await it.press("t", "j")
        it.fake.arrive(replace(item(12), created_at=NOW))
        await it.until(lambda: it.ids[:3] == [11, 12, 10])
        heads = it.app.workbench.live.shown.order.heads
        assert [(head.key, head.size) for head in heads[:2]] == [(STARRED, 1), ("2026-03-02", 3)]
        clock.advance(DAY)
        it.fake.arrive(replace(item(13), created_at=NOW + timedelta(days=1)))
        await it.until(lambda: it.ids[:3] == [11, 13, 12])
        assert it.cursor == 10
        assert it.app.workbench.live.shown.order.heads[1].key == "2026-03-03"


async def test_the_worst_comes_first_by_severity(clock: ManualClock, tmp_path: Path) -> None:
    shown = [item(1, severity="critical"), item(2, severity="warning"), item(3), item(4, severity="critical")]
    async with bench(clock, tmp_path, shown, NARROW) as it:
        await it.press("t", "t", "t")
        await it.until(lambda: it.ids == [4, 1, 2, 3])
        assert rows(it.text, "✖ Critical", "▲ Warning", "· Info") == ["✖ Critical", "▲ Warning", "· Info"]
        await it.press("t")
        await it.until(lambda: it.ids == [4, 3, 2, 1])
        assert it.said == "Not grouped"


async def test_the_cursor_stays_far_down_on_its_notification_in_other_groups(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with bench(clock, tmp_path, items(150)) as it:
        await it.until(lambda: it.app.workbench.live.whole)
        await it.press("G")
        assert it.app.workbench.list.cursor_id == 1
        await it.press("t")
        await it.until(lambda: it.said == "Grouped by day" and it.app.workbench.list.cursor_id == 1)
        await it.press("I")
        await it.until(lambda: it.said == "")


async def test_a_star_changes_the_group_and_undo_changes_it_back(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(
        clock, tmp_path, [replace(item(number), source=f"session/{number % 2}") for number in (1, 2, 3)]
    ) as it:
        await it.press("t", "t")
        await it.until(lambda: it.ids == [3, 1, 2])
        await it.press("G", "s")
        await it.until(lambda: it.ids == [2, 3, 1])
        await it.until(lambda: it.fake.items[2].starred_at is not None)
        assert [head.key for head in it.app.workbench.live.shown.order.heads] == [STARRED, "session/1"]
        await it.press("z")
        await it.until(lambda: it.ids == [3, 1, 2])


async def test_hostile_sources_are_shown_as_they_are(clock: ManualClock, tmp_path: Path) -> None:
    shown = [replace(item(1), source="\x1b]0;me\x07[bold]"), replace(item(2), source="")]
    async with bench(clock, tmp_path, shown, NARROW) as it:
        await it.press("t", "t")
        await it.see("␛]0;me␇[bold]")
        await it.see("elsewhere")


async def test_the_next_start_paints_the_groups_as_they_were(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, days()) as it:
        await it.press("t")
        await it.see("Yesterday")
        await it.press("S")
        await it.until(lambda: it.ids == [11])
    fake = FakeInbox(clock)
    fake.down = True
    app = app_on(fake, clock, tmp_path)
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: "Saturday 28 Feb" in screen_text(app))
        assert list(app.workbench.live.ids) == list(range(11, 0, -1))


async def test_a_filter_is_saved_under_a_name_and_gone_to_by_its_number(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with bench(clock, tmp_path, days(), ROOMY) as it:
        await it.press("slash")
        await it.type("on 1")
        await it.press("enter", "f", "s")
        await it.type("Ones [b]")
        await it.press("enter")
        await it.until(lambda: it.fake.saved == [SavedFilter("Ones [b]", "on 1")])
        await it.press("escape", "escape")
        await it.until(lambda: len(it.ids) == 11)
        await it.see("Failed  1 Ones [b]")
        await it.press("f", "1")
        await it.until(lambda: it.ids == [11, 10, 1])


async def test_a_saved_filter_that_is_gone_to_is_seen_where_nobody_has_typed_one(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with bench(clock, tmp_path, items(3), NARROW) as it:
        it.fake.saved = [SavedFilter("One", "Notification 1")]
        it.fake.say_saved()
        await it.press("f")
        await it.see("1  One")
        await it.press("1")
        await it.see("/ Notification 1")
        await it.press("escape")
        await it.until(lambda: "/ Notification" not in screen_text(it.app))


async def test_saved_filters_are_renamed_moved_and_deleted(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, days(), ROOMY) as it:
        kept = SavedFilter("Of sessions", "state:failed", "sessions")
        it.fake.saved = [SavedFilter("One", "one"), kept, SavedFilter("Two\x1b[m", "two")]
        it.fake.say_saved()
        await it.see("1 One  2 Two␛[m")
        await it.press("f", "r", *["backspace"] * 3)
        await it.see("What is One to be called?")
        await it.type("Two")
        await it.press("enter", "J", "k", "d")
        await it.until(lambda: it.fake.saved == [kept, SavedFilter("Two", "one")])
        await it.press("s")
        assert "Save this filter" not in it.text


async def test_what_cannot_be_a_name_is_said_while_it_is_typed(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, days(), ROOMY) as it:
        it.fake.saved = [SavedFilter("One", "one")]
        it.fake.say_saved()
        await it.see("1 One")
        await it.press("slash")
        await it.press(*"two", "enter")
        await it.see("Nothing matches")
        await it.press("f", "s", *"One")
        await it.see("Another filter has this name.")
        await it.press("enter", "escape", "escape")
        await it.see_no("Saved filters")
        assert [one.name for one in it.fake.saved] == ["One"]


async def test_in_a_tall_narrow_terminal_the_text_is_below_the_list(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, days(), (80, 34)) as it:
        await it.see("Why you")
        await it.see("Notification 9")
        await it.press("j", "enter")
        await it.until(lambda: it.fake.items[10].read_at is not None)
        await it.see("Notification 9")
        await it.pilot.resize_terminal(80, 24)
        await it.see_no("Notification 9")
        await it.see("Why you")


async def test_two_terminals_of_one_person_see_what_the_other_does(clock: ManualClock, tmp_path: Path) -> None:
    fake = FakeInbox(clock, days())
    one, other = app_on(fake, clock, tmp_path / "one"), app_on(fake, clock, tmp_path / "other")
    async with one.run_test(size=WIDE) as here, other.run_test(size=NARROW) as there:
        await live(here, one)
        await live(there, other)
        await here.press("d")
        await until(there, lambda: 11 not in other.workbench.live.ids)
        await there.press("z")
        await until(here, lambda: 11 in one.workbench.live.ids)


async def test_what_is_read_stays_when_all_is_asked_for_again(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, days(), NARROW) as it:
        await it.press("j", "enter")
        await it.until(lambda: it.fake.items[10].read_at is not None)
        await it.press("full_stop")
        await it.until(lambda: it.said.startswith("Asked the server again"))
        assert it.ids[:3] == [11, 10, 9]
        await it.press("t")
        await it.until(lambda: it.said == "Grouped by day")
        assert it.ids[:3] == [11, 10, 9]


async def test_without_a_server_keys_say_so(clock: ManualClock, tmp_path: Path) -> None:
    far = [item(number, read=number != 40) for number in range(1, 301)]
    async with bench(clock, tmp_path, far, NARROW) as it:
        await it.press("I")
        await it.until(lambda: len(it.ids) == 300)
        it.fake.break_off()
        await it.until(lambda: it.app.workbench.live.connection == "lost")
        for key in ("t", "right_square_bracket", "M", "D", "m", "full_stop", "z"):
            it.app.workbench.key_bar.clear_flash()
            await it.press(key)
            await it.until(lambda: it.said.startswith("No server answers"))
