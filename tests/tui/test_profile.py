"""The settings: validated while they are typed, lost by nothing, and lasting."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from core.api.people import ProfileChange
from core.clock import ManualClock
from core.errors import InvalidError
from tests.fakes.profile import FakeProfile
from tests.tui.making import app_on, live, screen_text, until
from tests.tui.office import Office
from tui.alerts.chosen import ChosenWays
from tui.alerts.terminal import TerminalAlerts
from tui.keymap import load, settings_path
from tui.screens.profile import ProfileScreen
from tui.widgets.controls import LineControl

TALL = (110, 36)


@pytest.fixture(autouse=True)
def _a_terminal_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("TMUX", "STY", "DBUS_SESSION_BUS_ADDRESS", "TERM_PROGRAM", "KITTY_WINDOW_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSH_TTY", "/dev/pts/7")
    monkeypatch.setenv("TERM", "xterm-ghostty")


class Settings(Office):
    fake: FakeProfile  # type: ignore[assignment]

    async def at(self, label: str) -> None:
        """Put the focus into the field with this label."""
        screen = self.app.screen
        assert isinstance(screen, ProfileScreen)
        next(field for field in screen.fields.values() if field.label == label).widget.focus()
        await self.pilot.pause()

    async def retype(self, label: str, text: str) -> None:
        await self.at(label)
        control = self.app.focused
        assert isinstance(control, LineControl)
        control.value = ""
        control.insert_text_at_cursor(text)
        await self.pilot.pause()

    async def saved(self) -> None:
        await self.press("ctrl+s")
        await self.see("Saved")


@asynccontextmanager
async def settings(clock: ManualClock, folder: Path) -> AsyncIterator[Settings]:
    fake = FakeProfile(clock)
    app = app_on(fake, clock, folder)
    async with app.run_test(size=TALL) as pilot:
        await live(pilot, app)
        await pilot.press("comma")
        it = Settings(app, pilot, fake)  # type: ignore[arg-type]
        await it.see("Found out")
        yield it


async def test_everything_of_the_profile_is_changed_in_one_form(clock: ManualClock, tmp_path: Path) -> None:
    async with settings(clock, tmp_path) as it:
        await it.retype("Name", "Dana R.")
        await it.retype("Time zone", "Asia/Tokyo")
        await it.at("Alert me")
        await it.press("right")
        await it.retype("Quiet hours", "22:00-7:00")
        await it.at("Alerts say")
        await it.press("c")
        await it.saved()
        assert it.fake.changed == [ProfileChange("Dana R.", "Asia/Tokyo", "always", "22:00", "07:00", "count")]
        await it.see("Dana R.")
        assert it.app.desk.zone_name == "Asia/Tokyo"


async def test_only_what_was_changed_is_sent(clock: ManualClock, tmp_path: Path) -> None:
    async with settings(clock, tmp_path) as it:
        await it.at("Alerts say")
        await it.press("t")
        await it.saved()
        assert it.fake.changed == [ProfileChange(alert_words="title")]


async def test_what_is_wrong_is_said_beside_the_field_while_it_is_typed(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with settings(clock, tmp_path) as it:
        await it.retype("Time zone", "Europe/Nowhere")
        await it.see("✖ Time zone")
        await it.see("This is not a time zone")
        await it.retype("Quiet hours", "22:00")
        await it.see("Say from when to when")
        await it.type("-22:00")
        await it.see("Quiet hours end when they begin")
        await it.press("ctrl+s")
        assert it.fake.changed == []
        await it.retype("Time zone", "Europe/Paris")
        await it.see_no("✖ Time zone")


async def test_a_zone_is_completed(clock: ManualClock, tmp_path: Path) -> None:
    async with settings(clock, tmp_path) as it:
        await it.retype("Time zone", "america/new_y")
        await it.see("america/new_york")
        await it.press("right")
        await it.saved()
        assert it.fake.me.time_zone == "America/New_York"


async def test_a_refusal_is_said_beside_its_field_and_loses_nothing(clock: ManualClock, tmp_path: Path) -> None:
    async with settings(clock, tmp_path) as it:
        await it.retype("Quiet hours", "22:00-07:00")
        it.fake.refuse = InvalidError("Nobody is quiet then.", "quiet_from")
        await it.press("ctrl+s")
        await it.see("✖ Quiet hours")
        await it.see("Nobody is quiet then.")
        await it.see("22:00-07:00")


async def test_what_was_typed_survives_a_server_that_is_away(clock: ManualClock, tmp_path: Path) -> None:
    async with settings(clock, tmp_path) as it:
        await it.retype("Name", "Dana the Great")
        it.fake.break_off()
        await it.press("ctrl+s")
        await it.see("Not saved yet")
        await it.see("Dana the Great")
        it.fake.come_back()
        await until(it.pilot, lambda: it.app.workbench.live.connection == "live")
        await it.saved()
        assert it.fake.me.display_name == "Dana the Great"


async def test_a_theme_is_shown_while_it_is_chosen_and_lasts(clock: ManualClock, tmp_path: Path) -> None:
    async with settings(clock, tmp_path) as it:
        before = it.app.theme
        await it.at("Theme")
        await it.press("right")
        await it.until(lambda: it.app.theme == "callboard-light")
        await it.press("escape", "y")
        await it.until(lambda: it.app.screen is it.app.workbench)
        assert it.app.theme == before
        assert not settings_path().exists()
        await it.press("comma")
        await it.see("Found out")
        await it.at("Theme")
        await it.press("right")
        await it.at("Layout")
        await it.press("n")
        await it.saved()
        assert load(settings_path())[0].theme == it.app.theme == "callboard-light"
        assert load(settings_path())[0].layout == it.app.desk.settings.layout == "narrow"
        assert not it.app.workbench.pair


async def test_a_theme_that_the_file_names_is_replaced_there_by_any_choice(
    clock: ManualClock, tmp_path: Path
) -> None:
    settings_path().parent.mkdir(parents=True)
    settings_path().write_text('theme = "nord"  # mine\n')
    app = app_on(FakeProfile(clock), clock, tmp_path, load(settings_path())[0])
    async with app.run_test(size=TALL) as pilot:
        await live(pilot, app)
        await pilot.press("T")
        await until(pilot, lambda: app.screen is not app.workbench)
        await pilot.press(*"dracula")
        await until(pilot, lambda: app.theme == "dracula")
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.workbench)
        await until(pilot, lambda: settings_path().read_text() == 'theme = "dracula"  # mine\n')


async def test_how_alerts_come_is_tried_and_chosen_for_this_terminal(clock: ManualClock, tmp_path: Path) -> None:
    async with settings(clock, tmp_path) as it:
        written: list[str] = []
        assert it.app.alerts is not None
        it.app.alerts.terminal = TerminalAlerts(written.append)
        assert "Found out: the terminal's notifications (OSC 777), because TERM is xterm-ghostty." in it.text
        await it.at("They come by")
        await it.press("right", "right", "right", "right")
        await it.see("OSC 9)")
        await it.press("f5")
        await it.see("Sent to Ghostty by osc9.")
        assert written == ["\x1b]9;Callboard: This is a test · If you can read this, alerts reach you.\x1b\\"]
        await it.saved()
        assert ChosenWays(tmp_path).load() == {"remote/Ghostty": "osc9"}


async def test_leaving_asks_where_something_would_be_lost(clock: ManualClock, tmp_path: Path) -> None:
    async with settings(clock, tmp_path) as it:
        await it.type("x")
        await it.press("escape")
        await it.see("Leave without saving?")
        await it.press("n")
        await it.see("Settings")
        await it.press("escape", "y")
        await it.until(lambda: it.app.screen is it.app.workbench)
        assert it.fake.changed == []


async def test_the_settings_open_before_the_server_has_answered(clock: ManualClock, tmp_path: Path) -> None:
    fake = FakeProfile(clock)
    fake.down = True
    app = app_on(fake, clock, tmp_path)
    async with app.run_test(size=TALL) as pilot:
        await until(pilot, lambda: app.workbench.live.connection == "lost")
        await pilot.press("comma")
        await until(pilot, lambda: "Settings" in screen_text(app))
        await pilot.press("x", "ctrl+s")
        await until(pilot, lambda: "No server answers" in screen_text(app))
        assert fake.changed == []
