"""Apprise: what it sends, what it says of a failure, and what is said where it is not installed."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from core.channels.adapters.apprise import AppriseAdapter, AppriseSettings
from core.channels.message import Message
from core.channels.outbound.http_client import HttpClient
from core.channels.outbound.policy import OutboundPolicy
from core.channels.outcome import Ambiguous, Refused, Sent, Transient
from core.clock import ManualClock
from core.secret import Secret
from storage.ids import Instant

SECRET = "s3cr3t-topic"
NOON = Instant(1_772_452_800_000_000)
MESSAGE = Message(
    "notif_1", "Disk \x1b[31mfull", "Only <b>1</b> %\nleft.", "critical", "disk:full", "disks", {}, NOON, "d"
)


@dataclass
class Taker:
    """A web server that takes JSON, as Apprise's service `json` sends it."""

    port: int = 0
    status: int = 200
    hangs: bool = False
    received: list[Any] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.received.append(await request.json())
        if self.hangs:
            await asyncio.Event().wait()
        return web.Response(status=self.status, headers={"Location": f"http://127.0.0.1:{self.port}/elsewhere"})


@pytest.fixture
async def taker() -> AsyncIterator[Taker]:
    taker = Taker()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", taker.take)
    runner = web.AppRunner(app, shutdown_timeout=0.01, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    taker.port = runner.addresses[0][1]
    yield taker
    await runner.cleanup()


def adapter(url: str, limit: float = 5.0) -> AppriseAdapter:
    client = HttpClient(OutboundPolicy(), ManualClock(NOON), limit=limit)
    return AppriseAdapter(AppriseSettings(Secret(url)), client)


async def test_a_message_goes_out_cleaned_and_with_its_severity(taker: Taker) -> None:
    assert await adapter(f"json://127.0.0.1:{taker.port}/{SECRET}").send(MESSAGE) == Sent()
    (received,) = taker.received
    assert received["title"] == "Disk ␛[31mfull"
    assert received["message"] == "Only <b>1</b> %\nleft."
    assert received["type"] == "failure"
    assert received["attachments"] == []


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 307])
async def test_any_refusal_is_tried_again_and_no_redirect_followed(
    taker: Taker, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    taker.status = status
    outcome = await adapter(f"json://ann:{SECRET}@127.0.0.1:{taker.port}/{SECRET}/").send(MESSAGE)
    assert isinstance(outcome, Transient)
    assert outcome.sentence.startswith("Apprise failed: ")
    assert SECRET not in outcome.sentence
    assert SECRET not in caplog.text
    assert len(taker.received) == 1


async def test_a_service_that_hangs_may_have_taken_it(taker: Taker) -> None:
    taker.hangs = True
    outcome = await adapter(f"json://127.0.0.1:{taker.port}/?rto=0.4&cto=0.4", limit=0.2).send(MESSAGE)
    assert isinstance(outcome, Ambiguous)


async def test_a_check_sends_nothing(taker: Taker) -> None:
    assert isinstance(await adapter(f"json://127.0.0.1:{taker.port}").check(), Sent)
    assert taker.received == []


@pytest.mark.parametrize("url", ["nothing://of/the/kind", "file:///etc/passwd", "json://"])
async def test_what_apprise_does_not_know_is_refused(url: str) -> None:
    assert isinstance(await adapter(url).send(MESSAGE), Refused)
    assert isinstance(await adapter(url).check(), Refused)


async def test_without_the_extra_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    wrong = AppriseSettings(Secret("ntfy://ntfy.sh/topic")).wrong()
    assert wrong is not None
    assert "pip install 'callboard[apprise]'" in wrong[1]
    outcome = await adapter("ntfy://ntfy.sh/topic").send(MESSAGE)
    assert isinstance(outcome, Refused)
    assert "pip install" in outcome.sentence


def test_what_is_no_url_is_found_when_it_is_read() -> None:
    assert AppriseSettings(Secret("just words")).wrong() is not None
    assert AppriseSettings(Secret("ntfy://ntfy.sh/topic")).wrong() is None
