from datetime import UTC, datetime, timedelta

import pytest

from tui.words.times import absolute, age, ago, ahead, brief, from_now, short, span, zone_named

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "shown", "said"),
    [
        (timedelta(seconds=-30), "now", "just now"),
        (timedelta(seconds=59), "now", "just now"),
        (timedelta(seconds=60), "1m", "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59m", "59 minutes ago"),
        (timedelta(hours=1), "1h", "1 hour ago"),
        (timedelta(hours=23), "23h", "23 hours ago"),
        (timedelta(days=13), "13d", "13 days ago"),
        (timedelta(days=14), "2w", "2 weeks ago"),
        (timedelta(days=364), "52w", "52 weeks ago"),
        (timedelta(days=800), "2y", "2 years ago"),
    ],
)
def test_an_age_takes_at_most_four_cells(before: timedelta, shown: str, said: str) -> None:
    assert age(NOW - before, NOW) == shown
    assert ago(NOW - before, NOW) == said


def test_an_absolute_time_is_in_the_persons_zone() -> None:
    assert absolute(NOW, zone_named("Europe/Berlin")) == "Mon 2 Mar 2026, 10:00 CET"
    assert absolute(NOW, zone_named("America/New_York")) == "Mon 2 Mar 2026, 04:00 EST"


def test_an_unknown_zone_is_shown_as_utc() -> None:
    assert absolute(NOW, zone_named("Nowhere/At_All")) == "Mon 2 Mar 2026, 09:00 UTC"
    assert absolute(NOW, zone_named("../../etc/passwd")) == "Mon 2 Mar 2026, 09:00 UTC"


def test_a_time_to_come_is_named_by_its_day() -> None:
    assert short(NOW + timedelta(hours=3), NOW, UTC) == "today 12:00"
    assert short(NOW + timedelta(days=1), NOW, UTC) == "tomorrow 09:00"
    assert short(NOW + timedelta(days=7), NOW, UTC) == "Mon 9 Mar, 09:00"


@pytest.mark.parametrize(
    ("after", "shown", "said"),
    [
        (timedelta(0), "due", "in less than a minute"),
        (timedelta(seconds=40), "in 40s", "in less than a minute"),
        (timedelta(minutes=5), "in 5m", "in 5 minutes"),
        (timedelta(hours=16, minutes=59), "in 16h", "in 16 hours"),
        (timedelta(days=30), "in 4w", "in 4 weeks"),
    ],
)
def test_what_is_to_come_is_told_by_how_long_it_takes(after: timedelta, shown: str, said: str) -> None:
    assert ahead(NOW + after, NOW) == shown
    assert from_now(NOW + after, NOW) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (0.42, "0.4 s"),
        (12.9, "12 s"),
        (60, "1 m"),
        (200, "3 m 20 s"),
        (7500, "2 h 5 m"),
        (200_000, "2 d 7 h"),
    ],
)
def test_how_long_something_took(seconds: float, said: str) -> None:
    assert span(seconds) == said


def test_a_brief_time_is_always_of_the_same_length() -> None:
    zone = zone_named("Europe/Berlin")
    assert brief(NOW, zone) == "Mon  2 Mar 10:00"
    assert brief(NOW + timedelta(days=20), zone) == "Sun 22 Mar 10:00"
