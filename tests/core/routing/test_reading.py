"""Rules as they are written: what works, what is wrong and where, and that nothing else is lost by it."""

from typing import Any

import pytest

from core.api.rules import NewRule
from core.channels.configuring.places import in_json
from core.routing.reading import KEYS, in_words_of_files, read_rule, read_rules, read_scope
from tests.core.routing.corpus import cases, written

IN_FILE = in_json("notifications.json", ("rules",))


def problems_of(*rules: Any, channels: list[str] | None = None) -> list[tuple[str, str]]:
    read = read_rules(list(rules), IN_FILE, channels)
    return [(problem.place, problem.sentence) for problem in read.problems]


def test_a_rule_says_all_that_a_rule_can_say() -> None:
    full = written(
        "r", "task:*", "sla:**", "task:*", to="ops mail ops", name="Failed", severity="critical",
        cooldownMs=5000.0, title="T {{x}}", template="B", enabled=False,
        condition={"field": "to", "op": "exists"},
    )  # fmt: skip

    (rule,) = read_rules([full], IN_FILE, ["ops", "mail"]).rules

    assert ([pattern.text for pattern in rule.patterns], rule.channels) == (["task:*", "sla:**"], ("ops", "mail"))
    assert (rule.id, rule.name, rule.severity, rule.cooldown_ms) == ("r", "Failed", "critical", 5000)
    assert (rule.title, rule.template, rule.enabled) == ("T {{x}}", "B", False)
    assert rule.condition is not None
    assert rule.condition.holds({"to": 1})
    assert rule.place == "notifications.json: rules[0]"


def test_a_rule_that_says_little_has_the_usual() -> None:
    (rule,) = read_rules([written("r", "*", condition=None, title=None, cooldownMs=None)], IN_FILE, None).rules

    assert (rule.name, rule.severity, rule.cooldown_ms, rule.enabled) == ("r", "info", 0, True)
    assert (rule.condition, rule.title, rule.template) == (None, None, None)


def test_the_rules_of_the_reference_are_read() -> None:
    given = cases("router-rules")

    read = read_rules(given["rules"], IN_FILE, given["channels"])

    assert len(read.rules) == len(given["rules"])
    assert [problem.place for problem in read.problems] == ["notifications.json: rules[8].channels[1]"]


