"""The one-line filter language."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import from_datetime
from core.filtering import FilterError, choice, moment, parse, pattern, words
from storage.criteria import Criterion

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NOW = from_datetime(NOON)
FIELDS = {
    "is": choice("unread", "read", "starred"),
    "event": pattern(),
    "reason": words("a part of the reason"),
    "since": moment(),
    "until": moment(),
}


@pytest.mark.parametrize(
    ("text", "criteria"),
    [
        ("", ()),
        ("   ", ()),
        ("is:unread", (Criterion("is", ("unread",)),)),
        ("-is:unread", (Criterion("is", ("unread",), True),)),
        ("is:read,starred", (Criterion("is", ("read", "starred")),)),
        ("deploy", (Criterion("text", ("deploy",)),)),
        ("-deploy", (Criterion("text", ("deploy",), True),)),
        ('"is:unread"', (Criterion("text", ("is:unread",)),)),
        ('"two words" x', (Criterion("text", ("two words",)), Criterion("text", ("x",)))),
        (r'"a \"b\" \\"', (Criterion("text", (r'a "b" \\'.replace("\\\\", "\\"),)),)),
        ("event:task:*", (Criterion("event", ("task:*",)),)),
        ("event:task:*,sla:**", (Criterion("event", ("task:*", "sla:**")),)),
        ('reason:"you are, really"', (Criterion("reason", ("you are, really",)),)),
        ("a,b", (Criterion("text", ("a,b",)),)),
        ("12:30", (Criterion("text", ("12:30",)),)),
        ("Zürich 東京", (Criterion("text", ("Zürich",)), Criterion("text", ("東京",)))),
    ],
)
def test_a_filter_becomes_criteria(text: str, criteria: tuple[Criterion, ...]) -> None:
    assert parse(text, FIELDS, NOW) == criteria


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("30m", NOON - timedelta(minutes=30)),
        ("12h", NOON - timedelta(hours=12)),
        ("7d", NOON - timedelta(days=7)),
        ("2w", NOON - timedelta(days=14)),
        ("today", datetime(2026, 3, 2, tzinfo=UTC)),
        ("yesterday", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01T10:30+01:00", datetime(2026, 3, 1, 9, 30, tzinfo=UTC)),
    ],
)
def test_a_time_is_so_long_ago_or_a_date(text: str, moment: datetime) -> None:
    assert parse(f"since:{text}", FIELDS, NOW) == (Criterion("since", (from_datetime(moment),)),)


@pytest.mark.parametrize(
    ("text", "start", "end", "words"),
    [
        ("is:unred", 3, 8, "perhaps you mean 'unread'"),
        ("x iss:unread", 2, 5, "perhaps you mean 'is'"),
        ("nonsense:1", 0, 8, "it is one of is, event"),
        ("a is:", 2, 5, "needs a value"),
        ("is:,", 0, 4, "needs a value"),
        ('a "open', 2, 7, "not closed"),
        ('is:"open', 3, 8, "not closed"),
        ("a - b", 2, 3, "nothing after"),
        ("since:someday", 6, 13, "is not a time"),
        ("since:9999999d", 6, 14, "is not a time"),
        ("since:2026-02-30", 6, 16, "is not a time"),
        ("ab\0", 2, 3, "cannot be stored"),
    ],
)
def test_a_mistake_is_shown_where_it_stands(text: str, start: int, end: int, words: str) -> None:
    with pytest.raises(FilterError) as raised:
        parse(text, FIELDS, NOW)

    assert (raised.value.start, raised.value.end) == (start, end)
    assert words in raised.value.sentence


def test_a_filter_has_a_limit() -> None:
    with pytest.raises(FilterError, match="at most 1000 characters"):
        parse("x" * 1_001, FIELDS, NOW)


@given(st.text(max_size=60))
def test_any_text_is_a_filter_or_a_mistake_within_it(text: str) -> None:
    try:
        parse(text, FIELDS, NOW)
    except FilterError as error:
        assert 0 <= error.start <= error.end <= len(text)  # noqa: PT017 - either outcome is right


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=60))
def test_whatever_is_quoted_is_searched_for_as_it_is(text: str) -> None:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')

    assert parse(f'"{quoted}"', FIELDS, NOW) == (Criterion("text", (text,)),)
