import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.sessions.stages.patterns import LONGEST_VALUE, Pattern, PatternError

PATTERNS = [
    r"^\d+\.\d+\.\d+$",
    "a|b|cd",
    "(a|b)*c?",
    "(?:ab){2,3}",
    "a{2}b{0,2}c{1,}",
    "a{,2}",
    "[a-c]+[^a-c]*",
    r"[]a\]]+",
    r"[\w.-]+",
    r"\w+\s\S",
    "a.c",
    "",
    "a+?b*?",
    "(|a)b",
    "((a)+b)*",
    r"\$\^\*\(",
    "a{",
    "a{}b",
    "x{0}y",
    r"[\[&]a",
    r"[b\]&|]",
    "((a?)*)*",
    "(a{2}){2}",
]


@pytest.mark.parametrize("text", PATTERNS)
@given(value=st.text("abcxy01.-_]{}$^*([ \n", max_size=8))
@settings(max_examples=60, deadline=None)
def test_a_pattern_fits_what_python_says_that_it_fits(text: str, value: str) -> None:
    assert Pattern(text).fits(value) == (re.fullmatch(text, value) is not None)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r"^\d+\.\d+\.\d+$", "1.20.3"),
        ("(?:ab){2,3}", "ababab"),
        ("[^a-c]+", "ü\n日"),
        ("a{2}b{0,2}c{1,}", "aabccc"),
    ],
)
def test_a_value_that_fits(text: str, value: str) -> None:
    assert Pattern(text).fits(value)
    assert not Pattern(text).fits(f"{value}ab")


@pytest.mark.parametrize("text", [r"(a+)+b", r"(a|a)*b", r"(a|aa)+b", "a*" * 50 + "b", r"(.*)*(.*)*x"])
def test_no_pattern_is_tried_in_all_its_ways(text: str) -> None:
    assert not Pattern(text).fits("a" * LONGEST_VALUE)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("(a", "not closed"),
        ("a)", "no '('"),
        ("[a", "not closed"),
        ("*a", "nothing before"),
        ("a**", "follows another"),
        ("a{3,2}", "more than it allows"),
        ("(?=a)", "only"),
        (r"(a)\1", "cannot be used"),
        (r"\b", "cannot be used"),
        ("a\\", "cannot be used"),
        ("a^b", "only at an end"),
        ("a$b", "only at an end"),
        ("[z-a]", "cannot be read"),
        ("(a{100}){100}", "repeats too much"),
        ("(" * 200, "deep"),
        ("a{5000}", "repeats too much"),
        ("x" * 201, "at most 200"),
    ],
)
def test_what_cannot_be_used_is_refused_with_why(text: str, sentence: str) -> None:
    with pytest.raises(PatternError, match=re.escape(sentence)):
        Pattern(text)


def test_a_value_that_is_too_long_does_not_fit() -> None:
    assert Pattern("a*").fits("a" * LONGEST_VALUE)
    assert not Pattern("a*").fits("a" * (LONGEST_VALUE + 1))
