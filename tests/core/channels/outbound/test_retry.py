"""Statuses, and when a service lets us come back."""

import pytest

from core.channels.outbound.retry import LONGEST_PAUSE, PAUSE, after_seconds, outcome_of, retry_at
from core.channels.outcome import Gone, Outcome, Refused, RetryAt, Transient
from core.clock import SECOND
from storage.ids import Instant
from tests.core.channels.sending import NOON


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        (" 7 ", 7),
        ("0", 0),
        ("1.5", 1.5),
        ("Mon, 02 Mar 2026 12:01:30 GMT", 90),
        ("Mon, 02 Mar 2026 13:01:30 +0100", 90),
        ("Monday, 02-Mar-26 12:01:30 GMT", 90),
        ("Mon, 02 Mar 2026 11:00:00 GMT", 0),
        ("99999999999", 43_200),
        ("Mon, 02 Mar 2099 12:00:00 GMT", 43_200),
    ],
)
def test_retry_after_is_a_number_of_seconds_or_a_date_and_half_a_day_at_most(header: str, seconds: float) -> None:
    assert retry_at(header, NOON) == NOON + seconds * SECOND


@pytest.mark.parametrize(
    "header", [None, "", "soon", "-5", "nan", "inf", "1e999", "Mon, 99 Foo 2026 12:00:00", "\x00"]
)
def test_a_retry_after_that_says_nothing_is_none(header: str | None) -> None:
    assert retry_at(header, NOON) is None


@pytest.mark.parametrize("said", [None, True, "x", [], {}, -1, float("nan"), 10**400])
def test_a_field_that_is_no_number_of_seconds_is_none(said: object) -> None:
    assert after_seconds(said, NOON) is None


LATER = Instant(NOON + 7 * SECOND)


@pytest.mark.parametrize(
    ("status", "at", "outcome"),
    [
        (400, None, Refused("x")),
        (401, None, Refused("x")),
        (403, None, Refused("x")),
        (404, None, Refused("x")),
        (409, None, Refused("x")),
        (413, None, Refused("x")),
        (422, LATER, Refused("x")),
        (301, None, Refused("x")),
        (408, None, Transient("x")),
        (425, None, Transient("x")),
        (500, None, Transient("x")),
        (502, None, Transient("x")),
        (503, None, Transient("x")),
        (503, LATER, RetryAt(LATER, "x")),
        (504, None, Transient("x")),
        (599, None, Transient("x")),
        (429, LATER, RetryAt(LATER, "x")),
        (429, None, RetryAt(Instant(NOON + PAUSE), "x")),
        (410, None, Gone("x")),
    ],
)
def test_a_status_means_what_the_table_says(status: int, at: Instant | None, outcome: Outcome) -> None:
    assert outcome_of(status, "x", at, NOON) == outcome


def test_no_pause_is_longer_than_a_day() -> None:
    assert after_seconds(10**300, NOON) == NOON + LONGEST_PAUSE
