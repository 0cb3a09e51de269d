"""Rules and events of files: read as they come, and replayed as the router would."""

import io
import json
from typing import Any

import pytest

from core.errors import InvalidError
from core.routing.cooldown import Remembered
from core.routing.given_events import read_events
from core.routing.given_rules import rules_as_written, rules_in
from core.routing.replaying import replay
from core.routing.router import Event
from tests.core.routing.corpus import SECOND, written

EVENTS = [{"event": "a", "data": {"x": 1}}, {"event": "b", "data": {}}, {"event": "a"}]


def read(text: str | bytes) -> list[Event]:
    return list(read_events(io.BytesIO(text.encode() if isinstance(text, str) else text), "events"))


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(EVENTS),
        json.dumps(EVENTS, indent=2),
        "\n \n" + json.dumps(EVENTS) + "\n",
        "\n".join(json.dumps(one) for one in EVENTS),
        "\r\n\r\n".join(json.dumps(one) for one in EVENTS) + "\r\n \r\n",
        "\ufeff" + "\n".join(json.dumps(one) for one in EVENTS),
        "\ufeff" + json.dumps(EVENTS),
    ],
)  # fmt: skip
def test_events_are_a_list_or_lines(text: str) -> None:
    assert [(one.name, one.data, one.at) for one in read(text)] == [
        ("a", {"x": 1}, 0),
        ("b", {}, 0),
        ("a", {}, 0),
    ]


@pytest.mark.parametrize("text", ["", "\n", "[]", " [ ] "])
def test_of_nothing_there_are_no_events(text: str) -> None:
    assert read(text) == []


def test_an_event_has_the_time_that_it_says_or_that_of_the_one_before() -> None:
    lines = [
        {"event": "a", "timestamp": "1970-01-01T00:00:05Z"},
        {"event": "a"},
        {"event": "a", "at": 7_500},
        {"event": "a", "at": "1970-01-01T01:00:09+01:00"},
        {"event": "a", "timestamp": "1970-01-01T00:00:01"},
    ]

    assert [one.at / SECOND for one in read("\n".join(map(json.dumps, lines)))] == [5, 5, 7.5, 9, 1]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"event": "a"}\nx', "events:2"),
        ('{"event": "a"}\n\n{"event": 5}', "events:3"),
        ('{"data": {}}', "events:1"),
        ('{"event": "a", "data": []}', "events:1"),
        ('{"event": "a"} {"event": "b"}', "events:1"),
        ('{"event": "a", "data": {"x": NaN}}', "events:1"),
        (b'{"event": "\xff"}', "events:1"),
        ('{"event": "a", "data": {"x": ' + "[" * 20_000 + "]" * 20_000 + "}}", "events:1"),
        ('[{"event": "a"}, 5]', "events"),
        ("[", "events"),
        ("[" * 20_000, "events"),
        ('{"event": "a", "at": "yesterday"}', "events:1"),
        ('[{"event": "a"}, {"event": "a", "at": 1e300}]', "events[1]"),
        ('{"event": "a", "timestamp": -1}', "events:1"),
    ],
)  # fmt: skip
def test_what_is_no_event_is_said_with_its_line(text: str | bytes, place: str) -> None:
    with pytest.raises(InvalidError) as wrong:
        read(text)

    assert wrong.value.place == place
    assert len(wrong.value.sentence) < 300


def test_lines_are_read_as_they_are_asked_for() -> None:
    events = read_events(io.BytesIO(b'{"event": "a"}\nwrong'), "events")

    assert next(events).name == "a"


def replayed(rules: Any, *lines: dict[str, Any], cooldown: bool = True) -> list[tuple[int, str]]:
    """The number of each event that something is sent of, and the rule."""
    events = read("\n".join(map(json.dumps, lines)))
    given = rules_in(json.dumps(rules), "rules.json")
    sent = replay(events, given.rules, Remembered() if cooldown else None)
    return [(one.number, each.rule.id) for one in sent for each in one.dispatches if each.dropped_until is None]


def test_cooldowns_go_by_the_times_of_the_events() -> None:
    rules = {"rules": [written("r", "*", cooldownMs=10_000)]}
    timed = [{"event": "a", "timestamp": f"2026-03-01T09:00:{second:02}Z"} for second in (0, 5, 10, 30)]

    assert replayed(rules, *timed) == [(0, "r"), (2, "r"), (3, "r")]
    assert replayed(rules, {"event": "a"}, {"event": "a"}) == [(0, "r")]
    assert replayed(rules, {"event": "a"}, {"event": "a"}, cooldown=False) == [(0, "r"), (1, "r")]


@pytest.mark.parametrize(
    "nested",
    [
        lambda both: both,
        lambda both: {"settings": {"notifications": both}},
    ],
)  # fmt: skip
@pytest.mark.parametrize("channels", [["ops"], {"ops": {"type": "slack"}}, [{"id": "ops"}, 5]])
def test_rules_may_stand_as_the_reference_has_them(nested: Any, channels: Any) -> None:
    rules = nested({"channels": channels, "rules": [written("r", "*", to="ops gone")]})

    given = rules_in(json.dumps(rules), "rules.json")

    assert [rule.channels for rule in given.rules.rules] == [("ops",)]
    assert [problem.place.rpartition("rules[0].")[2] for problem in given.problems] == ["channels[1]"]
    assert given.lost == 0


def test_rules_may_stand_in_a_config_toml() -> None:
    text = """
[server]
http = "127.0.0.1:1"

[notifications.channels.ops]
type = "desktop"

[[notifications.rules]]
id = "good"
events = ["*"]
channels = ["ops"]

[[notifications.rules]]
id = "bad"
events = ["*"]
channels = ["ops"]
condition = { field = "to", op = "=" }
"""

    given = rules_in(text, "config.toml")

    assert [rule.id for rule in given.rules.rules] == ["good"]
    assert given.problems[0].place.startswith("config.toml:17: ")
    assert given.lost == 1


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("{", "rules.json"),
        ("[]", "rules.json"),
        ("5", "rules.json"),
        ("", "rules.json"),
        ("[" * 20_000, "rules.json"),
        ('{"settings": 5}', "rules.json"),
        ("a = ", "config.toml"),
        ("notifications = 5", "config.toml"),
        ("a = " + "[" * 20_000, "config.toml"),
    ],
)  # fmt: skip
def test_what_is_no_configuration_is_said(text: str, name: str) -> None:
    with pytest.raises(InvalidError) as wrong:
        rules_in(text, name)

    assert wrong.value.place.startswith(name)


@pytest.mark.parametrize("rules", [None, 5, {}, "x", [5], [[]], [{}]])
def test_rules_that_are_none_are_problems(rules: Any) -> None:
    given = rules_in(json.dumps({"rules": rules}), "rules.json")

    assert (given.rules.rules, given.lost > 0) == ((), True)
    assert given.problems


def test_rules_to_be_imported_know_where_they_stood() -> None:
    text = json.dumps({"rules": [5, written("r", "*", condition={"and": []}, cooldownMs=5)]})

    found = rules_as_written(text, "f.json")

    assert [(rule.id, rule.condition, rule.cooldown_ms) for rule in found.rules] == [("r", {"and": []}, 5)]
    assert found.places == ["f.json: rules[1]"]
    assert [problem.place for problem in found.problems] == ["f.json: rules[0]"]
