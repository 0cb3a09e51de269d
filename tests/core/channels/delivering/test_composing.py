"""A delivery as a message: what it belongs to, where it leads, and what it says to be over."""

from typing import Any

import msgspec
import pytest

from core.channels.delivering.composing import RESOLVING, compose
from core.channels.message import Message
from core.events.catalogue import CATALOGUE
from storage.deliveries import DueRow
from storage.delivering import Subject
from storage.ids import ChannelId, DeliveryId, Instant, WorkspaceId

PUBLIC = "https://board.example.org/"


def message(event: str, payload: dict[str, Any], public: str | None = None, **scope: str) -> Message:
    row = DueRow(
        seq=DeliveryId(1),
        id="notif_1",
        event_seq=None,
        event_id=None,
        event=event,
        rule_id="rule",
        rule_name="Rule",
        channel="ops",
        channel_type="slack",
        channel_id=ChannelId(1),
        workspace_id=WorkspaceId(3),
        private=False,
        title="Title",
        body="Body",
        severity="warning",
        sender_id=None,
        held_back=12,
        held_since=Instant(5),
        run_at=Instant(0),
        attempt=1,
        lease_token=None,
        created_at=Instant(7),
        fires_at=Instant(7),
        give_up_at=Instant(9),
    )
    subject = Subject(msgspec.json.encode(payload).decode(), scope.get("mission"), scope.get("ticket"))
    return compose(row, subject, public)


def test_a_message_says_what_the_delivery_says() -> None:
    made = message("task:review", {"a": 1}, ticket="T-1")

    assert (made.id, made.title, made.body, made.severity, made.rule) == (
        "notif_1",
        "Title",
        "Body",
        "warning",
        "rule",
    )
    assert (made.at, made.held_back, made.held_since) == (7, 12, 5)
    assert made.data == {"a": 1, "taskId": "T-1"}


@pytest.mark.parametrize(
    ("event", "payload", "thread"),
    [
        ("task:transition", {"taskId": "T-1"}, "3:task:T-1"),
        ("hook:failed", {"taskId": "T-1", "sessionId": "7"}, "3:task:T-1"),
        ("hook:failed", {"sessionId": "7"}, "3:session:7"),
        ("session:failed", {"sessionId": 7, "taskId": "T-1"}, "3:session:7"),
        ("approval:requested", {"approvalId": 4, "sessionId": 7}, "3:approval:4"),
        ("approval:resolved", {"approvalId": 4}, "3:approval:4"),
        ("sla:violated", {"entityType": "task", "entityId": "T-1", "taskId": "T-1"}, "3:sla:task:T-1"),
        ("quality:gate:failed", {"missionId": "m", "gateName": "g"}, "3:quality:gate:m:g"),
        ("mission:completed", {"missionId": "m"}, "3:mission:m"),
        ("deploy:done", {"version": "4.2"}, "deploy:done"),
    ],
)
def test_what_is_about_one_thing_has_one_thread(event: str, payload: dict[str, Any], thread: str) -> None:
    assert message(event, payload).thread == thread


@pytest.mark.parametrize(
    ("bad", "good", "payload"),
    [
        ("sla:violated", "sla:met", {"entityType": "task", "entityId": "T-1"}),
        ("quality:gate:failed", "quality:gate:passed", {"missionId": "m", "gateName": "g"}),
        ("approval:requested", "approval:resolved", {"approvalId": 4}),
        ("task:timeout", "task:recovered", {"taskId": "T-1"}),
        ("session:failed", "session:finished", {"sessionId": 7}),
        ("key:suspicious", "key:rotated", {"keyId": "key_1"}),
    ],
)
def test_good_news_ends_the_bad_news_of_the_same_thing(bad: str, good: str, payload: dict[str, Any]) -> None:
    before, after = message(bad, payload), message(good, payload)

    assert (before.resolves, after.resolves) == (False, True)
    assert before.thread == after.thread


def test_a_ticket_is_over_when_it_is_completed() -> None:
    failed = message("task:transition", {"taskId": "T-1", "to": "failed"})
    completed = message("task:transition", {"taskId": "T-1", "to": "completed"})

    assert (failed.resolves, completed.resolves) == (False, True)
    assert failed.thread == completed.thread


def test_all_that_ends_something_is_in_the_catalogue() -> None:
    assert set(RESOLVING) <= set(CATALOGUE)


def test_a_link_leads_to_the_server_where_it_is_known_how_others_reach_it() -> None:
    payload = {"sessionId": 7}

    assert message("session:failed", payload, PUBLIC).link == "https://board.example.org/api/v1/sessions/7"
    assert message("session:failed", payload).link is None
    assert message("deploy:done", {}, PUBLIC).link is None
