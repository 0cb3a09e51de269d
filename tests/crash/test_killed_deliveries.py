"""The server is killed while it delivers: nothing is lost, and what is sent twice carries the same id."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from core.api import deliveries, events
from core.api import server as server_api
from core.api.deliveries import DeliveryStats, Sending
from core.api.events import EventRequest
from core.api.wire import Call
from core.channels.delivering.worker import LATE
from core.errors import CallboardError
from core.home import Home
from core.live_client import LiveClient
from tests.fakes.webhook import FakeReceiver
from tests.forks import Fork
from tests.servers import home_in, start

T = TypeVar("T")

KILLS = 6
AT_ONCE = 4  # of a webhook
CLIENTS = 4
PATIENCE = 60.0

CONFIG = """
[outbound]
allow = ["{allowed}"]
[notifications.channels.hook]
type = "webhook"
url = "{url}"
[[notifications.rules]]
id = "all"
name = "All"
events = ["load:*"]
channels = ["hook"]
"""


class Post:
    """Clients that post events, each again until it is acknowledged."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.acknowledged: set[str] = set()

    async def client(self, number: int) -> None:
        count = 0
        client = LiveClient(self.home.socket)
        try:
            while True:
                name = f"{number}-{count}"
                try:
                    await client.send(events.post("default", EventRequest("load:put", {"name": name}, id=name)))
                except CallboardError:
                    await asyncio.sleep(0.01)  # the server is not there
                    continue
                self.acknowledged.add(name)
                count += 1
                await asyncio.sleep(0.01)  # enough is under way all the same
        finally:
            await client.close()


async def test_kills_under_load_lose_nothing_and_double_no_more_than_what_was_under_way(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    chance = random.Random(20261121)
    async with FakeReceiver().open() as receiver:
        server = await begun(home, receiver)
        post = Post(home)
        clients = [asyncio.create_task(post.client(number)) for number in range(CLIENTS)]
        for _ in range(KILLS):
            await asyncio.sleep(chance.uniform(0.05, 0.3))  # the moment of the kill is the case
            await killed(server)
            server = await begun(home, receiver)
        for client in clients:
            client.cancel()
        await asyncio.gather(*clients, return_exceptions=True)
        await until(lambda: all_sent(home))
        stats = await ask(home, deliveries.delivery_stats())
        await stopped(server)

    arrived = [asked.json["data"]["name"] for asked in receiver.asked]
    ids = {asked.headers["webhook-id"]: asked.json["data"]["name"] for asked in receiver.asked}
    assert len(post.acknowledged) >= KILLS
    assert post.acknowledged - set(arrived) == set()
    assert sum(times - 1 for times in Counter(arrived).values()) <= KILLS * AT_ONCE
    assert len(ids) == len(set(ids.values())) == stats.sent == stats.total


async def test_a_delayed_send_whose_time_comes_while_there_is_no_server_goes_out_once_and_says_why(
    tmp_path: Path,
) -> None:
    home = home_in(tmp_path)
    async with FakeReceiver().open() as receiver:
        server = await begun(home, receiver)
        sending = Sending("hook", "Later", "Body", delay_ms=2_000)
        made = await ask(home, deliveries.send("default", sending))
        await killed(server)
        due = time.monotonic() + 2.0
        await until(lambda: is_past(due))
        server = await begun(home, receiver)
        await until(lambda: all_sent(home))
        detail = await ask(home, deliveries.delivery(made.id))
        await stopped(server)

    assert [asked.headers["webhook-id"] for asked in receiver.asked] == [made.id]
    assert (detail.delivery.status, detail.delivery.reason) == ("sent", LATE)
    assert [attempt.outcome for attempt in detail.attempts] == ["sent"]


async def begun(home: Home, receiver: FakeReceiver) -> Fork:
    home.create()
    if not home.config.exists():
        home.config.write_text(CONFIG.format(allowed=receiver.allowed, url=receiver.hook))
        home.config.chmod(0o600)
    server = start(home)
    line = await asyncio.to_thread(server.stdout.readline)
    assert line.startswith("ready "), line
    return server


async def killed(server: Fork) -> None:
    server.kill()
    await asyncio.to_thread(server.wait)


async def stopped(server: Fork) -> None:
    server.terminate()
    assert await asyncio.to_thread(server.wait, PATIENCE) == 0


async def all_sent(home: Home) -> bool:
    stats: DeliveryStats = await ask(home, deliveries.delivery_stats())
    status = await ask(home, server_api.status())
    return status.behind == 0 and stats.pending == 0


async def is_past(moment: float) -> bool:
    return time.monotonic() > moment


async def ask(home: Home, call: Call[T]) -> T:
    client = LiveClient(home.socket)
    try:
        return await client.send(call)
    finally:
        await client.close()


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            if await holds():
                return
            await asyncio.sleep(0.02)
