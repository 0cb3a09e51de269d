"""When an expression runs in a zone."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from core.automations.cron import next_run, parse, runs, zone
from core.automations.cron.zones import changes, zone_names
from core.clock import SECOND, from_datetime, to_datetime
from storage.ids import Instant
from tests.core.automations.cron.corpus import Case, at, cases, next_of, written
from tests.core.automations.cron.oracle import fires

CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_the_corpus(case: Case) -> None:
    assert next_of(case.expr, case.tz, case.after, 5) == case.expected


@pytest.mark.parametrize("case", CASES[::3], ids=[case.id for case in CASES[::3]])
def test_from_wherever_one_asks_between_two_runs_the_next_is_the_same(case: Case) -> None:
    expression, place = parse(case.expr), zone(case.tz)
    chance = random.Random(case.id)
    between = [
        (Instant(chance.randrange(at(before), at(following))), following)
        for before, following in pairwise([case.after, *case.expected])
        for _ in range(6)
    ]
    ends = [(Instant(at(following) - 1), following) for following in case.expected]

    answers = [(moment, next_run(expression, place, moment)) for moment, _ in between + ends]

    assert answers == [(moment, at(following)) for moment, following in between + ends]


@pytest.mark.parametrize(
    ("expression", "name", "after", "expected"),
    [
        # started within the second pass of a repeated hour
        ("30 1 * * *", "America/New_York", "2026-11-01T06:20:00Z", ["2026-11-02T06:30:00Z"]),
        ("30 * * * *", "America/New_York", "2026-11-01T06:20:00Z", ["2026-11-01T06:30:00Z"]),
        ("30 1 * * 0", "America/New_York", "2026-11-01T06:20:00Z", ["2026-11-08T06:30:00Z"]),
        ("59 1 * * *", "Europe/Dublin", "2026-10-25T01:10:00Z", ["2026-10-26T01:59:00Z"]),
        # Dublin, whose summer is the standard time
        ("30 1 * * *", "Europe/Dublin", "2026-03-28T12:00:00Z", ["2026-03-29T01:00:00Z"]),
        ("*/30 1 * * *", "Europe/Dublin", "2026-03-28T12:00:00Z", ["2026-03-30T00:00:00Z"]),
        # half an hour
        ("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00:00Z", ["2026-10-03T15:30:00Z"]),
        ("45 1 * * *", "Australia/Lord_Howe", "2026-04-04T14:50:00Z", ["2026-04-05T15:15:00Z"]),
        (
            "45 * * * *",
            "Australia/Lord_Howe",
            "2026-04-04T14:30:00Z",
            ["2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z", "2026-04-04T16:15:00Z"],
        ),
        # a minute after midnight
        (
            "0 0 * * *",
            "America/St_Johns",
            "2010-11-07T02:00:00Z",
            ["2010-11-07T02:30:00Z", "2010-11-08T03:30:00Z"],
        ),
        ("31 */3 * * *", "America/St_Johns", "2010-11-07T02:00:00Z", ["2010-11-07T04:01:00Z"]),
        ("30 0 * * *", "America/St_Johns", "2010-03-14T03:00:00Z", ["2010-03-14T03:31:00Z"]),
        # midnight that does not exist
        ("0 0 * * *", "America/Santiago", "2026-09-05T12:00:00Z", ["2026-09-06T04:00:00Z"]),
        ("0,20,40 0 * * *", "America/Santiago", "2026-09-06T03:00:00Z", ["2026-09-06T04:00:00Z"]),
        # two hours
        ("30 1 * * *", "Antarctica/Troll", "2026-03-28T12:00:00Z", ["2026-03-29T01:00:00Z"]),
        (
            "30 1 * * *",
            "Antarctica/Troll",
            "2026-10-24T12:00:00Z",
            ["2026-10-24T23:30:00Z", "2026-10-26T01:30:00Z"],
        ),
        # three hours: lost forward, on the first pass only backward
        (
            "30 0 * * *",
            "Antarctica/Casey",
            "2009-10-17T12:00:00Z",
            ["2009-10-17T16:30:00Z", "2009-10-18T13:30:00Z"],
        ),
        ("30 3 18 10 *", "Antarctica/Casey", "2009-10-17T12:00:00Z", ["2010-10-17T19:30:00Z"]),
        (
            "0 0 * * *",
            "Antarctica/Casey",
            "2010-03-04T12:00:00Z",
            ["2010-03-04T13:00:00Z", "2010-03-05T16:00:00Z"],
        ),
        # a day that was skipped, and one that was repeated
        ("0 12 30 12 *", "Pacific/Apia", "2011-12-29T00:00:00Z", ["2012-12-29T22:00:00Z"]),
        ("* * * * *", "Pacific/Apia", "2011-12-30T09:59:00Z", ["2011-12-30T10:00:00Z"]),
        (
            "0 12 * * *",
            "Pacific/Kwajalein",
            "1969-09-29T23:00:00Z",
            ["1969-09-30T01:00:00Z", "1969-10-01T00:00:00Z"],
        ),
        # beyond the table of a zone, by the rule at its end
        ("30 2 * * *", "Europe/Berlin", "2099-03-28T12:00:00Z", ["2099-03-29T01:00:00Z"]),
        ("30 2 * * *", "America/New_York", "2150-03-07T12:00:00Z", ["2150-03-08T07:00:00Z"]),
        ("0 0 29 2 *", "UTC", "2096-03-01T00:00:00Z", ["2104-02-29T00:00:00Z"]),
        ("0 0 29 2 */7", "UTC", "2072-03-01T00:00:00Z", ["2088-02-29T00:00:00Z", "2128-02-29T00:00:00Z"]),
        # zones that never change
        ("0 0 * * *", "Asia/Kolkata", "2026-01-01T00:00:00Z", ["2026-01-01T18:30:00Z"]),
        ("0 0 * * *", "Asia/Kathmandu", "2026-01-01T00:00:00Z", ["2026-01-01T18:15:00Z"]),
    ],
)
def test_clock_changes(expression: str, name: str, after: str, expected: list[str]) -> None:
    assert next_of(expression, name, after, len(expected)) == expected


ZONES = (
    *("America/New_York", "Europe/Berlin", "Europe/Dublin", "Australia/Lord_Howe", "America/Santiago"),
    *("America/Sao_Paulo", "Africa/Casablanca", "America/Havana", "Africa/Cairo", "Antarctica/Troll"),
    *("America/St_Johns", "America/Caracas", "Asia/Pyongyang", "Pacific/Apia", "Antarctica/Casey"),
    *("Pacific/Kwajalein", "Antarctica/Vostok", "Asia/Gaza", "Asia/Kathmandu", "Atlantic/Azores"),
)
FIELDS = (
    ("*", "*/7", "*/20", "0", "1", "30", "59", "15,45", "10-50/20", "0-59", "*/30,5", "29-31"),
    ("*", "*/2", "*/5", "0", "1", "2", "3", "23", "0-4", "1,2", "0-23", "22-23,0", "1-5/2"),
    ("*", "*", "*", "*/2", "1", "28-31", "1-15", "*,7"),
    ("*", "*", "*", "mar,apr,sep-nov", "*/2", "1-12"),
    ("*", "*", "*", "0", "7", "sat,sun", "*/3", "1-5", "5-7"),
)


def _around_changes(chance: random.Random, count: int) -> Iterator[tuple[ZoneInfo, datetime]]:
    """Zones, and instants a little before a change of their clock."""
    start, end = (int(datetime.fromisoformat(f"{year}-01-01T00:00:00Z").timestamp()) for year in (1968, 2120))
    known = {name: [change.at for change in changes(zone(name), start, end)] for name in ZONES}
    for _ in range(count):
        name = chance.choice(ZONES)
        second = chance.choice(known[name] or [start]) - chance.randrange(30 * 3600)
        yield zone(name), to_datetime(Instant(second * SECOND))


def _expression(chance: random.Random) -> str:
    return " ".join(chance.choice(field) for field in FIELDS)


def test_around_clock_changes_the_runs_are_those_of_cron_minute_by_minute() -> None:
    chance = random.Random(2026)
    asked = [(place, after, _expression(chance)) for place, after in _around_changes(chance, 150)]

    for place, after, expression in asked:
        until = after + timedelta(days=2)
        counted = fires(expression, place, after, until)
        answered = [
            to_datetime(run) for run in runs(parse(expression), place, from_datetime(after), len(counted) + 1)
        ]
        assert (answered[:-1], answered[-1] > until) == (counted, True), (expression, place.key, after)


def test_no_zone_changes_twice_within_what_the_search_for_changes_assumes() -> None:
    """Looked at hour by hour in years that are known for many changes, beside the search in steps of days."""
    asked = (("Africa/Casablanca", 2014), ("Asia/Gaza", 2040), ("America/Noronha", 2000), ("Africa/Cairo", 2010))
    for name, year in asked:
        start = int(datetime.fromisoformat(f"{year}-01-01T00:00:00Z").timestamp())
        hours = range(start, start + 365 * 86_400, 3_600)
        walls = [to_datetime(Instant(second * SECOND)).astimezone(zone(name)).utcoffset() for second in hours]
        found = sum(before != following for before, following in pairwise(walls))
        assert len(changes(zone(name), start, hours[-1])) == found, name


def test_every_zone_can_be_asked() -> None:
    noon = parse("0 12 * * *")

    answers = [next_run(noon, zone(name), at("2026-01-01T00:00:00Z")) for name in sorted(zone_names())]

    assert len(answers) > 590
    assert all(answer is not None and answer < at("2026-01-02T12:00:00Z") for answer in answers)


@pytest.mark.parametrize("after", [-(10**18), 10**18, -62_135_596_800 * SECOND, 253_402_300_799 * SECOND, 2**63])
@pytest.mark.parametrize("expression", ["* * * * *", "0 0 29 2 */7", "30 2 31 12 5"])
def test_an_instant_out_of_the_calendar_has_a_bounded_answer(after: int, expression: str) -> None:
    answer = next_run(parse(expression), zone("Europe/Berlin"), Instant(after))

    assert answer is None if after > 10**17 else answer is not None and answer > after


def test_the_runs_end_with_the_calendar() -> None:
    found = runs(parse("0 0 29 2 *"), zone("UTC"), at("9990-01-01T00:00:00Z"), 5)

    assert [written(run) for run in found] == ["9992-02-29T00:00:00Z", "9996-02-29T00:00:00Z"]