@pytest.mark.parametrize(
    ("parts", "place", "said"),
    [
        ({"id": None}, "id", "needs an id"),
        ({"id": 5}, "id", "a text"),
        ({"id": " "}, "id", "line breaks"),
        ({"id": "a\nb"}, "id", "line breaks"),
        ({"id": "x" * 129}, "id", "128"),
        ({"id": "direct"}, "id", "by hand"),
        ({"events": None}, "events", "needs events"),
        ({"events": []}, "events", "needs events"),
        ({"events": "task:*"}, "events", "a list"),
        ({"events": ["a", 5]}, "events[1]", "a text"),
        ({"events": ["a"] * 101}, "events", "100"),
        ({"events": ["a" * 301]}, "events[0]", "300"),
        ({"events": ["a\ud800"]}, "events[0]", "character"),
        ({"channels": []}, "channels", "needs channels"),
        ({"channels": {"ops": 1}}, "channels", "a list"),
        ({"channels": [["ops"]]}, "channels[0]", "a text"),
        ({"severity": "high"}, "severity", "info, warning, critical"),
        ({"severity": ["info"]}, "severity", "info, warning, critical"),
        ({"cooldownMs": "5m"}, "cooldownMs", "milliseconds"),
        ({"cooldownMs": True}, "cooldownMs", "milliseconds"),
        ({"cooldownMs": 1.5}, "cooldownMs", "whole"),
        ({"cooldownMs": -1}, "cooldownMs", "0 to"),
        ({"cooldownMs": float("inf")}, "cooldownMs", "milliseconds"),
        ({"cooldownMs": float("nan")}, "cooldownMs", "milliseconds"),
        ({"cooldownMs": 10**400}, "cooldownMs", "0 to"),
        ({"enabled": "yes"}, "enabled", "true or false"),
        ({"template": 5}, "template", "a text"),
        ({"template": "x" * 10_001}, "template", "10000"),
        ({"title": "a\x00b"}, "title", "character"),
        ({"condition": False}, "condition", "object"),
        ({"condition": {"and": [{"field": "to", "op": "="}]}}, "condition.and[0].op", "'='"),
        ({"evnts": []}, "evnts", "did you mean events?"),
        ({"x\x1b[31m": 1}, '["x\x1b[31m"]', "A rule has no"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_rule_is_said_where_it_is(parts: dict[str, Any], place: str, said: str) -> None:
    found = problems_of(written("good", "*"), {**written("bad", "*"), **parts}, written("also-good", "*"))

    assert len(found) == 1
    assert found[0][0].replace("\\u001b", "\x1b") == f"notifications.json: rules[1].{place}".replace(".[", "[")
    assert said in found[0][1]


@pytest.mark.parametrize("hostile", [None, 5, "x", [], [[]], True, 1.5])
def test_what_is_no_rule_takes_no_other_with_it(hostile: Any) -> None:
    read = read_rules([written("a", "*"), hostile, written("b", "*")], IN_FILE, None)

    assert [rule.id for rule in read.rules] == ["a", "b"]
    assert [problem.place for problem in read.problems] == ["notifications.json: rules[1]"]


@pytest.mark.parametrize("hostile", [None, 5, "x", {"rules": []}])
def test_what_is_no_list_of_rules_is_said(hostile: Any) -> None:
    assert [problem.place for problem in read_rules(hostile, IN_FILE, None).problems] == [
        "notifications.json: rules"
    ]


def test_everything_that_is_wrong_with_a_rule_is_said_at_once() -> None:
    found = problems_of({"events": [], "channels": "x", "severity": 1, "evnts": 1})

    assert [place.partition(".json: rules[0].")[2] for place, _ in found] == [
        "evnts", "id", "events", "channels", "severity",
    ]  # fmt: skip


def test_the_later_of_two_rules_of_one_id_is_wrong() -> None:
    read = read_rules([written("a", "x"), written("a", "y"), written("b", "z")], IN_FILE, None, taken=["b"])

    assert [rule.patterns[0].text for rule in read.rules] == ["x"]
    assert [problem.place for problem in read.problems] == [
        "notifications.json: rules[1].id",
        "notifications.json: rules[2].id",
    ]


def test_a_rule_with_a_channel_that_is_not_there_works_for_its_others() -> None:
    read = read_rules([written("a", "x", to="ops slack-alert")], IN_FILE, ["ops", "slack-alerts"])

    assert [rule.channels for rule in read.rules] == [("ops", "slack-alert")]
    assert [(problem.place, problem.sentence) for problem in read.problems] == [
        (
            "notifications.json: rules[0].channels[1]",
            "There is no channel 'slack-alert': did you mean slack-alerts?",
        )
    ]


def test_what_only_others_have_is_ignored_and_said() -> None:
    elsewhere: dict[str, Any] = {
        "includeOutcomes": True,
        "outcomeFilter": ["file"],
        "maxAttachmentSize": 5,
        "actions": [],
    }

    read = read_rules([written("a", "x", **elsewhere)], IN_FILE, None)

    assert ([rule.id for rule in read.rules], read.problems) == (["a"], [])
    assert [notice.place for notice in read.notices] == [
        f"notifications.json: rules[0].{key}" for key in elsewhere
    ]


def test_a_rule_reads_the_same_from_what_was_written_of_it() -> None:
    (rule,) = read_rule(written("r", "*", condition={"or": []}, template="x", cooldownMs=5)).rules
    new = NewRule(["*"], ["ops"], id="r", condition={"or": []}, template="x", cooldown_ms=5)

    (again,) = read_rule(in_words_of_files(new)).rules

    assert set(in_words_of_files(new)) <= set(KEYS)
    assert (again.id, again.patterns, again.channels, again.template) == ("r", rule.patterns, ("ops",), "x")
    assert again.condition is not None
    assert not again.condition.holds({})


def test_a_scope_has_rules_and_two_switches() -> None:
    read = read_scope({"rules": [written("a", "x")], "inherit": True, "mute": False}, IN_FILE)

    assert read.scope is not None
    assert ([rule.id for rule in read.scope.rules], read.scope.inherit, read.scope.mute) == (["a"], True, False)
    assert read_scope(None).scope is None
    assert read_scope({}).scope is not None


@pytest.mark.parametrize(
    ("scope", "place"),
    [
        ([], ""),
        ({"inherit": "yes"}, "inherit"),
        ({"mute": 1}, "mute"),
        ({"rule": []}, "rule"),
        ({"rules": {}}, "rules"),
        (
            {"rules": [{"id": "a", "events": ["*"], "channels": ["c"], "condition": {"not": 1}}]},
            "rules[0].condition.not",
        ),
    ],
)
def test_what_is_wrong_with_a_scope_is_said_where_it_is(scope: Any, place: str) -> None:
    assert [problem.place for problem in read_scope(scope).problems] == [place]
