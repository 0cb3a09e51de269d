"""The sparkline: a cell a day, as high as much was sent, with a sign of its own where something failed."""

from datetime import date

from core.api.channels import DAYS, Day
from tui.widgets.sparkline import last_days, sparkline

TODAY = date(2026, 3, 2)


def drawn(*days: Day) -> str:
    return "".join(piece.text for piece in sparkline(days, TODAY))


def test_the_day_of_the_most_is_a_whole_cell_and_any_other_has_its_share() -> None:
    days = [Day("2026-02-28", 1, 0, 0), Day("2026-03-01", 400, 0, 0), Day("2026-03-02", 200, 0, 0)]
    assert drawn(*days) == "···········▁█▄"


def test_a_day_on_which_something_failed_has_its_own_sign_and_its_own_ink() -> None:
    days = [Day("2026-02-28", 4, 0, 0), Day("2026-03-01", 400, 1, 0), Day("2026-03-02", 0, 2, 9)]
    assert sparkline(days, TODAY) == [("···········▁", False), ("✖✖", True)]


def test_days_that_are_not_told_of_and_days_long_ago_change_nothing() -> None:
    assert drawn() == "·" * DAYS
    assert drawn(Day("2026-02-16", 9, 9, 9), Day("2026-03-03", 9, 9, 9)) == "·" * DAYS
    assert [day.day for day in last_days([], TODAY)][::13] == ["2026-02-17", "2026-03-02"]
