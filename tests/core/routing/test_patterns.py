"""What a pattern fits: what the reference router answered, and what a slow and plain matcher says."""

import re
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.events.catalogue import CATALOGUE
from core.routing.patterns import Pattern
from tests.core.routing.corpus import cases

CORPUS = cases("router-patterns")
TEXTS = st.text("ab:*?", max_size=9)
NAMES = st.text("ab:?", max_size=9)


@pytest.mark.parametrize("case", CORPUS["patterns"], ids=lambda case: case["pattern"] or "empty")
def test_it_fits_what_the_reference_says(case: dict[str, Any]) -> None:
    fits = [name for name in CORPUS["events"] if Pattern(case["pattern"]).covers(name)]

    assert sorted(fits) == sorted(case["matches"])


@pytest.mark.parametrize(
    ("text", "fits", "fits_not"),
    [
        ("*", ["a", "a:b", "a:b:c", ""], []),
        ("**", ["a", "a:b:c", ""], []),
        ("***", ["a:b"], []),
        ("a:*", ["a:", "a:b"], ["a", "a:b:c", "ba:b"]),
        ("*:a", ["b:a", ":a"], ["a", "b:b:a", "b:ab"]),
        ("a**", ["a", "ab", "a:b:c"], ["b"]),
        ("**a", ["a", "b:a", "aa"], ["ab"]),
        ("t*k:c*d", ["task:created", "tk:cd"], ["t:k:cd", "task:create"]),
        ("*:*", ["a:b", ":"], ["a", "a:b:c"]),
        ("a*b*c**d", ["abcd", "axbxcx:x:d", "abbccd"], ["a:bcd", "abdc"]),
        ("task:create?", ["task:create?"], ["task:created", "task:create", "task:creat"]),
        ("__GLOBSTAR__", ["__GLOBSTAR__"], ["a"]),
        ("[a]", ["[a]"], ["a"]),
        ("a.b", ["a.b"], ["axb"]),
        ("A", ["A"], ["a"]),
        ("", [""], ["a"]),
    ],
)
def test_stars_are_runs_and_all_else_is_itself(text: str, fits: list[str], fits_not: list[str]) -> None:
    pattern = Pattern(text)

    assert [name for name in fits if not pattern.covers(name)] == []
    assert [name for name in fits_not if pattern.covers(name)] == []


@given(TEXTS, NAMES)
@settings(max_examples=200, deadline=None)
def test_it_fits_what_a_plain_matcher_fits(text: str, name: str) -> None:
    assert Pattern(text).covers(name) == (text == "*" or plainly(text, name))


def plainly(text: str, name: str) -> bool:
    if not text:
        return not name
    if text.startswith("**"):
        rest = text.lstrip("*")
        return any(plainly(rest, name[size:]) for size in range(len(name) + 1))
    if text.startswith("*"):
        segment = len(name.partition(":")[0])
        return any(plainly(text[1:], name[size:]) for size in range(segment + 1))
    return name[:1] == text[0] and plainly(text[1:], name[1:])


def test_a_hostile_pattern_takes_no_time() -> None:
    """By trying all ways, this would take longer than the sun shines."""
    begun = time.process_time()

    fits = Pattern("*a" * 100 + "**b").covers("a" * 200)

    assert not fits
    assert time.process_time() - begun < 1


@pytest.mark.parametrize("name", ["notification:sent", "notification:failed", "notification:x:y"])
@pytest.mark.parametrize(
    ("text", "hears"),
    [
        ("*", False),
        ("**", False),
        ("*:*", False),
        ("**:*", False),
        ("n**", False),
        ("notification*:**", False),
        ("notification**", False),
        ("notification:**", True),
    ],
)
def test_only_a_pattern_that_names_the_router_hears_of_it(text: str, hears: bool, name: str) -> None:
    assert Pattern(text).routes(name) is hears


def test_every_event_of_the_catalogue_is_heard_by_a_star_but_the_routers_own() -> None:
    deaf = [name for name in CATALOGUE if not Pattern("*").routes(name)]

    assert all(name.startswith("notification:") for name in deaf)
    assert re.fullmatch(r"notification:\w+", deaf[0])
