"""The time line: the hours of the coming day, and what runs in them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from core.api.automations import DayRun
from core.text import width
from tui.widgets.time_line import HOURS, DayRow, Scale, rows

NOW = datetime(2026, 3, 2, 9, 20, tzinfo=UTC)


def row(*minutes: int) -> DayRow:
    return DayRow(1, "One", tuple(NOW + timedelta(minutes=minute) for minute in minutes))


def test_the_hours_take_as_much_room_as_there_is() -> None:
    assert [Scale.of(width, NOW, UTC).per_hour for width in (60, 80, 120, 200)] == [1, 2, 4, 6]


def test_an_hour_stands_above_its_cells() -> None:
    scale = Scale.of(120, NOW, ZoneInfo("Europe/Berlin"))
    labels = scale.labels(ZoneInfo("Europe/Berlin"))
    assert labels.startswith("10  11  12")
    assert labels[scale.cell(datetime(2026, 3, 2, 23, tzinfo=UTC)) :].startswith("Tue")
    assert width(labels) == scale.cells == HOURS * 4


def test_now_is_marked_in_its_hour() -> None:
    scale = Scale.of(120, NOW, UTC)
    assert scale.ruler(NOW).index("▼") == 1
    assert len(scale.ruler(NOW)) == scale.cells


def test_a_run_is_a_dot_and_runs_that_touch_are_a_bar() -> None:
    scale = Scale.of(120, NOW, UTC)
    assert scale.marks(row(40).runs).rstrip() == "    ●"
    assert scale.marks(row(40, 100).runs).rstrip() == "    ●   ●"
    assert scale.marks(row(40, 55, 70).runs).rstrip() == "    ━━━"
    assert scale.marks(row(40, 41).runs).rstrip() == "    ━"


def test_what_is_beyond_the_day_is_not_drawn() -> None:
    scale = Scale.of(120, NOW, UTC)
    assert scale.marks(row(-60, 24 * 60).runs).strip() == ""


def test_the_automation_that_runs_next_comes_first() -> None:
    runs = [
        DayRun(number, f"A{number}", NOW + timedelta(hours=hour)) for number, hour in ((1, 5), (2, 1), (1, 2))
    ]
    assert [(one.id, len(one.runs)) for one in rows(runs)] == [(2, 1), (1, 2)]


def test_hours_of_a_zone_with_half_hours_begin_on_its_hours() -> None:
    zone = ZoneInfo("Asia/Kolkata")
    scale = Scale.of(120, NOW, zone)
    assert scale.start.astimezone(zone).minute == 0
    assert scale.labels(zone).startswith("14  15")
