"""Questions of agents, answered where they are shown."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from core.clock import ManualClock
from tests.fakes.sessions import ALLOW, NOW, REFUSE, approval, session
from tests.tui.agents import Hall, asking, hall, printed, question
from tests.tui.making import NARROW, item, until
from tui.screens.approval import ApprovalScreen
from tui.screens.approval_acting import ApprovalActing
from tui.screens.session import SessionScreen

ASKED = item(
    1, "Upgrade the toolchain asks: Run cargo test?", link="callboard:approval/5", link_label="Open Approval"
)


@pytest.fixture(autouse=True)
def no_time_to_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ApprovalActing, "READING", 0.01)


async def readable(it: Hall) -> None:
    """The question has been in sight for a moment."""
    screen = it.app.screen
    assert isinstance(screen, ApprovalActing)
    await until(it.pilot, lambda: screen.may_answer)


async def test_a_session_shows_what_it_asks_and_what_can_be_answered(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path, approvals=[question()], size=NARROW) as it:
        printed(it.fake)
        await it.open(13)
        await it.see("◆ Waits for dana · asked 2 minutes ago · expires in 3h")
        await it.see("▸ y  Allow once")
        await it.see("▸ n  Refuse")
        await it.see("▸ a  Always allow `cargo` in this conversation")
        await it.see("cargo test --workspace")
        await it.see("y Allow  n Refuse  a Always")
        await it.see("I am going to run the tests.")


@pytest.mark.parametrize(
    ("key", "choice", "said"),
    [
        ("y", "once", "Allowed: Run cargo test?"),
        ("n", "no", "Refused: Run cargo test?"),
        ("a", "always", "Allowed from now on: Run cargo test?"),
    ],
)
async def test_a_key_answers_and_it_is_said(
    clock: ManualClock, tmp_path: Path, key: str, choice: str, said: str
) -> None:
    async with hall(clock, tmp_path, [asking()], [question()]) as it:
        await it.open(13)
        await it.see("▸ y  Allow once")
        await readable(it)
        await it.press(key)
        await it.hear(said)
        await it.see_no("▸ y  Allow once")
        assert it.fake.approvals[5].answer == choice


async def test_a_press_answers(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path, [asking()], [question()], size=NARROW) as it:
        await it.open(13)
        await it.see("▸ y  Allow once")
        await readable(it)
        await it.pilot.click("#approval", offset=(6, 4))
        await it.hear("Refused: Run cargo test?")


async def test_always_is_there_only_where_the_agent_offers_it(clock: ManualClock, tmp_path: Path) -> None:
    plain = approval(5, 13, choices=[ALLOW, REFUSE])
    async with hall(clock, tmp_path, [asking()], [plain]) as it:
        await it.open(13)
        await it.see("▸ n  Refuse")
        await readable(it)
        await it.press("a")
        await it.pilot.pause()
        assert "Always" not in it.text
        assert it.fake.approvals[5].state == "open"


async def test_a_key_that_was_meant_for_something_else_answers_nothing(
    clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ApprovalActing, "READING", 60.0)
    async with hall(clock, tmp_path, [asking()], [question()]) as it:
        await it.open(13)
        await it.see("▸ y  Allow once")
        await it.press("y")
        await it.hear("This question has only just come: read it first.")
        assert it.fake.approvals[5].state == "open"


async def test_questions_wait_in_a_row(clock: ManualClock, tmp_path: Path) -> None:
    asks = replace(asking(), approvals=2)
    both = [approval(5, 13, "First?"), approval(6, 13, "Second?")]
    async with hall(clock, tmp_path, [asks], both) as it:
        await it.open(13)
        await it.see("1 more after this")
        await readable(it)
        await it.press("y")
        await it.see("Second?")
        assert it.fake.approvals[6].state == "open"


async def test_a_question_that_comes_meanwhile_is_shown(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path, [session(13, "Upgrade the toolchain")]) as it:
        await it.open(13)
        await it.see("▶ Running")
        it.fake.settle(question())
        await it.see("▸ y  Allow once")


async def test_the_link_of_a_notification_leads_to_its_question(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path, [asking()], [question()], items=[ASKED]) as it:
        await it.see("asks: Run cargo test?")
        await it.press("o")
        await it.see("Question › Run cargo test?")
        await readable(it)
        await it.press("y")
        await it.see("It was allowed by dana: Allow once")
        assert isinstance(it.app.screen, ApprovalScreen)


async def test_a_notification_whose_link_was_followed_is_read(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path, [asking()], [question()], items=[ASKED]) as it:
        await it.see("1 unread")
        await it.press("o")
        await it.see("Question › Run cargo test?")
        await it.press("escape")
        await it.see("all read")


async def test_from_a_question_one_goes_to_its_session(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path, [asking()], [question()], items=[ASKED]) as it:
        await it.press("o")
        await it.see("Question › Run cargo test?")
        await it.press("o")
        await until(it.pilot, lambda: isinstance(it.app.screen, SessionScreen))


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("expired", "It expired, which refuses it."),
        ("cancelled", "It is not asked any more."),
        ("refused", "It was refused by milo: Refuse"),
    ],
)
async def test_a_question_that_is_closed_says_what_became_of_it(
    clock: ManualClock, tmp_path: Path, state: str, said: str
) -> None:
    answered: dict[str, Any] = (
        {"answer": "no", "answered_by": "milo", "answered_at": NOW} if state == "refused" else {}
    )
    closed = approval(5, 13, state=state, **answered)
    async with hall(clock, tmp_path, [asking()], [closed], items=[ASKED]) as it:
        await it.press("o")
        await it.see(said)
        assert "▸ y" not in it.text


async def test_a_question_is_answered_straight_from_the_inbox(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path, [asking()], [question()], items=[ASKED]) as it:
        await it.see("▸ Allow or refuse  a  answers it here")
        await it.press("a")
        await it.see("y  Allow once")
        await it.see("cargo test --workspace")
        await it.press("n")
        await it.hear("Refused: Run cargo test?")
        assert it.fake.approvals[5].answer == "no"
        await it.see("all read")


async def test_a_notification_that_asks_nothing_cannot_be_answered(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path, items=[item(1, "Ready for review")]) as it:
        await it.see("Ready for review")
        await it.press("a")
        await it.hear("This notification asks nothing.")
        assert "Answer" not in it.text


async def test_who_is_too_late_is_told_who_was_faster(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path, [asking()], [question()], items=[ASKED]) as it:
        await it.press("a")
        await it.see("y  Allow once")
        it.fake.approvals[5] = approval(5, 13, state="refused", answered_by="milo", answer="no")
        await it.press("y")
        await it.hear("milo has answered this already: it was refused.")


async def test_hostile_questions_are_shown_harmlessly(clock: ManualClock, tmp_path: Path) -> None:
    bad = "\x1b]0;x\x07[/x]\u202ecargo"
    asked = approval(5, 13, bad, detail=bad, choices=[replace(ALLOW, name=bad)], approver=bad)
    async with hall(clock, tmp_path, [asking()], [asked], items=[ASKED]) as it:
        await it.press("a")
        await it.see("␛]0;x␇[/x]")
        await it.press("escape", "o")
        await it.see("▸ y  ␛]0;x␇[/x]")
        assert not any(sign in it.text for sign in ("\x1b", "\x07", "\u202e"))
