"""How the rules and the form of one look. `pytest --snapshot-update` paints them anew."""

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from core.api.rules import Problem
from core.clock import ManualClock
from tests.fakes.rules import FakeRules
from tests.tui.making import app_on, live, screen_text, until
from tui.app import CallboardApp

Compare = Callable[..., bool]


@pytest.fixture
def app(clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CallboardApp:
    monkeypatch.delenv("NO_COLOR", raising=False)
    fake = FakeRules(clock)
    fake.problems = [
        Problem("config.toml:42: rules[2].condition.op", "There is no op '=': choose one of ==, !=.")
    ]
    return app_on(fake, clock, tmp_path)


def after(app: CallboardApp, *steps: tuple[str, tuple[str, ...]]) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """When the app is live, press keys and wait for what they bring, step by step."""

    async def run(pilot: Pilot[Any]) -> None:
        await live(pilot, app)
        for seen, keys in steps:
            await pilot.press(*keys)
            await until(pilot, partial(_shows, app, seen))
        await pilot.pause(0.1)

    return run


def _shows(app: CallboardApp, text: str) -> bool:
    return text in screen_text(app)


def test_the_rules(snap_compare: Compare, app: CallboardApp) -> None:
    run = after(app, ("task-failed", ("X",)), ("Held back", ("j",)))
    assert snap_compare(app, terminal_size=(130, 36), run_before=run)


def test_the_form_of_a_rule_in_a_narrow_terminal(snap_compare: Compare, app: CallboardApp) -> None:
    run = after(
        app,
        ("task-failed", ("X",)),
        ("Edit › task-failed", ("j", "e")),
        ("{{task.title}}", ("tab", "tab")),
        ("taskId  to  task", ("tab", *["tab"] * 7)),
    )
    assert snap_compare(app, terminal_size=(80, 32), run_before=run)
