"""What a person does with sessions in the app, key by key."""

from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.widgets import Input

from core.api.sessions import MergeRequest, MergeResult, Message, RequestBinding, Resumption
from core.clock import ManualClock
from core.errors import ConflictError
from tests.fakes.sessions import Transcript, ago, at_work, session, stage, turn
from tests.tui.agents import CARGO, Hall, hall, printed, running
from tests.tui.making import NARROW, until
from tui.screens.session import SessionScreen
from tui.screens.sessions import SessionsScreen
from tui.widgets.controls import LineControl
from tui.widgets.output_view import OutputView
from tui.widgets.say_box import SayBox

TALL = (120, 40)


def asked(it: Hall) -> list[str]:
    """What the server was asked of sessions."""
    return [call.path for call in it.fake.sent if call.path.startswith("/sessions")]


# The list


async def test_the_list_shows_what_each_does_and_for_how_long(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path, size=(100, 30)) as it:
        await it.press("E")
        await it.see("▶ Running")
        await it.see("Claude writes the te…")
        await it.see("◆ Asking")
        await it.see("12m  claude/sonnet $0.42+?")
        assert "Move the server" not in it.text


async def test_views_narrow_the_list_by_state(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path, size=NARROW) as it:
        await it.press("E")
        await it.see("▶ Running")
        await it.press("greater_than_sign")
        await it.see("[Asking]")
        await it.see_no("▶ Running")
        await it.press("greater_than_sign")
        await it.see("● Waiting")
        await it.press("greater_than_sign")
        await it.see("✖ Failed")
        await it.see("unknown")


