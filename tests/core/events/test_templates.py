"""Filling texts with the values of a payload."""

import pytest

from core.events.templates import first_filled, render

PAYLOAD = {
    "to": "failed",
    "task": {"title": "Sign-in", "tags": ["a", "b"], "a.b": "hidden"},
    "yes": True,
    "none": None,
    "whole": 3.0,
    "part": 3.5,
    "zero": 0,
    "list": [{"b": 1}],
    "again": "{{to}}",
}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("plain", "plain"),
        ("{{to}}", "failed"),
        ("{{ to }}!", "failed!"),
        ("a {{task.title}} b", "a Sign-in b"),
        ("{{task.tags.1}}{{task.tags[0]}}", "ba"),
        ("{{list[0].b}}", "1"),
        ("{{missing}}", ""),
        ("{{task.missing.deeper}}", ""),
        ("{{none}}", ""),
        ("{{yes}} {{zero}} {{whole}} {{part}}", "true 0 3 3.5"),
        ("{{task.tags}}", '["a","b"]'),
        ("{{task.tags.9}}", ""),
        ("{{task.tags.-1}}", ""),
        ("{{task.tags.99999999999999999999}}", ""),
        ("{{again}}", "{{to}}"),
        ("{{to.upper}}", ""),
        ("{{task.__class__}}", ""),
        ("{{", "{{"),
        ("{{}}", ""),
        ("{to}", "{to}"),
    ],
)
def test_a_template_is_filled_in_one_pass(template: str, text: str) -> None:
    assert render(template, PAYLOAD) == text


def test_what_comes_after_enough_is_not_made() -> None:
    assert render("{{x}}" * 2_000, {"x": "abc"}, 7) == "abcabcabc"
    assert render("{{x}}" * 3, {"x": "abc"}, 9) == render("{{x}}" * 3, {"x": "abc"})


def test_the_first_text_that_has_no_gap_is_used() -> None:
    assert first_filled(("{{missing}} a", "{{to}} b", "c"), PAYLOAD) == "failed b"


def test_where_every_text_has_a_gap_there_is_none() -> None:
    assert first_filled(("{{missing}}", "{{none}}"), PAYLOAD) is None
