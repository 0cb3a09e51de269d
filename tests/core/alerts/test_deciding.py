"""When a notification becomes an alert, and in which words."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from core.alerts.deciding import Attention, Decision, away, decide, quiet_until
from core.alerts.words import Alert, News, alert_of
from core.api.inbox import Severity
from core.api.people import AlertWords, DesktopAlerts

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("attention", "idle", "expected"),
    [
        ("focused", 0.0, False),
        ("focused", 9000.0, False),
        ("blurred", 0.0, True),
        ("unknown", 0.0, False),
        ("unknown", 59.9, False),
        ("unknown", 60.0, True),
    ],
)
def test_away_is_known_from_the_focus_else_from_a_minute_without_a_key(
    attention: Attention, idle: float, expected: bool
) -> None:
    assert away(attention, idle) is expected


@pytest.mark.parametrize(
    ("severity", "when", "is_away", "is_quiet", "expected"),
    [
        ("critical", "never", True, False, "drop"),
        ("info", "away", True, False, "tell"),
        ("critical", "away", False, False, "drop"),
        ("info", "away", False, True, "drop"),
        ("info", "always", False, False, "tell"),
        ("info", "always", False, True, "hold"),
        ("warning", "away", True, True, "hold"),
        ("critical", "away", True, True, "tell"),
        ("critical", "always", False, True, "tell"),
    ],
)
def test_the_table_of_what_is_told(
    severity: Severity, when: DesktopAlerts, is_away: bool, is_quiet: bool, expected: Decision
) -> None:
    assert decide(severity, when, is_away=is_away, is_quiet=is_quiet) == expected


@pytest.mark.parametrize(
    ("now", "hours", "until"),
    [
        ((2026, 3, 2, 20, 59), ("22:00", "07:00"), None),
        ((2026, 3, 2, 21, 0), ("22:00", "07:00"), (2026, 3, 3, 6, 0)),
        ((2026, 3, 3, 5, 59), ("22:00", "07:00"), (2026, 3, 3, 6, 0)),
        ((2026, 3, 3, 6, 0), ("22:00", "07:00"), None),
        ((2026, 3, 2, 11, 30), ("12:00", "13:30"), (2026, 3, 2, 12, 30)),
        ((2026, 3, 2, 12, 30), ("12:00", "13:30"), None),
        ((2026, 3, 28, 22, 0), ("22:00", "07:00"), (2026, 3, 29, 5, 0)),  # the night has an hour less
        ((2026, 3, 2, 11, 30), (None, None), None),
    ],
)
def test_quiet_hours_are_of_the_persons_zone_and_may_go_over_midnight(
    now: tuple[int, ...], hours: tuple[str | None, str | None], until: tuple[int, ...] | None
) -> None:
    def utc(parts: tuple[int, ...]) -> datetime:
        year, month, day, hour, minute = parts
        return datetime(year, month, day, hour, minute, tzinfo=UTC)

    found = quiet_until(utc(now), BERLIN, *hours)
    assert found == (None if until is None else utc(until))


def news(number: int, severity: Severity = "info") -> News:
    return News(number, f"Title {number}", f"Body {number}", severity, f"callboard:session/{number}")


LINK = "callboard:session/1"


@pytest.mark.parametrize(
    ("came", "words", "expected"),
    [
        ([news(1)], "full", Alert("Title 1", "Body 1", "low", 1, LINK)),
        ([news(1, "warning")], "title", Alert("Title 1", "", "normal", 1, LINK)),
        ([news(1)], "count", Alert("1 new notification", "", "low", 1, LINK)),
        ([news(1, "critical")], "count", Alert("1 new notification (critical)", "", "critical", 1, LINK)),
        ([news(1), news(2)], "full", Alert("2 new", "Title 2 · Title 1", "low")),
        ([news(1), news(2, "critical")], "title", Alert("2 new (1 critical)", "", "critical")),
        ([news(1), news(2, "warning"), news(3)], "count", Alert("3 new", "", "normal")),
    ],
)
def test_what_an_alert_says(came: list[News], words: AlertWords, expected: Alert) -> None:
    assert alert_of(came, words) == expected


def test_words_of_others_are_cleaned_and_short() -> None:
    alert = alert_of([News(1, "a\x1b[2J\nb" + "c" * 200, "\u202ed" * 900, "info")], "full")
    assert alert.title == "a␛[2J b" + "c" * 72 + "…"
    assert "\u202e" not in alert.body
    assert len(alert.body) == 400
