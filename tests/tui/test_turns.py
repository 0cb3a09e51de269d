"""Keys that come in one burst, as a slow connection brings them: each does what it does when typed slowly."""

import sys
from functools import partial
from pathlib import Path

from textual.app import App
from textual.events import Key, Paste
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.widgets import Input

from core.api.automations import RunRequest
from core.api.bots import Pin
from core.clock import ManualClock
from tests.fakes.automations import office
from tests.terminal import Terminal, clean_environment
from tests.tui.agents import hall
from tests.tui.benching import bench
from tests.tui.cli.board import Board
from tests.tui.making import item, items, until
from tests.tui.office import at_work
from tests.tui.outgoing import outgoing
from tui.widgets.menu import Menu
from tui.widgets.mute_menu import MuteMenu
from tui.widgets.question import Question
from tui.widgets.saved_menu import SavedMenu
from tui.widgets.snooze_menu import SnoozeMenu

_NAMED = {"⏎": "enter", "⎋": "escape", "⌫": "backspace", "⇥": "tab"}


def burst(app: App[None], keys: str) -> None:
    """All keys before the app has done anything for the first."""
    for letter in keys:
        name = _NAMED.get(letter, _character_to_key(letter))
        app.post_message(Key(name, None if letter in _NAMED else letter))


async def done(pilot: Pilot[None], app: App[None]) -> None:
    await pilot.pause()
    await until(pilot, lambda: not app.turns.busy)  # type: ignore[attr-defined]


