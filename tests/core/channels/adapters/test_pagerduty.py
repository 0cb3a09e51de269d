"""PagerDuty: alerts are opened and resolved by their thread."""

from typing import Any

import pytest

from core.channels.adapters.pagerduty import Pagerduty, PagerdutySettings, dedup_key, event_of
from core.channels.outcome import Gone, Outcome, Refused, Sent
from core.secret import Secret
from tests.core.channels.sending import client, message
from tests.fakes.pagerduty import KEY, FakePagerduty


async def sent(double: FakePagerduty, key: str = KEY, **facts: Any) -> Outcome:
    http = client(double.allowed)
    outcome = await Pagerduty(PagerdutySettings(Secret(key), "build-7", double.url), http).send(message(**facts))
    await http.close()
    return outcome


async def test_an_alert_is_opened_with_its_thread_as_the_key_and_resolved_by_it() -> None:
    async with FakePagerduty().open() as double:
        assert await sent(double) == Sent(receipt="ticket:t1")
        assert list(double.open_alerts) == ["ticket:t1"]
        assert await sent(double, resolves=True) == Sent(receipt="ticket:t1")
        assert not double.open_alerts


async def test_an_attempt_that_is_made_again_opens_nothing_new() -> None:
    async with FakePagerduty().open() as double:
        await sent(double)
        await sent(double)
        assert len(double.open_alerts) == 1


def test_the_event_says_what_happened_where_and_when() -> None:
    event: Any = event_of(message(link="https://board.example/t/1", held_back=3), "build-7")
    assert event["payload"] == {
        "summary": "🚨 Ticket t1 failed",
        "source": "build-7",
        "severity": "critical",
        "timestamp": "2026-03-02T12:00:00.000+00:00",
        "class": "task:transition",
        "custom_details": {
            "event": "task:transition",
            "rule": "failed-tickets",
            "body": "Tests: 3 of 42 failed.",
            "data": {"taskId": "t1", "to": "failed"},
            "heldBack": 3,
        },
    }
    assert event["links"] == [{"href": "https://board.example/t/1", "text": "Open"}]


@pytest.mark.parametrize(
    "facts",
    [
        {"title": "x" * 5_000},
        {"title": ""},
        {"title": "\n \t"},
        {"body": "x" * 1_000_000},
        {"data": {"log": "x" * 1_000_000}},
        {"thread": "t" * 5_000},
    ],
    ids=["title", "no title", "blank title", "body", "data", "thread"],
)
async def test_what_is_too_long_or_empty_is_made_to_fit(facts: dict[str, Any]) -> None:
    async with FakePagerduty().open() as double:
        assert isinstance(await sent(double, **facts), Sent)


def test_long_threads_have_keys_of_their_own() -> None:
    keys = {dedup_key("t" * 300 + end) for end in "ab"}
    assert len(keys) == 2
    assert all(len(key) <= 255 for key in keys)


async def test_a_key_that_is_not_known_says_that_the_channel_is_gone() -> None:
    async with FakePagerduty().open() as double:
        outcome = await sent(double, "f" * 32)
    assert isinstance(outcome, Gone)
    assert "Event object is invalid: Invalid routing key" in outcome.sentence


async def test_an_event_that_is_refused_says_message_and_errors() -> None:
    async with FakePagerduty().open() as double:
        outcome = await sent(double, severity="urgent")
    assert isinstance(outcome, Refused)
    assert outcome.sentence == (
        "PagerDuty answered 400: Event object is invalid: "
        "'payload.severity' is invalid (must be one of: critical, warning, error, info)"
    )


@pytest.mark.parametrize(("key", "wrong"), [(KEY, False), ("another-key", False), ("a key", True), ("", True)])
def test_a_routing_key_is_one_word(key: str, wrong: bool) -> None:
    assert (PagerdutySettings(Secret(key)).wrong() is not None) is wrong
