"""How channels, deliveries and the form of a channel look. `pytest --snapshot-update` paints them anew."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from core.api.deliveries import Attempt
from core.clock import ManualClock
from tests.fakes.channels import NOW, FakeChannels
from tests.tui.making import app_on, live, screen_text, until
from tui.app import CallboardApp

Compare = Callable[..., bool]


@pytest.fixture
def app(clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CallboardApp:
    monkeypatch.delenv("NO_COLOR", raising=False)
    fake = FakeChannels(clock)
    fake.attempts["notif_0005"] = [
        Attempt(1, NOW - timedelta(minutes=4), 10_000, "transient", "Telegram did not answer within 10 seconds."),
        Attempt(2, NOW - timedelta(minutes=3), 140, "retry", "429 Too Many Requests: retry after 240"),
    ]
    fake.data["notif_0005"] = b'{"taskId":"t_1","to":"failed"}'
    return app_on(fake, clock, tmp_path)


def after(app: CallboardApp, seen: str, *keys: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """Press these keys when the app is live, and wait for what they bring."""

    async def run(pilot: Pilot[Any]) -> None:
        await live(pilot, app)
        await pilot.press(keys[0])
        await until(pilot, lambda: "Asking the server…" not in screen_text(app))
        await pilot.press(*keys[1:])
        await until(pilot, lambda: seen in screen_text(app))
        await pilot.pause(0.1)

    return run


def test_the_channels(snap_compare: Compare, app: CallboardApp) -> None:
    run = after(app, "until Mon 2 Mar", "C", "j", "j", "j")
    assert snap_compare(app, terminal_size=(130, 34), run_before=run)


def test_the_deliveries(snap_compare: Compare, app: CallboardApp) -> None:
    run = after(app, '"taskId"', "O", "space", "k", "j")
    assert snap_compare(app, terminal_size=(140, 40), run_before=run)


def test_the_form_of_a_channel_in_a_narrow_terminal(snap_compare: Compare, app: CallboardApp) -> None:
    keys = ("C", "n", *"ops", "tab", "e", "tab", *"me", "tab", "tab")
    assert snap_compare(app, terminal_size=(60, 24), run_before=after(app, "address of mail", *keys))
