"""What the changes of a clock do, in a sentence."""

from datetime import datetime

import pytest

from core.automations.cron import notes, parse, resolve_wall_time, zone
from core.errors import InvalidError
from tests.core.automations.cron.corpus import at, written


@pytest.mark.parametrize(
    ("expression", "name", "after", "sentences"),
    [
        (
            "30 2 * * *",
            "Europe/Berlin",
            "2026-03-20T00:00:00Z",
            [
                "29 Mar: 02:30 does not exist, runs at 03:00",
                "25 Oct: 02:30 comes twice, runs the first time",
            ],
        ),
        (
            "0,30 2 * * *",
            "Europe/Berlin",
            "2026-03-20T00:00:00Z",
            [
                "29 Mar: 02:00 to 03:00 does not exist, runs once at 03:00",
                "25 Oct: 02:00 to 03:00 comes twice, runs the first time",
            ],
        ),
        (
            "*/5 * * * *",
            "Europe/Berlin",
            "2026-03-20T00:00:00Z",
            [
                "29 Mar: 02:00 to 03:00 does not exist, nothing runs in it",
                "25 Oct: 02:00 to 03:00 comes twice, runs in both",
            ],
        ),
        (
            "*/30 * * * *",
            "Australia/Lord_Howe",
            "2026-01-20T00:00:00Z",
            ["5 Apr: 01:30 comes twice, runs both times", "4 Oct: 02:00 does not exist, does not run"],
        ),
        (
            "30 23 * * *",
            "America/Sao_Paulo",
            "2017-09-20T00:00:00Z",
            ["17 Feb: 23:30 comes twice, runs the first time"],
        ),
        (
            "30 12 * * *",
            "Pacific/Apia",
            "2011-12-20T00:00:00Z",
            ["30 Dec: 12:30 does not exist, what should run then is lost"],
        ),
        (
            "*/30 12 * * *",
            "Pacific/Apia",
            "2011-12-20T00:00:00Z",
            ["30 Dec: 00:00 to 24:00 does not exist, nothing runs in it"],
        ),
        (
            "0 12 * * *",
            "Pacific/Kwajalein",
            "1969-05-29T23:00:00Z",
            ["30 Sep: 12:00 comes twice, runs both times"],
        ),
        (
            "*/9 23,0 * * *",
            "America/St_Johns",
            "2010-04-01T00:00:00Z",
            [
                "6 Nov: 23:01 to 00:01 on 7 Nov comes twice, runs in both",
                "13 Mar: 00:01 to 01:01 does not exist, nothing runs in it",
            ],
        ),
        ("0 9 * * *", "Europe/Berlin", "2026-03-20T00:00:00Z", []),
        ("30 2 * * *", "UTC", "2026-03-20T00:00:00Z", []),
    ],
)
def test_a_clock_change_is_told_where_it_changes_a_run(
    expression: str, name: str, after: str, sentences: list[str]
) -> None:
    assert [note.sentence for note in notes(parse(expression), zone(name), at(after))] == sentences


def test_what_happens_later_than_within_a_year_has_its_year() -> None:
    found = notes(parse("30 2 29 3 *"), zone("Europe/Berlin"), at("2024-04-20T00:00:00Z"))

    assert [(written(note.instant), note.sentence) for note in found] == [
        ("2026-03-29T01:00:00Z", "29 Mar 2026: 02:30 does not exist, runs at 03:00")
    ]


def test_the_ends_of_the_calendar_have_no_notes() -> None:
    assert notes(parse("30 2 * * *"), zone("Europe/Berlin"), at("9998-06-01T00:00:00Z")) == []


@pytest.mark.parametrize(
    ("name", "wall", "instant", "sentence"),
    [
        ("Europe/Berlin", "2026-03-29T01:59:59", "2026-03-29T00:59:59Z", ""),
        (
            "Europe/Berlin",
            "2026-03-29T02:30:15",
            "2026-03-29T01:00:00Z",
            "29 Mar: 02:30 does not exist, runs at 03:00",
        ),
        ("Europe/Berlin", "2026-03-29T03:00:00", "2026-03-29T01:00:00Z", ""),
        (
            "Europe/Berlin",
            "2026-10-25T02:30:00",
            "2026-10-25T00:30:00Z",
            "25 Oct: 02:30 comes twice, runs the first time",
        ),
        ("Europe/Berlin", "2026-10-25T03:00:00", "2026-10-25T02:00:00Z", ""),
        (
            "Australia/Lord_Howe",
            "2026-10-04T02:10:00",
            "2026-10-03T15:30:00Z",
            "4 Oct: 02:10 does not exist, runs at 02:30",
        ),
        (
            "America/New_York",
            "2150-03-08T02:10:00",
            "2150-03-08T07:00:00Z",
            "8 Mar: 02:10 does not exist, runs at 03:00",
        ),
        ("Pacific/Apia", "2011-12-31T00:00:00", "2011-12-30T10:00:00Z", ""),
        ("Asia/Kathmandu", "2026-01-01T00:00:00", "2025-12-31T18:15:00Z", ""),
    ],
)
def test_a_single_time_follows_the_same_rules(name: str, wall: str, instant: str, sentence: str) -> None:
    found, note = resolve_wall_time(zone(name), datetime.fromisoformat(wall))

    assert written(found) == instant
    assert (note.sentence if note else "") == sentence


def test_parts_of_a_second_are_kept() -> None:
    found, _ = resolve_wall_time(zone("Europe/Berlin"), datetime.fromisoformat("2026-03-30T02:00:00.000001"))

    assert found == at("2026-03-30T00:00:00Z") + 1


@pytest.mark.parametrize(
    ("name", "wall", "sentence"),
    [
        ("Pacific/Apia", "2011-12-30T12:00", "30 Dec 12:00 does not exist in Pacific/Apia"),
        ("Antarctica/Casey", "2009-10-18T02:00", "from 18 Oct 02:00 to 18 Oct 05:00"),
        ("UTC", "0001-01-01", "too far away"),
        ("UTC", "9999-12-31", "too far away"),
    ],
)
def test_a_single_time_that_never_comes_is_refused(name: str, wall: str, sentence: str) -> None:
    with pytest.raises(InvalidError, match=sentence):
        resolve_wall_time(zone(name), datetime.fromisoformat(wall))
