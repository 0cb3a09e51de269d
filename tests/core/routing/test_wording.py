"""What messages say: of every event in the catalogue, by rules with texts of their own, of hostile payloads."""

from typing import Any

import pytest

from core.api.inbox import Severity
from core.events.catalogue import CATALOGUE
from core.routing.router import Event
from core.routing.rule import Rule
from core.routing.wording import SIGNS, worded
from storage.ids import Instant
from tests.core.routing.corpus import event, rules_of, written


def rule(**parts: Any) -> Rule:
    return rules_of(written("r", "**", "notification:**", **parts))[0]


@pytest.mark.parametrize("severity", ["info", "warning", "critical"])
def test_every_event_has_a_title_with_its_sign_first_and_once_and_a_body(severity: Severity) -> None:
    sign, sends = SIGNS[severity], rule(severity=severity)
    for name, data in ((name, data) for name, kind in CATALOGUE.items() for data in ({}, kind.example or {})):
        said = worded(sends, Event(name, data, Instant(0)))

        assert said.title.startswith(f"{sign} ")
        assert sum(said.title.count(other) for other in SIGNS.values()) == 1
        assert said.title.removeprefix(sign).strip() not in ("", name)
        assert said.body.strip()
        assert "{{" not in said.title + said.body
        assert said.severity == severity


def test_an_event_of_no_catalogue_is_its_name_and_its_fields() -> None:
    said = worded(rule(), event("deploy:done", version=4.0, where={"a": [1]}, by=None, ok=True))

    assert (said.title, said.body) == ("ℹ️ deploy:done", 'version: 4\nwhere: {"a":[1]}\nby: \nok: true')
    assert worded(rule(), event("deploy:done")).body == "It came without anything more."


def test_a_title_that_has_its_sign_gets_no_second() -> None:
    said = worded(rule(severity="critical"), event("system:notice", title="🚨 Down", body="x"))

    assert said.title == "🚨 Down"


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("Task {{taskId}} moved to {{ to }}", "Task t1 moved to failed"),
        ("{{missing}}|{{none}}|{{zero}}|{{no}}|{{empty}}", "||0|false|"),
        ("{{l.0.t}} {{l[0].t}} {{l[9].t}} {{l.length}}", "x x  "),
        ("{{task}} {{l}}", '{"title":"A & B"} [{"t":"x"}]'),
        ("{{task.title}} <b>{{to}}</b>", "A & B <b>failed</b>"),
        ("{{twice}} {{{to}}} {{", "{{to}} {failed} {{"),
        ("{{a-b}} {{__class__}} {{task.constructor}}", "dash  "),
        ("plain %s {0} $& \\1", "plain %s {0} $& \\1"),
        ("", ""),
    ],
)
def test_a_template_is_filled_in_one_pass_and_is_the_body_alone(template: str, text: str) -> None:
    data = {
        "taskId": "t1", "to": "failed", "none": None, "zero": 0, "no": False, "empty": "", "l": [{"t": "x"}],
        "task": {"title": "A & B"}, "twice": "{{to}}", "a-b": "dash",
    }  # fmt: skip

    said = worded(rule(template=template), Event("task:transition", data, Instant(0)))

    assert (said.title, said.body) == ("ℹ️ Ticket failed: A & B", text)


def test_a_title_of_the_rule_is_as_it_is_written() -> None:
    said = worded(rule(title="[{{to}}] {{taskId}}", severity="critical"), event("task:transition", to="failed"))

    assert (said.title, said.body) == ("[failed] ", "A ticket moved to another state.")


def test_a_message_is_never_without_any_text() -> None:
    said = worded(rule(title="{{none}}", template="{{none}}"), event("task:created"))

    assert (said.title, said.body) == ("ℹ️ A ticket was created", "")


def test_the_ticket_and_the_mission_are_those_of_the_event_where_the_payload_names_none() -> None:
    template = rule(template="{{taskId}} {{missionId}}")

    assert worded(template, Event("a", {}, Instant(0), None, "t1", "m1")).body == "t1 m1"
    assert worded(template, Event("a", {"taskId": "t2"}, Instant(0), None, "t1", None)).body == "t2 "


def test_texts_have_an_end() -> None:
    said = worded(rule(title="{{x}}", template="{{x}}{{x}}"), event("a", x="y" * 100_000))

    assert (len(said.title), len(said.body)) == (1_000, 64_000)
    assert said.title.endswith("y…")


@pytest.mark.parametrize("template", ["{{" * 5_000, "{{" + " " * 9_990, "{{a " * 2_000, "{{" + ".a" * 4_990])
def test_braces_without_end_cost_no_time(template: str) -> None:
    assert worded(rule(template=template), event("a")).body == template
