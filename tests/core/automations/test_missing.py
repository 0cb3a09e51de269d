"""The table of what becomes of occurrences that are due, by how late it is."""

from functools import partial

import pytest

from core.automations.missing import MOST_COUNTED, Missed, Verdict, grace, judge
from core.automations.schedules import following
from core.clock import DAY, HOUR, MINUTE, SECOND
from storage.ids import Instant

NINE = Instant(56 * 365 * DAY)
MINUTELY = partial(following, "* * * * *", "UTC")
HOURLY = partial(following, "0 * * * *", "UTC")
DAILY = partial(following, "0 0 * * *", "UTC")


def at(late: int) -> Instant:
    return Instant(NINE + late)


def runs(late: int, trigger: str, missed: int = 0) -> tuple[int, str, int, tuple[int, int] | None]:
    return late, trigger, missed, None


def before(late: int, latest: int, number: int) -> tuple[int, str, int, tuple[int, int] | None]:
    return late, "schedule", 0, (latest, number)


def said(verdict: Verdict) -> tuple[int | None, str, int, tuple[int, int] | None]:
    run = None if verdict.run is None else verdict.run - NINE
    missed = None if verdict.missed is None else (verdict.missed.latest - NINE, verdict.missed.number)
    return run, verdict.trigger, verdict.missed_count, missed


@pytest.mark.parametrize(
    ("period", "graced"),
    [
        (MINUTE, MINUTE),
        (10 * MINUTE, 5 * MINUTE),
        (HOUR, 30 * MINUTE),
        (DAY, 2 * HOUR),
    ],
)
def test_how_late_still_is_in_time(period: int, graced: int) -> None:
    assert grace(period) == graced


@pytest.mark.parametrize(
    ("rule", "late", "without", "with_run_missed"),
    [
        (HOURLY, 0, runs(0, "schedule"), runs(0, "schedule")),
        (HOURLY, SECOND, runs(0, "schedule"), runs(0, "schedule")),
        (HOURLY, 30 * MINUTE, runs(0, "schedule"), runs(0, "schedule")),
        (HOURLY, 31 * MINUTE, (None, "schedule", 0, (0, 1)), runs(0, "catch-up", 1)),
        (HOURLY, 61 * MINUTE, before(HOUR, 0, 1), runs(HOUR, "catch-up", 2)),
        (HOURLY, 5 * HOUR + 40 * MINUTE, (None, "schedule", 0, (5 * HOUR, 6)), runs(5 * HOUR, "catch-up", 6)),
        (DAILY, 2 * HOUR, runs(0, "schedule"), runs(0, "schedule")),
        (DAILY, 3 * HOUR, (None, "schedule", 0, (0, 1)), runs(0, "catch-up", 1)),
        (MINUTELY, 10 * MINUTE + SECOND, before(10 * MINUTE, 9 * MINUTE, 10), runs(10 * MINUTE, "catch-up", 11)),
    ],
)
def test_what_is_due_is_run_or_missed(
    rule: partial[Instant | None],
    late: int,
    without: tuple[int | None, str, int, tuple[int, int] | None],
    with_run_missed: tuple[int | None, str, int, tuple[int, int] | None],
) -> None:
    assert said(judge(NINE, at(late), rule, run_missed=False)) == without
    assert said(judge(NINE, at(late), rule, run_missed=True)) == with_run_missed


@pytest.mark.parametrize("months", [1, 12, 120])
def test_the_latest_of_very_many_is_found_and_no_more_are_counted(months: int) -> None:
    late = months * 30 * DAY + 20 * SECOND

    verdict = judge(NINE, at(late), MINUTELY, run_missed=True)

    assert (verdict.run, verdict.missed_count) == (at(late - 20 * SECOND), MOST_COUNTED)
    assert verdict.following == at(late + 40 * SECOND)
    assert verdict.steps < MOST_COUNTED + 100


def test_after_the_last_run_of_all_there_is_none() -> None:
    assert judge(NINE, at(HOUR), lambda _: None, run_missed=False) == Verdict(NINE, "schedule", 0, None, None, 1)
    verdict = judge(NINE, at(3 * HOUR), lambda _: None, run_missed=False)
    assert verdict.missed == Missed(NINE, 1)
