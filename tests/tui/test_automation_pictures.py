"""How the screens of automations look. `pytest --snapshot-update` paints them anew."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from core.api.automations import DayRun
from core.clock import ManualClock
from tests.fakes.automations import NOW, FakeAutomations, day_of, ledger, office
from tests.tui.making import NARROW, app_on, live, screen_text, until
from tui.app import CallboardApp

Compare = Callable[..., bool]

WIDE = (120, 40)
SIZES = pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "120x40"])


@pytest.fixture
def app(clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CallboardApp:
    monkeypatch.delenv("NO_COLOR", raising=False)
    shown = office()
    fake = FakeAutomations(clock, shown, ledger(shown))
    fake.day_runs = [
        *[DayRun(2, "Sync the ledger", NOW + timedelta(minutes=10 * number)) for number in range(1, 144)],
        *day_of(1, "Nightly dependency audit", 16),
        *day_of(8, "Health of all services", *range(1, 24)),
        *day_of(9, "Backup", 3.25, 9.25, 15.25, 21.25),
    ]
    return app_on(fake, clock, tmp_path)


def seen_on(app: CallboardApp, text: str) -> bool:
    return text in screen_text(app)


def after(app: CallboardApp, seen: str, *steps: tuple[str, str]) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """Press keys, each when what it is pressed on can be seen; then wait for what the last one brings."""

    async def run(pilot: Pilot[Any]) -> None:
        await live(pilot, app)
        for key, there in (("A", ""), *steps):
            await until(pilot, partial(seen_on, app, there))
            await pilot.press(key)
        await until(pilot, lambda: seen in screen_text(app))
        await pilot.pause()

    return run


@SIZES
def test_list(snap_compare: Compare, app: CallboardApp, size: tuple[int, int]) -> None:
    run = after(app, "Sync the ledger", ("j", "Deploy on push"), ("j", ""))
    assert snap_compare(app, terminal_size=size, run_before=settled(run, "in 16h"))


@SIZES
def test_editor_of_a_recurring_one(snap_compare: Compare, app: CallboardApp, size: tuple[int, int]) -> None:
    run = after(app, "Sat 7 Mar, 02:00", ("j", "Deploy on push"), ("j", ""), ("e", "in 16h"))
    assert snap_compare(app, terminal_size=size, run_before=run)


@SIZES
def test_editor_of_a_webhook(snap_compare: Compare, app: CallboardApp, size: tuple[int, int]) -> None:
    run = after(app, "  environment", ("e", "Deploy on push"))
    assert snap_compare(app, terminal_size=size, run_before=run)


@SIZES
def test_history(snap_compare: Compare, app: CallboardApp, size: tuple[int, int]) -> None:
    run = after(app, "Session    31", ("L", "Deploy on push"))
    assert snap_compare(app, terminal_size=size, run_before=run)


@SIZES
def test_time_line(snap_compare: Compare, app: CallboardApp, size: tuple[int, int]) -> None:
    run = after(app, "Sync the ledger: in 10m", ("t", "Deploy on push"))
    assert snap_compare(app, terminal_size=size, run_before=run)


def test_what_a_run_is_asked_for(snap_compare: Compare, app: CallboardApp) -> None:
    run = after(app, "Run “Deploy on push” with", ("r", "Deploy on push"))
    assert snap_compare(app, terminal_size=NARROW, run_before=run)


def settled(run: Callable[[Pilot[Any]], Awaitable[None]], seen: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """And when the text beside the list has followed."""

    async def then(pilot: Pilot[Any]) -> None:
        await run(pilot)
        await pilot.pause(0.2)
        app = pilot.app
        assert isinstance(app, CallboardApp)
        await until(pilot, lambda: seen in screen_text(app))

    return then