async def test_the_next_session_that_needs_somebody_is_one_key_away(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as it:
        await it.press("E", "greater_than_sign", "greater_than_sign", "greater_than_sign")
        await it.see("✖ Failed")
        board = it.app.screen
        assert isinstance(board, SessionsScreen)
        await it.press("g", *["right_square_bracket"] * 9)
        await it.see("Nothing more needs you here.")
        last = board.current
        assert last is not None
        assert last.state in ("asking", "waiting", "failed")
        await it.press("left_square_bracket")
        assert board.current is not last


async def test_a_view_is_pressed(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as it:
        await it.press("E")
        await it.see("▶ Running")
        await it.pilot.click("ViewTabs", offset=(32, 0))
        await it.see("[All]")
        await it.see("✖ Failed")


async def test_a_filter_is_typed_completed_and_cleared(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as it:
        await it.press("E")
        await it.see("▶ Running")
        await it.press("slash")
        await it.type("owner:d")
        await it.press("tab")
        assert it.app.screen.query_one(Input).value == "owner:dana"
        await it.press("ctrl+u")
        await it.type("state:failed")
        await it.press("enter")
        await it.see("Sync the ledger")
        await it.see("esc clears")
        await it.press("escape")
        await it.see("[Active]")


async def test_beside_the_list_is_what_is_known_of_one(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path, size=TALL) as it:
        await it.press("E")
        await it.see("▶ Running")
        await it.press("G")
        await it.see("callboard/12-export-invoices → main")
        await it.see("$0.42 + 1 turn unknown")
        await it.see("1 tool denied, 2 tools failed")


async def test_what_changes_on_the_server_is_seen_in_the_list(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as it:
        await it.press("E")
        await it.see("▶ Running")
        it.fake.put(session(20, "A new one", detail="Thinks"))
        await it.see("A new one")
        it.fake.put(session(20, "A new one", state="failed"))
        await it.see_no("A new one")


async def test_a_session_is_opened_from_the_list_and_left_again(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as it:
        await it.press("E")
        await it.see("▶ Running")
        await it.press("G", "enter")
        await it.see("Session › Export invoices as CSV")
        await it.press("escape")
        await until(it.pilot, lambda: isinstance(it.app.screen, SessionsScreen))


# What is done


async def test_stop_asks_first(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as it:
        await it.open(12)
        await it.press("x")
        await it.see("Stop “Export invoices as CSV”? What it has done so far stays.")
        await it.press("n")
        assert it.fake.asked == []
        await it.press("x", "y")
        await it.see("■ Cancelled")
        assert it.fake.asked == [("stop", 12, None)]


async def test_what_cannot_be_stopped_says_so(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as it:
        await it.open(9)
        await it.press("x")
        await it.hear("“Move the server” is done: there is nothing to stop.")


async def test_resume_offers_to_leave_out_what_failed(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as it:
        await it.open(8)
        await it.press("r")
        await it.see("It ended in “Tests”, which is failed.")
        await it.press("s")
        await it.see("○ Queued")
        assert it.fake.asked == [("resume", 8, Resumption(skip=True))]


async def test_what_is_waiting_is_called_done(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as it:
        await it.open(14)
        await it.press("c")
        await it.see("✓ Done")


async def test_a_merge_can_be_tried_first(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as it:
        it.fake.merge = MergeResult(True, "feature", "main", "0123456789abcdef", [], "")
        await it.open(12)
        await it.press("m", "d")
        await it.see("feature into main would merge cleanly.")
        await it.press("y")
        await it.hear("Merged feature into main as 0123456789ab")
        assert [body for _, _, body in it.fake.asked] == [MergeRequest(True), MergeRequest(False)]


async def test_a_conflict_names_its_files(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as it:
        files = ["src/\x1b[31mledger.py", "src/money.py"]
        it.fake.merge = MergeResult(False, "feature", "main", None, files, "")
        await it.open(12)
        await it.press("m", "y")
        await it.see("feature into main cannot be merged: there are conflicts in 2 files. Nothing was changed.")
        await it.see("src/␛[31mledger.py")


async def test_a_pull_request_is_bound_by_its_address(clock: ManualClock, tmp_path: Path) -> None:
    one = replace(running(), pull_request=None, pull_request_state=None)
    async with hall(clock, tmp_path, [one]) as it:
        await it.open(12)
        await it.press("P", "u")
        await it.see("The address of the pull request")
        await it.type("https://example.org/7")
        await it.press("enter")
        await it.see("pull request https://example.org/7 (open)")
        assert it.fake.asked == [("pull-request", 12, RequestBinding(url="https://example.org/7"))]


async def test_a_refusal_of_the_server_is_said(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as it:
        await it.open(12)
        it.fake.refuse = ConflictError("The program gh is not there: install it, or bind a pull request.")
        await it.press("m", "y")
        await it.hear("The program gh is not there: install it, or bind a pull request.")


async def test_the_branch_is_copied(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as it:
        await it.open(12)
        await it.press("Y", "b")
        await it.hear("Copied the branch")
        assert it.copied == "callboard/12-export-invoices"


# One session


@pytest.mark.parametrize("size", [TALL, (80, 24), (60, 20)], ids=str)
async def test_its_screen_says_how_it_stands(clock: ManualClock, tmp_path: Path, size: tuple[int, int]) -> None:
    async with hall(clock, tmp_path, size=size) as it:
        printed(it.fake)
        await it.open(12)
        await it.see("▶ Running 12 m   Export invoices as CSV")
        await it.see("Claude writes the tests")
        await it.see("cost $0.42 + 1 turn unknown")
        await it.see("running 14 tests")


async def test_steps_say_how_they_went_and_how_long_they_took(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path, size=TALL) as it:
        await it.open(12)
        await it.see("✓ Code Architecture")
        await it.see("passed 2 m")
        await it.see("running 4 m")
        await it.see("to come")


async def test_steps_are_a_pane_of_a_narrow_terminal(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path, size=NARROW) as it:
        await it.open(12)
        await it.press("t", "t")
        await it.see("✓ Code Architecture")
        await it.press("k", "enter")
        await it.see("[Output]")


async def test_the_output_of_another_turn_is_chosen(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path, size=TALL) as it:
        printed(it.fake)
        await it.open(12)
        await it.see("running 14 tests")
        await it.press("left_square_bracket")
        await it.see("Writing src/export.py")


async def test_what_it_prints_is_followed(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as it:
        printed(it.fake)
        await it.open(12)
        await it.see("running 14 tests")
        it.fake.print(12, 3, "test export ... ok\n")
        await it.see("test export ... ok")
        await it.see("following")


async def test_scrolling_back_ends_the_following_and_the_end_takes_it_up(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with hall(clock, tmp_path, size=NARROW) as it:
        printed(it.fake)
        await it.open(12)
        await it.see("running 14 tests")
        await it.press("g")
        await it.see("Compiling crate-1 ")
        it.fake.print(12, 3, "the last line\n")
        await it.see("0% of")
        assert "the last line" not in it.text
        await it.press("G")
        await it.see("the last line")


async def test_a_turn_that_has_ended_asks_for_nothing(clock: ManualClock, tmp_path: Path) -> None:
    one = session(3, "Ended", state="done", turns=[turn(1)], stages=[stage(1, "Main prompt")])
    async with hall(clock, tmp_path, [one]) as it:
        it.fake.outputs[3, 1] = Transcript(CARGO)
        await it.open(3)
        await it.see("Compiling crate-59")
        before = asked(it)
        await it.pilot.pause(0.5)
        assert asked(it) == before


async def test_what_was_printed_is_searched(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path, size=NARROW) as it:
        printed(it.fake)
        await it.open(12)
        await it.see("running 14 tests")
        await it.press("g", "slash")
        await it.type("crate-4")
        await it.see("Compiling crate-4 ")
        await it.press("enter")
        await it.see("Compiling crate-40 ")
        await it.type("xyz")
        await it.see("Nothing")
        await it.press("escape")
        await it.see_no("Nothing")


async def test_a_search_says_when_there_is_no_more_and_gives_way_to_other_words(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with hall(clock, tmp_path, size=NARROW) as it:
        printed(it.fake)
        await it.open(12)
        await it.see("running 14 tests")
        await it.press("slash")
        await until(it.pilot, lambda: isinstance(it.app.focused, LineControl))
        await it.type("running 14")
        await it.see("Search    running 14")
        await until(it.pilot, lambda: not it.app.screen.query_one(OutputView).following)
        await it.press("enter")
        await it.see("No more   running 14")
        await it.press("escape")
        await it.see_no("No more")
        await it.press("g", "slash")
        await until(it.pilot, lambda: isinstance(it.app.focused, LineControl))
        await it.type("crate-7")
        await it.see("Search    crate-7")
        await it.see("Compiling crate-7 ")


async def test_the_conversation_holds_what_was_asked_and_answered(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as it:
        await it.open(14)
        await it.see("[Conversation]")
        await it.see("dana · today 09:55")
        await it.see("It keeps what was paid, in three tables.")
        await it.see("✓ claude succeeded · 2 m · cost $0.0132")


async def test_what_is_said_next_is_sent(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as it:
        await it.open(14)
        await it.press("i")
        await it.type("And the money?")
        await it.press("ctrl+s")
        await it.see("○ Queued")
        await it.see("And the money?")
        assert it.fake.asked == [("messages", 14, Message("And the money?"))]


async def test_what_was_typed_outlives_leaving_and_a_lost_connection(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as it:
        await it.open(14)
        await it.press("i")
        await it.type("And")
        it.fake.break_off()
        await it.see("Connection lost")
        await it.press("ctrl+s")
        await it.pilot.pause()
        assert it.app.screen.query_one(SayBox).draft == "And"
        await it.press("escape", "escape")
        it.fake.come_back()
        await it.see("● Live")
        await it.open(14)
        await it.see("Not sent: And")
        await it.press("i", "ctrl+s")
        await it.see("○ Queued")
        assert it.fake.asked == [("messages", 14, Message("And"))]


async def test_nobody_is_talked_to_who_is_at_work(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as it:
        await it.open(12)
        await it.press("i")
        await it.hear("It is at work: wait until it has answered, or stop it first.")


async def test_a_lost_connection_keeps_what_is_shown(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as it:
        printed(it.fake)
        await it.open(12)
        await it.see("running 14 tests")
        it.fake.break_off()
        await it.see("Connection lost")
        assert "running 14 tests" in it.text
        it.fake.print(12, 3, "after the break\n")
        it.fake.come_back()
        await it.see("after the break")


async def test_hostile_texts_are_shown_harmlessly(clock: ManualClock, tmp_path: Path) -> None:
    bad = "[/x]\x1b]52;c;aGk=\x07\u202e[@click=app.quit]"
    one = session(
        3, bad, detail=bad, owner=bad, provider=bad, model=bad, branch=bad, base=bad, workflow=bad, ticket=bad,
        state="waiting", stages=[stage(1, bad, detail=bad)],
        turns=[turn(1, bad, author=bad, text=bad, detail=bad)],
    )  # fmt: skip
    async with hall(clock, tmp_path, [one], size=TALL) as it:
        it.fake.outputs[3, 1] = Transcript(bad + "\n")
        await it.press("E", "greater_than_sign", "greater_than_sign")
        await it.see("[/x]␛]52;c;aGk=␇")
        await it.press("enter")
        await it.see("Session › [/x]␛]52")
        await it.press("t")
        await it.see("[Conversation]")
        assert not any(sign in it.text for sign in ("\x1b", "\x07", "\u202e"))
        assert isinstance(it.app.screen, SessionScreen)


async def test_a_session_that_is_not_there_says_so(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as it:
        await it.app.push_screen(SessionScreen(it.app.desk, 404))
        await it.hear("There is no session 404, or none that you may see.")
        await it.see("Session 404 is not there")


async def test_an_attempt_has_its_own_turns(clock: ManualClock, tmp_path: Path) -> None:
    one = session(
        3,
        "Again",
        stages=[
            stage(1, "Main prompt", "failed", started_at=ago(20), ended_at=ago(10)),
            stage(1, "Main prompt", "running", attempt=2, started_at=ago(5)),
        ],
        turns=[
            turn(1, stage=1, outcome="failed", started_at=ago(20), ended_at=ago(10)),
            at_work(2, stage=1, started_at=ago(5)),
        ],
    )
    async with hall(clock, tmp_path, [one], size=TALL) as it:
        await it.open(3)
        await it.see("✖ Main prompt")
        await it.see("failed 10 m")
        await it.see("▶ Main prompt (attempt 2)")


async def test_what_does_not_apply_stays_away_when_the_terminal_has_another_size(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with hall(clock, tmp_path, size=NARROW) as it:
        await it.open(12)
        await it.see("▶ Running")
        await it.see_no("Say what is next")
        for size in ((60, 20), (30, 8), (70, 20)):
            await it.pilot.resize_terminal(*size)
        await it.see("▶ Running")
        assert "Say what is next" not in it.text


async def test_words_that_were_not_sent_are_not_lost_by_quitting_unasked(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with hall(clock, tmp_path) as it:
        await it.open(14)
        await it.press("i")
        await it.type("And the money?")
        await it.press("ctrl+q")
        await it.see("Leave? There are words of yours that were not sent.")
        await it.press("n")
        await it.see("And the money?")
        assert it.app.is_running
        await it.press("escape", "W", "q")
        await it.see("Leave? There are words of yours that were not sent.")


async def test_the_tab_key_does_not_leave_a_box_open_behind(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as it:
        await it.open(14)
        await it.press("i")
        await it.type("And")
        await it.press("tab")
        await it.type(" the money?")
        await it.see("And the money?")
