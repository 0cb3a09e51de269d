"""The desktop's notifications, with a daemon of ours on a bus of ours. `desktop-notifier` never says that it
failed: we find out, soon, and quietly."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.alerts.words import Alert
from core.clock import SECOND, ManualClock
from tests.tui.left_open import left_open
from tui.alerts.desktop import DesktopAlerts

pytest.importorskip("dbus_fast", reason="there is no D-Bus on this system")

from desktop_notifier.backends.dummy import DummyNotificationCenter

from tests.fakes.notification_daemon import DAEMON, PrivateBus, daemon_on, private_bus

pytestmark = pytest.mark.skipif(DAEMON is None, reason="dbus-daemon is not installed: there can be no bus to try")

HELLO = Alert("Merge failed", "Conflicts in 2 files", "critical")


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateBus]:
    with private_bus(tmp_path) as made:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", made.address)
        yield made


@pytest.fixture
def desktop() -> Iterator[DesktopAlerts]:
    made = DesktopAlerts()
    yield made
    made.close()


def nothing() -> None:
    pass


async def tell(desktop: DesktopAlerts, alert: Alert = HELLO) -> bool:
    return await desktop.tell(alert, nothing)


async def test_an_alert_is_shown_with_its_urgency_and_our_name(desktop: DesktopAlerts, bus: PrivateBus) -> None:
    async with daemon_on(bus) as daemon:
        assert await tell(desktop)
        assert await tell(desktop, Alert("12 new", "", "low"))
    first, second = daemon.shown
    assert (first.app, first.title, first.body, first.urgency) == (
        "Callboard",
        "Merge failed",
        "Conflicts in 2 files",
        2,
    )
    assert (second.title, second.body, second.urgency) == ("12 new", "", 0)


async def test_a_click_is_heard(desktop: DesktopAlerts, bus: PrivateBus) -> None:
    clicked = asyncio.Event()
    async with daemon_on(bus) as daemon:
        await desktop.tell(HELLO, clicked.set)
        daemon.click(1)
        await asyncio.wait_for(clicked.wait(), 5)


@pytest.mark.parametrize(
    ("capabilities", "body"),
    [
        (("body", "actions"), "<b>5 & 6</b>"),
        (("body", "body-markup"), "&lt;b&gt;5 &amp; 6&lt;/b&gt;"),
    ],
)
async def test_markup_is_escaped_where_it_would_be_read(
    desktop: DesktopAlerts, bus: PrivateBus, capabilities: tuple[str, ...], body: str
) -> None:
    async with daemon_on(bus, capabilities=capabilities) as daemon:
        assert await tell(desktop, Alert("<i>as it is</i>", "<b>5 & 6</b>", "normal"))
    assert (daemon.shown[0].title, daemon.shown[0].body) == ("<i>as it is</i>", body)


async def test_a_bus_without_a_daemon_is_found_out(
    desktop: DesktopAlerts, bus: PrivateBus, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    assert not await tell(desktop)
    assert "org.freedesktop.Notifications" in desktop.trouble
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []


async def test_no_bus_is_found_out(
    desktop: DesktopAlerts, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'nothing'}")
    assert not await tell(desktop)
    assert desktop.trouble


async def test_a_daemon_that_dies_is_found_out_and_its_successor_found(
    desktop: DesktopAlerts, bus: PrivateBus, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    async with daemon_on(bus):
        assert await tell(desktop)
    assert not await tell(desktop)
    async with daemon_on(bus) as successor:
        assert await tell(desktop)
    assert len(successor.shown) == 1
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []


async def test_a_daemon_that_never_answers_is_not_waited_for(bus: PrivateBus) -> None:
    desktop = DesktopAlerts(send=0.05)
    async with daemon_on(bus) as daemon:
        daemon.hung = True
        assert not await tell(desktop)
        assert "no answer" in desktop.trouble
        desktop.close()


async def test_after_its_bus_has_died_an_alert_goes_to_the_next_one_at_once(
    desktop: DesktopAlerts, bus: PrivateBus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with daemon_on(bus):
        assert await tell(desktop)
    bus.die()
    folder = tmp_path / "again"
    folder.mkdir()
    with private_bus(folder) as new:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", new.address)
        async with daemon_on(new) as daemon:
            assert await tell(desktop)
            assert len(daemon.shown) == 1


async def test_a_bus_that_died_for_good_is_found_out(desktop: DesktopAlerts, bus: PrivateBus) -> None:
    async with daemon_on(bus):
        assert await tell(desktop)
    bus.die()
    assert not await tell(desktop)
    assert desktop.trouble


async def test_what_stands_in_where_a_desktop_cannot_be_used_is_found_out(
    desktop: DesktopAlerts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On macOS outside of a signed bundle it shows nothing, and says that it dispatched everything."""
    monkeypatch.setattr("desktop_notifier.main.get_backend_class", lambda: DummyNotificationCenter)
    assert not await tell(desktop)
    assert "can show nothing" in desktop.trouble


async def test_activating_an_alert_on_the_desktop_opens_its_thing_in_the_app(
    bus: PrivateBus, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"):
        monkeypatch.delenv(name, raising=False)
    async with daemon_on(bus) as daemon, left_open(clock, tmp_path) as desk:
        await desk.look_away()
        desk.comes(2, "May it run the tests?", link="callboard:approval/7")
        assert await desk.passes(SECOND) == []
        await desk.until(lambda: daemon.shown)
        daemon.click(1)
        await desk.until(lambda: type(desk.app.screen).__name__ == "ApprovalScreen")
        await desk.until(lambda: desk.fake.items[2].read_at is not None)