async def test_what_is_typed_after_the_slash_is_the_filter_and_does_nothing(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with bench(clock, tmp_path, [*items(5), item(6, "Deploy the kestrel")]) as it:
        burst(it.app, "/deploy kestrel⏎")
        await it.until(lambda: it.ids == [6])
        await done(it.pilot, it.app)
        assert it.app.screen.query_one(Input).value == "deploy kestrel"
        assert all(each.dismissed_at is None and each.read_at is None for each in it.fake.items.values())
        assert not [call for call in it.fake.sent if call.method == "POST"]


async def test_what_is_typed_ahead_of_the_fields_of_a_choice_goes_into_them(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with outgoing(clock, tmp_path) as it:
        burst(it.app, "Cnout⇥web⇥https://q.example.com/CO⏎A: b⎋")
        await it.see("Not saved yet. Leave?")
        await it.press("n", "ctrl+s")
        await it.says("Saved out")
        assert it.fake.channels["out"].settings == {"url": "https://q.example.com/CO", "headers": {"A": "b"}}


async def test_keys_before_a_filter_act_before_it(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, items(5)) as it:
        burst(it.app, "jjd/is:starred")
        await it.until(
            lambda: it.app.screen.query(Input) and it.app.screen.query_one(Input).value == "is:starred"
        )
        assert [number for number, each in it.fake.items.items() if each.dismissed_at] == [3]


async def test_the_answer_to_a_question_may_come_before_the_question(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, items(20)) as it:
        for answer in "n⎋":
            burst(it.app, "D" + answer)
            await done(it.pilot, it.app)
            await it.until(lambda: not it.app.screen.query(Question))
            assert it.app.workbench.opened is None
            assert it.cursor == 20
        assert all(each.dismissed_at is None for each in it.fake.items.values())


async def test_yes_before_the_question_says_yes_to_it(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, items(20)) as it:
        burst(it.app, "Dy")
        await it.until(lambda: all(each.dismissed_at is not None for each in it.fake.items.values()))
        assert it.app.clipboard == ""


async def test_what_was_typed_for_a_question_that_is_not_asked_does_nothing(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with bench(clock, tmp_path, [item(1, read=True, starred=True), item(2, read=True, starred=True)]) as it:
        burst(it.app, "Myd")
        await it.until(lambda: it.said == "All in this filter is read.")
        await done(it.pilot, it.app)
        assert it.ids == [2, 1]
        assert it.app.clipboard == ""
        await it.press("d")
        await it.until(lambda: it.ids == [1])


async def test_a_menu_takes_what_is_typed_at_once_after_its_key(clock: ManualClock, tmp_path: Path) -> None:
    menus: dict[str, type[Menu]] = {"b": SnoozeMenu, "m": MuteMenu, "f": SavedMenu}
    async with bench(clock, tmp_path, items(5)) as it:
        for number, (key, menu) in enumerate(menus.items()):
            burst(it.app, key + "jkjjkk")
            await until(it.pilot, partial(it.app.screen.query, menu))
            await done(it.pilot, it.app)
            assert it.app.screen.query(menu)
            assert it.cursor == 5 - number
            burst(it.app, "⎋j")
            await until(it.pilot, partial(lambda wanted: it.cursor == wanted, 4 - number))
            assert not it.app.screen.query(menu)


async def test_a_number_right_after_b_is_how_long_it_sleeps(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, items(5)) as it:
        burst(it.app, "b3")
        await it.until(lambda: it.fake.items[5].snoozed_until is not None)
        assert not it.said.startswith("Nothing is pinned")


async def test_the_settings_take_what_is_typed_at_once(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, items(5)) as it:
        burst(it.app, ",deploy")
        await it.see("deploy")
        await done(it.pilot, it.app)
        assert it.ids == [5, 4, 3, 2, 1]


async def test_a_new_automation_takes_its_name_before_it_is_shown(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path) as it:
        burst(it.app, "AnDeploy at night")
        await it.see("Deploy at night")
        assert not it.fake.runs


async def test_what_is_typed_after_the_key_of_the_new_session_does_nothing_below(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with hall(clock, tmp_path) as it:
        burst(it.app, "Enxxrm")
        await it.see("New session")
        await done(it.pilot, it.app)
        assert not it.app.screen.query(Question)
        assert not [call for call in it.fake.sent if call.method == "POST"]


async def test_what_is_said_to_an_agent_may_be_typed_at_once(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as it:
        await it.open(14)
        burst(it.app, "iAnd the money? x")
        await it.see("And the money? x")
        assert not it.app.screen.query(Question)


async def test_what_an_automation_wants_to_know_may_be_typed_right_after_its_key(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with hall(clock, tmp_path, automations=office()) as it:
        it.fake.pin(Pin("automation", 5, "Deploy on push", "atelier"))
        await it.see("1 Deploy on push")
        burst(it.app, "1main⏎live⏎")
        await until(it.pilot, lambda: it.fake.runs == [(5, RunRequest({"ref": "main", "environment": "live"}))])


async def test_what_was_copied_is_pasted_in_its_turn(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, items(5)) as it:
        burst(it.app, "/a")
        it.app.post_message(Paste(" pasted "))
        burst(it.app, "z")
        await it.until(
            lambda: it.app.screen.query(Input) and it.app.screen.query_one(Input).value == "a pasted z"
        )


async def test_many_keys_at_once_are_done_in_their_order(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, items(60)) as it:
        burst(it.app, "j" * 50 + "k" * 10 + "d")
        await it.until(lambda: it.fake.items[20].dismissed_at is not None)


async def test_the_program_can_be_left_while_something_does_not_open(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, items(20)) as it:
        burst(it.app, "D")
        it.app.post_message(Key("ctrl+q", None))
        await it.until(lambda: not it.app.is_running or it.app._exit)


def test_a_burst_of_bytes_from_a_real_terminal_is_text_where_it_is_meant_as_text(tmp_path: Path) -> None:
    board = Board(tmp_path / "home")
    board.run("notify", board.me, "Budget")
    command = [sys.executable, "-P", "-m", "tui.cli.main", "--home", str(board.home)]
    try:
        with Terminal(command, environment=clean_environment()) as terminal:
            terminal.wait_for("Budget")
            terminal.send(b"/kestrel dresses")
            terminal.wait_for("/ kestrel dresses")
            terminal.wait_gone("Budget")
            terminal.send(b"\x15never-there\r")
            terminal.wait_for("Nothing matches")
            assert board.json("inbox", "count")["total"] == 1
    finally:
        assert board.run("down").code == 0


async def test_keys_after_the_end_of_a_filter_are_for_what_it_shows(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, [*items(5), item(6, "Kestrel one"), item(7, "Kestrel two")]) as it:
        burst(it.app, "/kestrel⏎js")
        await it.until(lambda: it.fake.items[6].starred_at is not None or it.fake.items[7].starred_at is not None)
        assert it.app.screen.query_one(Input).value == "kestrel"
        assert it.app.focused is it.app.workbench.list


async def test_keys_after_a_filter_that_is_refused_do_nothing(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, items(5)) as it:
        burst(it.app, "/is:nonsense⏎dd")
        await done(it.pilot, it.app)
        await it.see("nonsense")
        assert all(each.dismissed_at is None for each in it.fake.items.values())
