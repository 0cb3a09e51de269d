"""Terminals of every size and with every colour, or none: all is there, and where the cursor is can be seen."""

import random
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from rich.color_triplet import ColorTriplet
from rich.style import Style
from textual.color import Color

from core.api.bots import Pin
from core.clock import ManualClock
from tests.fakes.automations import office
from tests.fakes.mywork import FakeWork, morning, sessions
from tests.tui.agents import hall, question
from tests.tui.benching import bench
from tests.tui.making import NOW, app_on, item, live, month, screen_text, until
from tui.keymap import AppSettings
from tui.screens.place import SMALLEST, Place
from tui.themes import DARK, LIGHT
from tui.widgets.looks import Looks
from tui.widgets.too_small import TooSmall

SIZES = [SMALLEST, (60, 20), (80, 24), (120, 40), (200, 60)]
SCREENS = ["b", "AL", "An", "E⏎", ",", "?"]
_READABLE = 3.0
"""The contrast from which large and bold text can be read; what is muted need not be read at a glance."""


def _contrast(one: Color, other: Color) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Color) -> float:
    parts = [part / 255 for part in colour.rgb]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _colour(style: Style, *, ground: bool = False) -> Color:
    colour = style.bgcolor if ground else style.color
    assert colour is not None
    assert isinstance(colour.triplet, ColorTriplet)
    return Color(*colour.triplet)


async def test_every_screen_can_be_of_any_size_at_any_time(clock: ManualClock, tmp_path: Path) -> None:
    chance = random.Random(4)
    async with hall(clock, tmp_path, None, [question()], items=month(), automations=office()) as it:
        for number, keys in enumerate(SCREENS):
            for key in keys:
                await it.press("enter" if key == "⏎" else key)
            await it.pilot.resize_terminal(chance.randint(20, 130), chance.randint(5, 40))
            await it.pilot.resize_terminal(*SIZES[number % len(SIZES)])
            await until(it.pilot, lambda: not it.app.screen.query(TooSmall))
            if isinstance(it.app.screen, Place):
                assert it.app.screen.focused is not None, keys
            await it.press("escape", "W")
            await until(it.pilot, lambda: it.app.screen is it.app.workbench)


async def test_every_theme_shows_where_the_cursor_is(clock: ManualClock, tmp_path: Path) -> None:
    async with bench(clock, tmp_path, month(), (60, 14)) as it:
        for theme in it.app.available_themes:
            it.app.theme = theme
            await it.pilot.pause()
            looks = Looks.of(it.app.workbench.list)
            assert looks.cursor != looks.base, theme
            assert it.text.count("▌") == 1, theme


@pytest.mark.parametrize("theme", [DARK, LIGHT])
async def test_muted_text_can_be_read_on_the_line_of_the_cursor(
    clock: ManualClock, tmp_path: Path, theme: str
) -> None:
    async with bench(clock, tmp_path, month(), settings=AppSettings(theme=theme)) as it:
        looks = Looks.of(it.app.workbench.list)
        inks = (looks.muted, looks.warning, looks.critical, looks.info, looks.accent, looks.star)
        for ground in (looks.base, looks.cursor, looks.still):
            for ink in inks:
                assert _contrast(_colour(ink), _colour(ground, ground=True)) >= _READABLE


async def test_colour_is_never_the_only_sign(
    clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    plain = item(1, "Same", read=True)
    shown = [
        plain,
        replace(plain, id=2, read_at=None),
        replace(plain, id=3, starred_at=NOW),
        replace(plain, id=4, severity="warning"),
        replace(plain, id=5, severity="critical"),
        replace(plain, id=6, snoozed_until=NOW + timedelta(days=2)),
    ]
    async with bench(clock, tmp_path, shown, (60, 20)) as it:
        await it.press("H")
        await it.until(lambda: len(it.ids) == len(shown))
        await it.press("G", "x", "g")
        rows = [line.replace("▌", " ") for line in it.text.splitlines() if "Same" in line]
        assert len(rows) == len(set(rows)) == len(shown)
        assert it.text.count("▌") == 1
        head = it.app.workbench.views.render_line(0)
        here = [part.text for part in head if part.style and part.style.underline]
        assert here == ["All"]


async def test_in_the_smallest_terminal_there_is_room_for_notifications(
    clock: ManualClock, tmp_path: Path
) -> None:
    fake = FakeWork(clock, [*morning(), *sessions(7)], month())
    app = app_on(fake, clock, tmp_path)
    async with app.run_test(size=SMALLEST) as pilot:
        await live(pilot, app)
        await until(pilot, lambda: app.workbench.sections.row_count)
        app.workbench.launch.show([Pin("bot", 1, "Porter", "atelier")])
        await until(pilot, lambda: app.workbench.list.size.height >= 2)
        assert "Hook failed" in screen_text(app)
        assert "Porter" not in screen_text(app)
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: "1 Porter" in screen_text(app))
