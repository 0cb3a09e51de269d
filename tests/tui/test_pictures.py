"""How the screens look: one picture per screen and size. `pytest --snapshot-update` paints them anew."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from core.api.filters import SavedFilter
from core.clock import ManualClock
from tests.fakes.inbox import FakeInbox
from tests.tui.making import NARROW, WIDE, app_on, live, month, screen_text, until
from tui.app import CallboardApp
from tui.keymap import AppSettings

Compare = Callable[..., bool]
SIZES = pytest.mark.parametrize("size", [(120, 40), NARROW], ids=["wide", "narrow"])


@pytest.fixture
def app(clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CallboardApp:
    monkeypatch.delenv("NO_COLOR", raising=False)
    return app_on(FakeInbox(clock, month()), clock, tmp_path)


def after(app: CallboardApp, seen: str, *keys: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """Press these keys when the app is live, and wait for what they bring."""

    async def run(pilot: Pilot[Any]) -> None:
        await live(pilot, app)
        await pilot.press(*keys)
        await until(pilot, lambda: seen in screen_text(app))
        await pilot.pause()

    return run


def test_wide(snap_compare: Compare, app: CallboardApp) -> None:
    assert snap_compare(app, terminal_size=WIDE, run_before=after(app, "Conflicts in 2 files", "j", "j"))


def test_wide_and_light(snap_compare: Compare, app: CallboardApp) -> None:
    app.theme = "callboard-light"
    keys = ("j", "space", "space", "k")
    assert snap_compare(app, terminal_size=WIDE, run_before=after(app, "✓ ✖ Merge failed", *keys))


def test_narrow(snap_compare: Compare, app: CallboardApp) -> None:
    assert snap_compare(app, terminal_size=NARROW, run_before=after(app, "New 3  Inbox 7", "j"))


def test_a_mistake_in_the_filter(snap_compare: Compare, app: CallboardApp) -> None:
    keys = ("slash", *"seve", "colon", *"high")
    assert snap_compare(app, terminal_size=WIDE, run_before=after(app, "There is no field", *keys))


def test_help(snap_compare: Compare, app: CallboardApp) -> None:
    run = after(app, "Star, or take the star away", "question_mark")
    assert snap_compare(app, terminal_size=WIDE, run_before=run)


def test_snoozing_in_a_narrow_terminal(snap_compare: Compare, clock: ManualClock, tmp_path: Path) -> None:
    settings = AppSettings(layout="narrow")
    app = app_on(FakeInbox(clock, month()), clock, tmp_path, settings)
    assert snap_compare(app, terminal_size=NARROW, run_before=after(app, "tomorrow 09:00", "b"))


def test_groups_and_muting(snap_compare: Compare, app: CallboardApp) -> None:
    run = after(app, "Everything from", "I", "t", "j", "j", "m")
    assert snap_compare(app, terminal_size=(120, 40), run_before=run)


def test_the_text_below_the_list(snap_compare: Compare, app: CallboardApp) -> None:
    run = after(app, "2 unread", "j", "j", "enter")
    assert snap_compare(app, terminal_size=(80, 34), run_before=run)


def test_groups_in_a_narrow_terminal(snap_compare: Compare, app: CallboardApp) -> None:
    run = after(app, "Grouped by severity", "I", *"ttt")
    assert snap_compare(app, terminal_size=NARROW, run_before=run)


@SIZES
def test_what_a_filter_can_go_on_with(snap_compare: Compare, app: CallboardApp, size: tuple[int, int]) -> None:
    run = after(app, "critical", "slash", *"is", "colon", *"unread sev", "colon", "down")
    assert snap_compare(app, terminal_size=size, run_before=run)


@SIZES
def test_saved_filters(snap_compare: Compare, clock: ManualClock, tmp_path: Path, size: tuple[int, int]) -> None:
    inbox = FakeInbox(clock, month())
    inbox.saved = [
        SavedFilter("Needs me today", "is:unread sev:warning,critical age:<1d"),
        SavedFilter("Failures this week", "event:**:failed since:7d"),
        SavedFilter("Only of My Work", "type:session", "work"),
    ]
    app = app_on(inbox, clock, tmp_path)
    assert snap_compare(app, terminal_size=size, run_before=after(app, "Failures this week", "f", "j"))
