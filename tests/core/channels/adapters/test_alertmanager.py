"""A sender that others wrote, Debian's Alertmanager, behaves towards the doubles as our adapters do."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from tests.fakes import pagerduty
from tests.fakes.failing import Failing
from tests.fakes.pagerduty import FakePagerduty
from tests.fakes.slack import FakeSlack
from tests.fakes.telegram import CHAT, TOKEN, FakeTelegram
from tests.fakes.webhook import FakeReceiver

PROGRAM = shutil.which("prometheus-alertmanager")
SECONDS = 30
ALERT = {"labels": {"alertname": "DiskFull", "severity": "critical"}, "annotations": {"summary": "1 % left"}}

CONFIGURATION = """
route:
  receiver: all
  group_wait: 0s
  group_interval: 1s
receivers:
  - name: all
    slack_configs:
      - api_url: {slack}
        channel: ops
    telegram_configs:
      - api_url: {telegram}
        bot_token: "{token}"
        chat_id: {chat}
        parse_mode: HTML
    pagerduty_configs:
      - url: {pagerduty}/v2/enqueue
        routing_key: {key}
    webhook_configs:
      - url: {webhook}
"""

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="Debian's prometheus-alertmanager is not installed")


@dataclass
class Doubles:
    slack: FakeSlack
    telegram: FakeTelegram
    pagerduty: FakePagerduty
    webhook: FakeReceiver

    def configuration(self) -> str:
        return CONFIGURATION.format(
            slack=self.slack.webhook,
            telegram=self.telegram.url,
            token=TOKEN,
            chat=CHAT,
            pagerduty=self.pagerduty.url,
            key=pagerduty.KEY,
            webhook=self.webhook.hook,
        )


@asynccontextmanager
async def alertmanager(folder: Path, configuration: str) -> AsyncIterator[str]:
    """The program, on a port of its own, with no cluster and no memory."""
    assert PROGRAM is not None
    (folder / "alertmanager.yml").write_text(configuration)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        PROGRAM,
        f"--config.file={folder / 'alertmanager.yml'}",
        f"--storage.path={folder}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        await process.wait()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(SECONDS):
        while not condition():  # noqa: ASYNC110 - others' servers set no event of ours
            await asyncio.sleep(0.01)


async def post(url: str) -> None:
    """Tell it of an alert, as soon as it listens."""
    async with aiohttp.ClientSession() as session, asyncio.timeout(SECONDS):
        while True:
            try:
                async with session.post(f"{url}/api/v2/alerts", json=[ALERT]) as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.02)


async def test_an_alert_reaches_every_double_and_what_fails_at_first_is_sent_again(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        doubles = Doubles(
            await stack.enter_async_context(FakeSlack().open()),
            await stack.enter_async_context(FakeTelegram().open()),
            await stack.enter_async_context(FakePagerduty().open()),
            await stack.enter_async_context(FakeReceiver().open()),
        )
        doubles.slack.fails(Failing.BUSY, 1)
        doubles.pagerduty.fails(Failing.TOO_MANY, 1)
        doubles.webhook.fails(Failing.BROKEN, 1)
        url = await stack.enter_async_context(alertmanager(tmp_path, doubles.configuration()))
        await post(url)
        await until(
            lambda: (
                doubles.slack.shown
                and doubles.telegram.shown
                and doubles.pagerduty.open_alerts
                and doubles.webhook.taken
            )
        )
    assert "DiskFull" in str(doubles.slack.shown)
    assert "DiskFull" in doubles.telegram.shown[0]["text"]
    assert "DiskFull" in str(doubles.pagerduty.open_alerts)
    assert doubles.slack.refused == doubles.telegram.refused == []
    assert [len(double.asked) for double in (doubles.slack, doubles.pagerduty, doubles.webhook)] == [2, 2, 2]
