"""What a rule sends to desktops is shown to each person as they like, together with their notifications."""

from pathlib import Path

import pytest

from core.alerts.words import Alert, News, alert_of
from core.api.deliveries import DesktopAlert
from core.api.inbox import Severity
from core.clock import MINUTE, SECOND, ManualClock
from tests.tui.left_open import Desk, left_open
from tests.tui.test_alerts import GHOSTTY, told


@pytest.fixture(autouse=True)
def _over_ssh(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TMUX", "STY", "ZELLIJ", "DBUS_SESSION_BUS_ADDRESS", "TERM_PROGRAM", "KITTY_WINDOW_ID"):
        monkeypatch.delenv(name, raising=False)
    for name, value in GHOSTTY.items():
        monkeypatch.setenv(name, value)


def announces(
    desk: Desk, number: int, title: str = "Disk full", severity: Severity = "warning", *, hidden: bool = False
) -> None:
    desk.fake.announce(DesktopAlert(f"notif_{number}", title, "1 % left", severity), hidden=hidden)


async def test_it_is_told_once_however_often_it_is_announced(clock: ManualClock, tmp_path: Path) -> None:
    async with left_open(clock, tmp_path) as desk:
        await desk.look_away()
        for _ in range(2):
            announces(desk, 1, "Disk \x1b[31mfull\x07")
        assert await desk.passes(SECOND) == [told("Disk ␛[31mfull␇", "1 % left")]
        announces(desk, 1)
        assert len(await desk.passes(MINUTE)) == 1


async def test_it_is_gathered_with_notifications_and_leaves_these_alone(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with left_open(clock, tmp_path, alert_words="title") as desk:
        await desk.look_away()
        announces(desk, 1)
        desk.comes(2, "Merge failed")
        announces(desk, 2, "CPU hot", "critical")
        announces(desk, 3, "Fan broken", "critical")
        assert await desk.passes(SECOND) == [told("4 new (2 critical)")]


@pytest.mark.parametrize(("setting", "count"), [("never", 0), ("away", 0), ("always", 1)])
async def test_each_person_has_it_as_they_like(
    clock: ManualClock, tmp_path: Path, setting: str, count: int
) -> None:
    async with left_open(clock, tmp_path, desktop_alerts=setting) as desk:
        await desk.come_back()
        announces(desk, 1)
        assert len(await desk.passes(MINUTE)) == count


async def test_quiet_hours_hold_all_but_what_is_critical(clock: ManualClock, tmp_path: Path) -> None:
    async with left_open(clock, tmp_path, quiet_from="00:00", quiet_to="23:59", alert_words="count") as desk:
        await desk.look_away()
        announces(desk, 1)
        announces(desk, 2, "Fire", "critical")
        assert await desk.passes(SECOND) == [told("1 new notification (critical)")]


async def test_what_is_not_for_this_person_is_passed_over(clock: ManualClock, tmp_path: Path) -> None:
    async with left_open(clock, tmp_path) as desk:
        await desk.look_away()
        announces(desk, 1, hidden=True)
        announces(desk, 2, "For us")
        assert await desk.passes(SECOND) == [told("For us", "1 % left")]


async def test_of_a_storm_few_are_asked_for_and_all_are_counted(clock: ManualClock, tmp_path: Path) -> None:
    async with left_open(clock, tmp_path, alert_words="count") as desk:
        await desk.look_away()
        for number in range(60):
            announces(desk, number)
        assert await desk.passes(SECOND) == [told("60 new")]
        assert sum(call.path.startswith("/desktop-alerts/") for call in desk.fake.sent) < 60


def test_one_by_itself_leads_to_what_went_out_and_is_no_notification() -> None:
    alert = alert_of([News(-1, "Disk full", "", "warning", "callboard:delivery/notif_1")], "full")
    assert alert == Alert("Disk full", "", "normal", None, "callboard:delivery/notif_1")
