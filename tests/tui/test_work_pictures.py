"""How My Work looks, the sidebar and the page. `pytest --snapshot-update` paints them anew."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from core.api.bots import Pin
from core.clock import ManualClock
from tests.fakes.mywork import FakeWork, morning, sessions
from tests.tui.making import app_on, live, month, screen_text, until
from tui.app import CallboardApp
from tui.navigation import open_link

Compare = Callable[..., bool]
SIZES = pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["wide", "narrow"])

PINS = [Pin("automation", 1, "Nightly dependency audit", "atelier"), Pin("bot", 1, "Porter", "atelier")]


@pytest.fixture
def app(clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CallboardApp:
    monkeypatch.delenv("NO_COLOR", raising=False)
    more = [one for one in sessions(8) if one.id not in (2, 3, 4)]
    return app_on(FakeWork(clock, [*morning(), *more], month(), PINS), clock, tmp_path)


def after(app: CallboardApp, link: str, seen: str, *keys: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """Follow a link, press these keys, and wait for what they bring."""

    async def run(pilot: Pilot[Any]) -> None:
        await live(pilot, app)
        await until(pilot, lambda: "Move the invoices" in screen_text(app))
        if link:
            await open_link(app, link)
            await until(pilot, lambda: "Asking the server…" not in screen_text(app))
            await pilot.pause()
        await pilot.press(*keys)
        await until(pilot, lambda: seen in screen_text(app))
        await pilot.pause(0.1)

    return run


@SIZES
def test_the_sidebar(snap_compare: Compare, app: CallboardApp, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=after(app, "", "✓ ", *"gjxk"))


@SIZES
def test_the_page_of_my_work(snap_compare: Compare, app: CallboardApp, size: tuple[int, int]) -> None:
    run = after(app, "callboard:work", "[All]", "less_than_sign", "j", "j", "x")
    assert snap_compare(app, terminal_size=size, run_before=run)


def test_the_page_asks_by_what_to_sort(snap_compare: Compare, app: CallboardApp) -> None:
    run = after(app, "callboard:work?filter=type%3Asession", "Sort by what?", "S")
    assert snap_compare(app, terminal_size=(80, 24), run_before=run)
