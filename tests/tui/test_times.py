from datetime import UTC, datetime, timedelta

import pytest

from tui.times import absolute, age, ago, short, zone_named

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
