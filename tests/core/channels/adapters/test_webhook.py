"""Webhooks: what is posted, how it is signed, and what may be configured."""

from typing import Any

import msgspec
import pytest
from standardwebhooks import Webhook as Library

from core.channels.adapters.signing import keys_of, signatures
from core.channels.adapters.webhook import LARGEST, WebhookSettings, body_of
from core.channels.outcome import Refused, Sent
from core.clock import SECOND, SystemClock
from core.secret import Secret
from tests.core.channels.sending import NOON, client, message, webhook_at
from tests.fakes.webhook import SECRET, FakeReceiver

OTHER = "whsec_C2FtZSBsZW5ndGggYXMgdGhlIG90aGVyIQ=="


def read(**facts: Any) -> Any:
    return msgspec.json.decode(body_of(message(**facts)))


def test_the_json_has_the_fields_of_the_reference() -> None:
    assert read() == {
        "id": "notif_01HXYZ",
        "event": "task:transition",
        "severity": "critical",
        "title": "🚨 Ticket t1 failed",
        "body": "Tests: 3 of 42 failed.",
        "data": {"taskId": "t1", "to": "failed"},
        "timestamp": "2026-03-02T12:00:00.000Z",
        "ruleId": "failed-tickets",
    }


def test_what_was_held_back_is_counted() -> None:
    assert read(held_back=12)["heldBack"] == 12


@pytest.mark.parametrize(
    "facts",
    [
        {"data": {"log": "x" * 100_000}},
        {"body": "y" * 100_000},
        {"body": "\U0001f600" * 50_000, "data": {"log": "x" * 100_000}},
        {"title": "\u754c" * 50_000, "body": "\u754c" * 50_000},
    ],
    ids=["data", "body", "both", "title"],
)
def test_what_is_too_large_is_left_out_and_said_to_be(facts: dict[str, Any]) -> None:
    assert len(body_of(message(**facts))) <= LARGEST
    assert read(**facts)["id"] == "notif_01HXYZ"


def test_data_that_is_too_large_says_so_in_its_place() -> None:
    assert "left out" in read(data={"log": "x" * 100_000})["data"]["leftOut"]
    assert read(data={"log": "x" * 100_000})["body"] == "Tests: 3 of 42 failed."


async def received(double: FakeReceiver, **settings: Any) -> Any:
    http = client(double.allowed)
    outcome = await webhook_at(double, http, **settings).send(message())
    await http.close()
    return outcome


async def test_a_receiver_with_the_published_library_takes_what_is_signed() -> None:
    async with FakeReceiver(secret=SECRET).open() as double:
        http = client(double.allowed, clock=SystemClock())
        assert await webhook_at(double, http).send(message()) == Sent()
        assert isinstance(await webhook_at(double, http, secret=Secret(OTHER)).send(message()), Refused)
        await http.close()
    assert list(double.taken) == ["notif_01HXYZ"]


def _now() -> int:
    return SystemClock().now() // SECOND


def test_the_signature_is_that_of_the_published_vector() -> None:
    keys = keys_of(Secret(SECRET)) or []
    signed = signatures(keys, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("known", [SECRET, OTHER])
def test_a_receiver_that_knows_either_secret_takes_it_while_they_change(known: str) -> None:
    keys = keys_of(Secret(f"{OTHER} {SECRET}")) or []
    headers = {
        "webhook-id": "notif_1",
        "webhook-timestamp": str(_now()),
        "webhook-signature": signatures(keys, "notif_1", _now(), b"{}"),
    }
    assert Library(known).verify(b"{}", headers) == {}


async def test_the_id_stays_the_same_from_attempt_to_attempt() -> None:
    async with FakeReceiver().open() as double:
        await received(double)
        await received(double)
    assert [asked.headers["webhook-id"] for asked in double.asked] == ["notif_01HXYZ", "notif_01HXYZ"]
    assert len(double.taken) == 1


async def test_the_configured_headers_are_sent_and_may_name_another_content_type() -> None:
    headers = {"content-type": Secret("application/cloudevents+json"), "X-Team": Secret("ops é")}
    async with FakeReceiver().open() as double:
        assert await received(double, headers=headers, secret=None) == Sent()
    sent = double.asked[0].headers
    assert sent["Content-Type"] == "application/cloudevents+json"
    assert sent["X-Team"] == "ops é"
    assert "webhook-signature" not in sent
    assert sent["webhook-timestamp"] == str(NOON // SECOND)


async def test_a_token_is_sent_in_the_clear_only_to_what_is_listed() -> None:
    http = client()
    settings = {"url": Secret("http://93.184.216.34/x")}
    double = FakeReceiver(url="http://93.184.216.34")
    outcome = await webhook_at(double, http, **settings).send(message())
    await http.close()
    assert isinstance(outcome, Refused)
    assert "unencrypted" in outcome.sentence


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({}, None),
        ({"url": Secret("example.com")}, "url"),
        ({"headers": {"X-A": Secret("b\r\nX-C: d")}}, "headers.X-A"),
        ({"headers": {"X-A": Secret("b\nc")}}, "headers.X-A"),
        ({"headers": {"X-A": Secret("b\x00c")}}, "headers.X-A"),
        ({"headers": {"X A": Secret("b")}}, "headers"),
        ({"headers": {"X-A\r\nX-B": Secret("b")}}, "headers"),
        ({"headers": {"": Secret("b")}}, "headers"),
        ({"headers": {"Host": Secret("b")}}, "headers.Host"),
        ({"headers": {"content-length": Secret("1")}}, "headers.content-length"),
        ({"headers": {"Webhook-Id": Secret("1")}}, "headers.Webhook-Id"),
        ({"headers": {"X-A": Secret("é, ok\t;")}}, None),
        ({"secret": Secret("whsec_%%%")}, "secret"),
        ({"secret": Secret("")}, "secret"),
        ({"secret": Secret(SECRET)}, None),
        ({"secret": Secret(f"{SECRET} {OTHER}")}, None),
    ],
)
def test_what_is_wrong_with_a_configuration_is_named(settings: dict[str, Any], key: str | None) -> None:
    wrong = WebhookSettings(**{"url": Secret("https://hooks.example.com/x"), **settings}).wrong()
    assert (wrong[0] if wrong else None) == key
