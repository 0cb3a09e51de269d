"""Every hostile text through each channel: no service refuses to read it, and nothing in it controls a screen."""

import unicodedata
from collections.abc import Iterator
from typing import Any

from core.channels.adapters.pagerduty import event_of
from core.channels.adapters.slack import payload
from core.channels.adapters.telegram_html import parts_of
from core.channels.adapters.webhook import body_of
from core.channels.outbound.http_client import json_body
from tests.core.channels.sending import message
from tests.fakes import pagerduty, slack, telegram
from tests.fakes.http_double import Asked
from tests.fakes.pagerduty import FakePagerduty
from tests.fakes.slack import FakeSlack
from tests.fakes.telegram import FakeTelegram
from tests.fakes.webhook import FakeReceiver
from tests.hostile.corpus import CORPUS, Kind, Sample

JSON = {"Content-Type": "application/json"}
_REORDERS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, entry in value.items():
            yield from () if name == "data" else texts(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from texts(entry)


def assert_harmless(body: bytes, value: Any) -> None:
    assert body.isascii()
    assert body.decode().isprintable()
    for text in texts(value):
        harmful = {char for char in text if unicodedata.category(char) == "Cc"} - {"\n"}
        assert not harmful | (_REORDERS & set(text)), ascii(text)


def hostile(sample: Sample) -> Any:
    return message(title=sample.text, body=f"{sample.text}\n<b>{sample.text}</b>", data={"text": sample.text})


async def test_slack_takes_every_hostile_text() -> None:
    double = FakeSlack()
    for sample in CORPUS:
        asked = Asked("POST", slack.PATH, JSON, json_body(payload(hostile(sample))))
        assert (await double.answer(asked)).text == "ok", sample.id
        assert_harmless(asked.body, asked.json)


async def test_telegram_reads_every_hostile_text() -> None:
    double = FakeTelegram()
    path = f"/bot{telegram.TOKEN}/sendMessage"
    for sample in CORPUS:
        for part in parts_of(hostile(sample)):
            fields = {"chat_id": telegram.CHAT, "text": part.html, "parse_mode": "HTML"}
            asked = Asked("POST", path, JSON, json_body(fields))
            assert (await double.answer(asked)).status == 200, (sample.id, double.refused)
            assert_harmless(asked.body, asked.json)
            assert double.shown[-1]["text"] == part.plain


async def test_pagerduty_takes_every_hostile_text() -> None:
    double = FakePagerduty()
    for sample in CORPUS:
        event = {"routing_key": pagerduty.KEY, **event_of(hostile(sample), "build-7")}
        asked = Asked("POST", "/v2/enqueue", JSON, json_body(event))
        assert (await double.answer(asked)).status == 202, sample.id
        assert_harmless(asked.body, asked.json)


async def test_a_webhook_takes_every_hostile_text() -> None:
    double = FakeReceiver()
    for sample in CORPUS:
        asked = Asked("POST", "/", JSON, body_of(hostile(sample)))
        assert (await double.answer(asked)).status == 204, sample.id
        assert_harmless(asked.body, asked.json)


def test_ordinary_text_arrives_as_it_was_written() -> None:
    for sample in CORPUS:
        if sample.kind is Kind.ORDINARY:
            assert sample.text.strip() in parts_of(message(body=f"<b>{sample.text}</b>"))[0].plain
