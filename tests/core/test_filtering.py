"""The one-line filter language."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import DAY, from_datetime, to_datetime
from core.completing import quoted
from core.filtering import (
    FilterError,
    choice,
    coming,
    moment,
    names_of,
    number,
    parse,
    pattern,
    refused,
    words,
)
from storage.criteria import Criterion
from storage.ids import Instant

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NOW = from_datetime(NOON)
FIELDS = {
    "is": choice("unread", "read", "starred"),
    "event": pattern(),
    "reason": words("a part of the reason"),
    "severity": choice("info", "warning", "critical"),
    "session": number("a session's number"),
    "since": moment(),
    "until": moment(),
}
TIMELESS = {"is": FIELDS["is"]}
SAO_PAULO = ZoneInfo("America/Sao_Paulo")


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
        ("IS:Unread", (Criterion("is", ("unread",)),)),
        ("sev:CRITICAL,info", (Criterion("severity", ("critical", "info")),)),
        ("session:12", (Criterion("session", (12,)),)),
        ("age:<2d", (Criterion("since", (NOW - 2 * DAY,)),)),
        ("age:<=1w", (Criterion("since", (NOW - 7 * DAY,)),)),
        ("age:>7d", (Criterion("until", (NOW - 7 * DAY,)),)),
        ("-age:>=7d", (Criterion("until", (NOW - 7 * DAY,), True),)),
        ("before:7d", (Criterion("until", (NOW - 7 * DAY,)),)),
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
        ("Today", datetime(2026, 3, 2, tzinfo=UTC)),
        ("2026-03-01T10:30+01:00", datetime(2026, 3, 1, 9, 30, tzinfo=UTC)),
        ("0001-01-01", datetime(1, 1, 2, tzinfo=UTC)),
        ("999999w", datetime(1, 1, 2, tzinfo=UTC)),
    ],
)
def test_a_time_is_so_long_ago_or_a_date(text: str, moment: datetime) -> None:
    assert parse(f"since:{text}", FIELDS, NOW) == (Criterion("since", (from_datetime(moment),)),)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("today", datetime(2026, 3, 1, 3, tzinfo=UTC)),
        ("yesterday", datetime(2026, 2, 28, 3, tzinfo=UTC)),
        ("2026-03-01", datetime(2026, 3, 1, 3, tzinfo=UTC)),
        ("2018-12-31T23:00", datetime(2019, 1, 1, 1, tzinfo=UTC)),
        ("2026-03-01T10:30Z", datetime(2026, 3, 1, 10, 30, tzinfo=UTC)),
        ("12h", datetime(2026, 3, 1, 14, tzinfo=UTC)),
    ],
)
def test_a_date_that_names_no_zone_is_one_where_the_person_is(text: str, moment: datetime) -> None:
    two_at_night = from_datetime(datetime(2026, 3, 2, 2, tzinfo=UTC))

    found = parse(f"since:{text}", FIELDS, two_at_night, SAO_PAULO)

    assert found == (Criterion("since", (from_datetime(moment),)),)


def test_what_is_to_come_is_in_so_long_or_before_a_date() -> None:
    fields = {"due": coming("due within 2h")}

    assert parse("due:1d", fields, NOW) == (Criterion("due", (NOW + DAY,)),)
    assert parse("due:2026-03-02", fields, NOW) == (Criterion("due", (NOW - DAY // 2,)),)


def test_a_list_has_the_aliases_and_the_ages_of_its_own_fields() -> None:
    assert names_of(FIELDS)[-3:] == ("age", "sev", "before")
    assert names_of(TIMELESS) == ("is",)


@pytest.mark.parametrize("text", ["sev:info", "before:1d", "age:<1d", "since:1d"])
def test_a_list_refuses_what_it_has_not(text: str) -> None:
    with pytest.raises(FilterError, match=rf"no field '{text.split(':')[0]}' here: it is one of is\."):
        parse(text, TIMELESS, NOW)


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
        ("is:read,unred", 8, 13, "perhaps you mean 'unread'"),
        ('is:read,"un red"', 8, 16, "there is no 'un red' here"),
        ("Zürich -nope:1", 8, 12, "There is no field"),
        ("東京 is:unred", 6, 11, "perhaps you mean 'unread'"),
        ("seve:info", 0, 4, "perhaps you mean 'sev'"),
        ("session:x1", 8, 10, "is not a number"),
        ("since:1d,2d", 9, 11, "takes one value"),
        ("age:2d", 4, 6, "is no age: write <2d"),
        ("age:<2", 4, 6, "is no age"),
        ("age:<1d,>2d", 8, 11, "takes one value"),
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


@pytest.mark.parametrize(
    ("text", "place"), [("is:unred", "filter, characters 4-8"), ("a -", "filter, character 3")]
)
def test_a_mistake_names_its_characters_as_people_count(text: str, place: str) -> None:
    with pytest.raises(FilterError) as raised:
        parse(text, FIELDS, NOW)

    assert raised.value.place == place
    assert raised.value.sentence.startswith(f"{place}: ")


@pytest.mark.parametrize(
    ("text", "unfinished"),
    [("is:", True), ("is:,", True), ('"open', True), ("-", True), ("is:unred", False), ("nope:1", False)],
)
def test_only_what_more_typing_can_make_right_is_unfinished(text: str, unfinished: bool) -> None:
    with pytest.raises(FilterError) as raised:
        parse(text, FIELDS, NOW)

    assert raised.value.unfinished is unfinished


@given(st.text(max_size=60) | st.text(st.sampled_from('is:readgenc <>=-,"\\\0東1d'), max_size=30))
def test_any_text_is_a_filter_or_a_mistake_within_it(text: str) -> None:
    try:
        parse(text, FIELDS, NOW)
    except FilterError as error:
        assert 0 <= error.start <= error.end <= len(text)  # noqa: PT017 - either outcome is right


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=60))
def test_whatever_is_quoted_is_searched_for_as_it_is(text: str) -> None:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')

    assert parse(f'"{quoted}"', FIELDS, NOW) == (Criterion("text", (text,)),)


def written(criteria: tuple[Criterion, ...]) -> str:
    """A filter that asks for these."""
    terms = []
    for what, values, negated in criteria:
        if what in ("since", "until"):
            values = tuple(to_datetime(Instant(int(value))).isoformat() for value in values)
        value = ",".join(quoted(str(value)) for value in values)
        text = '"' + str(values[0]).replace("\\", "\\\\").replace('"', '\\"') + '"'
        terms.append("-" * negated + (text if what == "text" else f"{what}:{value}"))
    return " ".join(terms)


WORDS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=12)
INSTANTS = st.integers(0, 2**52).map(Instant)
CRITERIA = st.one_of(
    st.builds(Criterion, st.just("text"), st.tuples(WORDS), st.booleans()),
    st.builds(Criterion, st.just("reason"), st.lists(WORDS, min_size=1, max_size=3).map(tuple), st.booleans()),
    st.builds(Criterion, st.just("is"), st.just(("read", "starred")), st.booleans()),
    st.builds(Criterion, st.just("session"), st.tuples(st.integers(0, 10**9)), st.booleans()),
    st.builds(Criterion, st.sampled_from(["since", "until"]), st.tuples(INSTANTS), st.booleans()),
)


@given(st.lists(CRITERIA, max_size=5).map(tuple))
def test_what_is_written_for_criteria_asks_for_them_again(criteria: tuple[Criterion, ...]) -> None:
    assert parse(written(criteria), FIELDS, NOW, SAO_PAULO) == criteria


@pytest.mark.parametrize(
    ("line", "what", "value", "place"),
    [
        ("is:read reason:lab,x", "reason", "x", "filter, character 20"),
        ('is:read -"two words"', "text", "two words", "filter, characters 10-20"),
        ("age:<2d sev:info", "severity", "info", "filter, characters 13-16"),
        ("is:read", "reason", "x", "filter"),
    ],
)
def test_what_only_the_store_can_refuse_has_its_place(line: str, what: str, value: str, place: str) -> None:
    assert refused("There is none.", line, what, value).place == place
