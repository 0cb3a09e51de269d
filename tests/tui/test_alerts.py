"""Whoever looks elsewhere is told what came in: once, in their words, and only what is new."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from core.alerts.choosing import choose
from core.alerts.terminals import Surroundings
from core.alerts.words import Alert
from core.api.stream import Reset
from core.clock import HOUR, MINUTE, SECOND, ManualClock, to_datetime
from tests.tui.left_open import OLD, left_open
from tests.tui.making import item
from tui.alerts.terminal import TerminalAlerts

GHOSTTY = {"TERM": "xterm-ghostty", "SSH_CONNECTION": "10.0.0.9 50112 10.0.0.1 22"}
ELSEWHERE = ("TMUX", "STY", "ZELLIJ", "DBUS_SESSION_BUS_ADDRESS", "TERM_PROGRAM", "KITTY_WINDOW_ID")


@pytest.fixture(autouse=True)
def _over_ssh(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ELSEWHERE:
        monkeypatch.delenv(name, raising=False)
    for name, value in GHOSTTY.items():
        monkeypatch.setenv(name, value)


def told(title: str, body: str = "") -> str:
    head, text = (f"Callboard: {title}", body) if body else ("Callboard", title)
    return f"\x1b]777;notify;{head};{text}\x1b\\"


async def test_one_sequence_tells_what_came_while_the_person_looked_elsewhere(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with left_open(clock, tmp_path) as desk:
        await desk.look_away()
        desk.comes(2, "Merge failed", body="Conflicts in 2 files")
        assert await desk.passes(SECOND) == [told("Merge failed", "Conflicts in 2 files")]
        assert len(await desk.passes(MINUTE)) == 1


@pytest.mark.parametrize(("setting", "count"), [("never", 0), ("away", 0), ("always", 1)])
async def test_who_looks_at_the_app_is_told_only_if_they_always_want_it(
    clock: ManualClock, tmp_path: Path, setting: str, count: int
) -> None:
    async with left_open(clock, tmp_path, desktop_alerts=setting) as desk:
        await desk.come_back()
        desk.comes(2)
        assert len(await desk.passes(MINUTE)) == count


async def test_who_wants_no_alerts_is_told_nothing_and_nothing_is_asked_for(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with left_open(clock, tmp_path, desktop_alerts="never") as desk:
        await desk.look_away()
        before = len(desk.fake.sent)
        desk.comes(2, severity="critical")
        assert await desk.passes(MINUTE) == []
        assert [call for call in desk.fake.sent[before:] if call.query.get("filter") == "is:unread"] == []


async def test_where_the_terminal_says_nothing_of_its_focus_a_minute_without_a_key_is_away(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with left_open(clock, tmp_path) as desk:
        desk.comes(2, "While I type")
        assert await desk.passes(30 * SECOND) == []
        clock.advance(31 * SECOND)
        desk.comes(3, "While I am out")
        assert await desk.passes(SECOND) == [told("While I am out")]
        await desk.pilot.press("j")
        desk.comes(4, "When I am back")
        assert len(await desk.passes(3 * SECOND)) == 1


async def test_an_old_notification_that_changes_is_no_news(clock: ManualClock, tmp_path: Path) -> None:
    async with left_open(clock, tmp_path) as desk:
        await desk.look_away()
        desk.fake.arrive(replace(OLD, starred_at=OLD.created_at))
        desk.comes(2, "New", read=False)
        await desk.passes(SECOND)
        desk.fake.arrive(replace(desk.fake.items[2], starred_at=OLD.created_at))
        assert await desk.passes(MINUTE) == [told("New")]


async def test_what_is_read_already_or_muted_is_not_told(clock: ManualClock, tmp_path: Path) -> None:
    async with left_open(clock, tmp_path) as desk:
        await desk.look_away()
        desk.comes(2, "From a muted source", read=True)
        assert await desk.passes(MINUTE) == []


async def test_what_is_read_before_it_could_be_told_is_not_told(clock: ManualClock, tmp_path: Path) -> None:
    async with left_open(clock, tmp_path) as desk:
        await desk.look_away()
        read = desk.comes(2, "Read on another terminal")
        desk.comes(3, "Not read")
        await desk.settled()
        desk.fake.arrive(replace(read, read_at=read.created_at))
        assert await desk.passes(SECOND) == [told("Not read")]


async def test_a_storm_is_told_by_its_count(clock: ManualClock, tmp_path: Path) -> None:
    async with left_open(clock, tmp_path, alert_words="title") as desk:
        await desk.look_away()
        for number in range(2, 14):
            desk.comes(number, severity="critical" if number < 4 else "info")
        assert await desk.passes(SECOND) == [told("12 new (2 critical)")]


async def test_only_numbers_are_told_to_who_wants_no_words(clock: ManualClock, tmp_path: Path) -> None:
    async with left_open(clock, tmp_path, alert_words="count") as desk:
        await desk.look_away()
        desk.comes(2, "A secret", body="of ours")
        assert await desk.passes(SECOND) == [told("1 new notification")]


async def test_what_came_while_the_server_was_away_is_told_in_one(clock: ManualClock, tmp_path: Path) -> None:
    async with left_open(clock, tmp_path, alert_words="title") as desk:
        await desk.look_away()
        desk.fake.break_off()
        await desk.until(lambda: desk.app.workbench.live.connection == "lost")
        for number in range(2, 7):
            desk.comes(number)
        desk.fake.come_back()
        await desk.until(lambda: desk.app.workbench.live.connection == "live")
        assert await desk.passes(SECOND) == [told("5 new")]


async def test_what_was_missed_for_good_is_counted_too(clock: ManualClock, tmp_path: Path) -> None:
    async with left_open(clock, tmp_path, alert_words="title") as desk:
        await desk.look_away()
        desk.comes(2)
        await desk.passes(SECOND)
        for number in range(3, 503):
            desk.fake.items[number] = replace(item(number), created_at=to_datetime(clock.now()))
        desk.fake.say(Reset(10_000))
        await desk.until(lambda: not desk.alerts.at_rest)
        assert await desk.passes(3 * SECOND) == [told("Notification 2"), told("500 new")]


async def test_quiet_hours_hold_all_but_what_is_critical_until_they_end(
    clock: ManualClock, tmp_path: Path
) -> None:
    quiet = {"quiet_from": "10:00", "quiet_to": "11:00", "alert_words": "title"}  # it is 10:00 in Berlin
    async with left_open(clock, tmp_path, **quiet) as desk:
        await desk.look_away()
        desk.comes(2, "Later", severity="warning")
        desk.comes(3, "Later, too")
        desk.comes(4, "Now", severity="critical")
        assert await desk.passes(MINUTE) == [told("Now")]
        await desk.passes(HOUR)
        assert await desk.passes(3 * SECOND) == [told("Now"), told("2 new")]


@pytest.mark.parametrize(("setting", "count"), [("away", 0), ("always", 1)])
async def test_who_comes_back_sees_it_in_the_list(
    clock: ManualClock, tmp_path: Path, setting: str, count: int
) -> None:
    async with left_open(clock, tmp_path, desktop_alerts=setting) as desk:
        await desk.look_away()
        desk.comes(2)
        await desk.settled()
        await desk.come_back()
        assert len(await desk.passes(MINUTE)) == count


async def test_a_change_of_the_profile_on_another_terminal_counts_at_once(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with left_open(clock, tmp_path, desktop_alerts="never") as desk:
        await desk.look_away()
        desk.fake.become(desktop_alerts="always", time_zone="Asia/Tokyo")
        await desk.until(lambda: desk.app.desk.zone_name == "Asia/Tokyo")
        desk.comes(2, "Told now")
        assert await desk.passes(SECOND) == [told("Told now")]


@pytest.mark.parametrize("error", [AssertionError("Driver must be in application mode"), OSError("gone")])
def test_a_terminal_that_is_suspended_or_gone_is_sent_nothing(error: Exception) -> None:
    def write(text: str) -> None:
        raise error

    plan = choose(Surroundings({"TERM": "xterm-kitty"}, "linux"), {})
    assert not TerminalAlerts(write).send(Alert("Hi", "", "low"), plan, away=True)


async def test_an_app_without_a_terminal_goes_on(clock: ManualClock, tmp_path: Path) -> None:
    async with left_open(clock, tmp_path) as desk:
        desk.alerts.terminal = TerminalAlerts.of(desk.app)
        await desk.look_away()
        desk.comes(2)
        await desk.passes(SECOND)
        assert desk.app.is_running
        assert (await desk.alerts.test()).endswith("Nothing could be sent.")


async def test_a_desktop_that_fails_leaves_it_to_the_terminal(
    clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSH_CONNECTION")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'nothing'}")
    async with left_open(clock, tmp_path) as desk:
        await desk.look_away()
        desk.comes(2, "Told all the same")
        assert await desk.passes(SECOND) == [told("Told all the same")]
        assert "desktop failed" in await desk.alerts.test()


async def test_activating_an_alert_opens_its_thing_and_marks_it_read(clock: ManualClock, tmp_path: Path) -> None:
    async with left_open(clock, tmp_path) as desk:
        made = desk.comes(2, "Asks", link="callboard:approval/7")
        await desk.settled()
        desk.alerts.activate(Alert("Asks", "", "low", made.id, made.link))
        await desk.until(lambda: type(desk.app.screen).__name__ == "ApprovalScreen")
        await desk.until(lambda: desk.fake.items[2].read_at is not None)


async def test_activating_a_count_shows_the_inbox(clock: ManualClock, tmp_path: Path) -> None:
    async with left_open(clock, tmp_path) as desk:
        desk.alerts.activate(Alert("Asks", "", "low", 1, "callboard:approval/7"))
        await desk.until(lambda: desk.app.screen is not desk.app.workbench)
        desk.alerts.activate(Alert("12 new", "", "low"))
        await desk.until(lambda: desk.app.screen is desk.app.workbench)
