"""What a filter that is being typed may go on with."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import ManualClock
from core.completing import Completion, complete
from core.filtering import FilterError, choice, moment, parse, pattern, words
from storage.ids import Instant

FIELDS = {
    "is": choice("unread", "read", "starred"),
    "event": pattern(),
    "severity": choice("info", "warning", "critical"),
    "workspace": words("a workspace's slug", "workspace"),
    "reason": words("a part of the reason"),
    "from": words("what it comes from", "source", suggested=("automation", "session")),
    "since": moment(),
    "until": moment(),
}
VALUES = {
    "workspace": ["shop", "my shop", 'the "old" one'],
    "event": ["session:failed", "session:done", "task:transition"],
    "source": ["automation/12"],
}
NOW = ManualClock(Instant(1_772_452_800_000_000)).now()


def after(text: str) -> list[str]:
    """The filters that this one can become by one completion at its end."""
    return [found.taken(text, len(text))[0] for found in complete(text, len(text), FIELDS, VALUES)]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("", ["is:", "event:", "severity:", "workspace:", "reason:", "from:", "since:", "until:", "age:"]),
        ("is:read e", ["is:read event:"]),
        ("-e", ["-event:"]),
        ("SE", ["severity:", "sev:"]),
        ("x", []),
        ("nothing:", []),
        ('"is:', []),
        ("is:", ["is:unread", "is:read", "is:starred"]),
        ("-is:un", ["-is:unread"]),
        ("IS:UN", ["IS:unread"]),
        ("is:read,", ["is:read,unread", "is:read,starred"]),
        ("is:read,st", ["is:read,starred"]),
        ("is:starred", []),
        ("sev:c", ["sev:critical"]),
        ("before:y", ["before:yesterday"]),
        ("since:1d,", []),
        ("age:<", ["age:<1h", "age:<1d", "age:<7d"]),
        ("event:ses", ["event:session:failed", "event:session:done"]),
        ("event:fail", ["event:session:failed"]),
        ("from:auto", ["from:automation/12", "from:automation"]),
        ("workspace:m", ['workspace:"my shop"']),
        ('workspace:"my s', ['workspace:"my shop"']),
        ('workspace:shop,"', ['workspace:shop,"my shop"', 'workspace:shop,"the \\"old\\" one"']),
        ('workspace:"my shop"', []),
        ('workspace:"my shop",sh', ['workspace:"my shop",shop']),
        ("reason:", []),
    ],
)
def test_it_goes_on_with_what_can_stand_there(typed: str, offered: list[str]) -> None:
    assert after(typed) == offered


def test_a_completion_leaves_what_is_behind_the_cursor() -> None:
    (found,) = complete("is:un deploy", 5, FIELDS, VALUES)

    assert found == Completion("unread", 3)
    assert found.taken("is:un deploy", 5) == ("is:unread deploy", 9)


def test_nothing_goes_on_within_a_word() -> None:
    assert complete("is:unread", 5, FIELDS, VALUES) == []


def test_each_field_says_what_it_means() -> None:
    assert all(found.help for found in complete("", 0, FIELDS, VALUES))


TERMS = st.sampled_from(["deploy", "is:unread", "-event:task:*", '"a b"', 'workspace:"my shop"', "age:<2d"])
BEGUN = [
    "",
    "-",
    "i",
    "-is:",
    "is:r",
    "sev:",
    "age:",
    "age:>",
    "since:",
    "work",
    "workspace:",
    'workspace:"',
    "event:",
]


@given(st.lists(TERMS, max_size=3), st.sampled_from(BEGUN))
def test_whatever_is_completed_is_a_filter_or_the_beginning_of_one(before: list[str], begun: str) -> None:
    for text in after(" ".join([*before, begun])):
        try:
            parse(text, FIELDS, NOW)
        except FilterError as error:
            assert error.unfinished, text  # noqa: PT017 - either outcome is right


@given(st.text(st.sampled_from('is:read -,"\\événement <age workspace'), max_size=30), st.integers(0, 30))
def test_any_text_can_be_completed_anywhere(text: str, cursor: int) -> None:
    at = min(cursor, len(text))

    for found in complete(text, at, FIELDS, VALUES):
        taken, place = found.taken(text, at)
        assert taken[:place].endswith(found.text)
        assert taken[place:] == text[at:]
