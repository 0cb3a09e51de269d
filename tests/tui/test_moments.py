"""A moment to come, as a person types it. It is Monday, 2 March 2026, 10:00 in Berlin."""

from zoneinfo import ZoneInfo

import pytest

from tests.tui.making import NOW
from tui.moments import moment_typed

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2h", "2026-03-02T12:00"),
        ("in 45 minutes", "2026-03-02T10:45"),
        ("3d", "2026-03-05T10:00"),
        ("1w", "2026-03-09T10:00"),
        ("18:00", "2026-03-02T18:00"),
        ("at 6pm", "2026-03-02T18:00"),
        ("09:30", "2026-03-03T09:30"),
        ("12am", "2026-03-03T00:00"),
        ("tomorrow", "2026-03-03T09:00"),
        ("Tomorrow 7:15", "2026-03-03T07:15"),
        ("today 23:59", "2026-03-02T23:59"),
        ("fri", "2026-03-06T09:00"),
        ("fri 14:00", "2026-03-06T14:00"),
        ("friday, at 2pm", "2026-03-06T14:00"),
        ("next monday", "2026-03-09T09:00"),
        ("next week", "2026-03-09T09:00"),
        ("5 mar", "2026-03-05T09:00"),
        ("march 5 08:00", "2026-03-05T08:00"),
        ("1 march", "2027-03-01T09:00"),
        ("2026-04-01", "2026-04-01T09:00"),
        ("2026-04-01 16:20", "2026-04-01T16:20"),
        ("2026-03-29 02:30", "2026-03-29T03:30"),  # the clock goes forward over it
    ],
)
def test_a_time_is_read_as_it_is_meant(typed: str, meant: str) -> None:
    found = moment_typed(typed, NOW, BERLIN).astimezone(ZoneInfo("UTC")).astimezone(BERLIN)
    assert found.strftime("%Y-%m-%dT%H:%M") == meant


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Write when: 2h"),
        ("soon", "This is no time: write 2h"),
        ("25:00", "There is no 25:00 on the clock."),
        ("13pm", "There is no 13pm."),
        ("31 feb", "There is no such day."),
        ("2026-02-30", "This is no time"),
        ("2026-03-01", "That is over already"),
        ("today 8:00", "That is over already"),
        ("-1h", "This is no time"),
        ("\x1b[2J", "This is no time"),
    ],
)
def test_what_is_no_time_to_come_is_said(typed: str, said: str) -> None:
    with pytest.raises(ValueError, match="^" + said.replace("(", r"\(")):
        moment_typed(typed, NOW, BERLIN)
