"""How the settings look. `pytest --snapshot-update` paints them anew."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from core.clock import ManualClock
from tests.fakes.profile import FakeProfile
from tests.tui.making import app_on, live, screen_text, until

SIZES = pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["wide", "narrow"])


@SIZES
def test_the_settings(
    snap_compare: Callable[..., bool],
    clock: ManualClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int],
) -> None:
    for name in ("NO_COLOR", "TMUX", "STY", "DBUS_SESSION_BUS_ADDRESS", "TERM_PROGRAM", "KITTY_WINDOW_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSH_TTY", "/dev/pts/7")
    monkeypatch.setenv("TERM", "xterm-kitty")
    app = app_on(FakeProfile(clock, display_name="Dana Reyes"), clock, tmp_path)

    async def run(pilot: Pilot[Any]) -> None:
        await live(pilot, app)
        await pilot.press("comma")
        await until(pilot, lambda: "Found out" in screen_text(app))
        await pilot.press(*["tab"] * 3, *"22:00")
        await until(pilot, lambda: "Say from when to when" in screen_text(app))
        await pilot.pause(0.1)

    assert snap_compare(app, terminal_size=size, run_before=run)
