"""Values as they are typed: data, durations, times."""

from datetime import UTC, datetime, timedelta

import click
import pytest

from tui.cli.values import DURATION, MOMENT, data_of


def test_data_is_text_unless_it_is_marked_as_json() -> None:
    assert data_of(["exitCode=2", "exitCode2:=2", "tags:=[1, null]", "empty="]) == {
        "exitCode": "2",
        "exitCode2": 2,
        "tags": [1, None],
        "empty": "",
    }


def test_a_value_may_contain_an_equals_sign_and_the_last_of_a_key_counts() -> None:
    assert data_of(["q=a=b", "n=1", "n=2"]) == {"q": "a=b", "n": "2"}


@pytest.mark.parametrize("pair", ["nothing", "=value", ":=1", "n:=", "n:=NaN", "n:={", "n:=" + "[" * 100_000])
def test_data_that_cannot_be_read_is_wrong_usage(pair: str) -> None:
    with pytest.raises(click.BadParameter):
        data_of([pair])


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90d", 90 * 86_400), ("2h30m", 9_000), ("1w", 604_800), ("45s", 45), ("999999w", 36_500 * 86_400)],
)
def test_a_duration_is_amounts_with_units(text: str, seconds: int) -> None:
    assert DURATION.convert(text, None, None) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "5", "h", "-1d", "1y", "1 d", "١d", "1e3d"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="write it like"):
        DURATION.convert(text, None, None)


def test_a_time_is_a_date_or_how_long_from_now() -> None:
    before = datetime.now(UTC)

    in_two_hours = MOMENT.convert("2h", None, None)
    new_year = MOMENT.convert("2999-01-01T09:00:00+01:00", None, None)

    assert timedelta(hours=2) <= in_two_hours - before < timedelta(hours=2, minutes=1)
    assert new_year == datetime(2999, 1, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2001-01-01", "tomorrow", "9999-12-31T23:59:59-14:00", "0s"])
def test_a_time_that_is_past_or_none_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter):
        MOMENT.convert(text, None, None)
