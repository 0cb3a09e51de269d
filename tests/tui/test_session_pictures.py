"""How the screens of sessions look. `pytest --snapshot-update` paints them anew."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from core.api.bots import Pin
from core.clock import ManualClock
from tests.fakes.sessions import FakeSessions
from tests.tui.agents import floor, printed, question
from tests.tui.making import app_on, item, live, screen_text, until
from tui.app import CallboardApp
from tui.navigation import open_link

Compare = Callable[..., bool]
WIDE, NARROW = (120, 40), (80, 24)
SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])

PINS = [Pin("automation", 1, "Nightly dependency audit", "atelier"), Pin("bot", 1, "Porter", "atelier")]
ASKED = item(
    1, "Upgrade the toolchain asks: Run cargo test?", link="callboard:approval/5", link_label="Open Approval"
)


@pytest.fixture
def app(clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CallboardApp:
    monkeypatch.delenv("NO_COLOR", raising=False)
    fake = FakeSessions(clock, floor(), [question()], [ASKED])
    fake.pinned = PINS
    printed(fake)
    return app_on(fake, clock, tmp_path)


def after(app: CallboardApp, link: str, seen: str, *keys: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """Follow a link, press these keys, and wait for what they bring."""

    async def run(pilot: Pilot[Any]) -> None:
        await live(pilot, app)
        if link:
            await open_link(app, link)
            await until(pilot, lambda: "Asking the server…" not in screen_text(app))
        await pilot.press(*keys)
        await until(pilot, lambda: seen in screen_text(app))
        await pilot.pause(0.1)

    return run


@SIZES
def test_a_session_at_work(snap_compare: Compare, app: CallboardApp, size: tuple[int, int]) -> None:
    run = after(app, "callboard:session/12", "running 14 tests")
    assert snap_compare(app, terminal_size=size, run_before=run)


@SIZES
def test_a_session_that_asks(snap_compare: Compare, app: CallboardApp, size: tuple[int, int]) -> None:
    run = after(app, "callboard:session/13", "I am going to run the tests.")
    assert snap_compare(app, terminal_size=size, run_before=run)


@SIZES
def test_the_list_of_sessions(snap_compare: Compare, app: CallboardApp, size: tuple[int, int]) -> None:
    views = ["greater_than_sign"] * 3
    run = after(app, "", "Sync the ledger", "E", *views)
    assert snap_compare(app, terminal_size=size, run_before=run)


@SIZES
def test_a_question(snap_compare: Compare, app: CallboardApp, size: tuple[int, int]) -> None:
    run = after(app, "callboard:approval/5", "cargo test --workspace")
    assert snap_compare(app, terminal_size=size, run_before=run)


def test_a_conversation(snap_compare: Compare, app: CallboardApp) -> None:
    run = after(app, "callboard:session/14", "And the money?", "i", *"And", "space", *"the", "space", *"money?")
    assert snap_compare(app, terminal_size=NARROW, run_before=run)


def test_quick_launch_and_a_question_in_the_inbox(snap_compare: Compare, app: CallboardApp) -> None:
    run = after(app, "", "y  Allow once", "a")
    assert snap_compare(app, terminal_size=WIDE, run_before=run)
