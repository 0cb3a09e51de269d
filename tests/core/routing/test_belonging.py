"""Which ticket and which mission an event names."""

import pytest

from core.routing.belonging import About, about
from core.routing.router import Event
from storage.ids import Instant


def named(event: str, payload: dict[str, object], ticket: str | None = None, mission: str | None = None) -> About:
    return about(Event(event, payload, Instant(0), None, ticket, mission))


@pytest.mark.parametrize(
    ("event", "payload", "expected"),
    [
        ("task:created", {"taskId": "t1"}, About("t1")),
        ("task:created", {"taskId": 7}, About("7")),
        ("task:created", {"task": {"id": "t1"}}, About("t1")),
        ("task:updated", {"taskId": "t1", "task": {"missionId": "m1"}}, About("t1", "m1")),
        ("task:updated", {"taskId": "t1", "missionId": "m1"}, About("t1", "m1")),
        ("task:updated", {"task": {"id": "t1", "group": "Release"}}, About("t1", None, "Release")),
        ("mission:saved", {"missionId": "m1", "group": "Release"}, About(None, "m1", "Release")),
        ("sla:warning", {"entityType": "task", "entityId": "t1"}, About("t1")),
        ("sla:violated", {"entityType": "ticket", "entityId": "t1"}, About("t1")),
        ("sla:met", {"entityType": "mission", "entityId": "m1"}, About(None, "m1")),
        ("budget:warning", {"entityType": "task", "entityId": "t1"}, About()),
        ("sla:warning", {"entityType": "budget", "entityId": "b1"}, About()),
    ],
)
def test_an_event_names_what_it_is_about(event: str, payload: dict[str, object], expected: About) -> None:
    assert named(event, payload) == expected


def test_what_the_event_was_recorded_with_comes_before_what_its_payload_says() -> None:
    payload: dict[str, object] = {"taskId": "t1", "missionId": "m1"}
    assert named("task:created", payload, "t2", "m2") == About("t2", "m2")


@pytest.mark.parametrize(
    "payload",
    [
        {"taskId": ""},
        {"taskId": True},
        {"taskId": ["t1"]},
        {"taskId": None},
        {"taskId": "t" * 201},
        {"task": "t1"},
        {"task": [{"id": "t1"}]},
        {"group": {"name": "Release"}},
    ],
)
def test_what_can_be_no_id_is_none(payload: dict[str, object]) -> None:
    assert named("task:created", payload) == About()
