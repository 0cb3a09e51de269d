"""A burst of events with a hundred rules: how soon a healthy channel is done, alone and beside three bad ones.

One of them hangs, one answers 429 with `Retry-After`, one ends the connection after reading. The receivers run in
this process; the server has one of its own."""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path

from core.api import deliveries, events
from core.api import server as server_api
from core.api.deliveries import DeliveryStats
from core.api.events import EventRequest
from core.home import Home
from core.live_client import LiveClient
from tests.bench.figures import Figure
from tests.bench.serving import callboard_server
from tests.fakes.failing import Failing
from tests.fakes.webhook import FakeReceiver

EVENTS = 5_000
RULES = 100
CLIENTS = 16
BAD: Mapping[str, Failing] = {
    "hanging": Failing.HANG,
    "limited": Failing.TOO_MANY,
    "dropping": Failing.DROP,
}


def measure() -> list[Figure]:
    return list(asyncio.run(_figures()))


async def _figures() -> Iterable[Figure]:
    alone, _ = await _burst({})
    beside, stats = await _burst(BAD)
    kept = stats.pending + stats.sent + stats.failed
    asked = EVENTS * (1 + len(BAD))
    return [
        Figure(
            f"deliveries/s to one webhook, {EVENTS:,} events, {RULES} rules",
            f"{EVENTS / alone:,.0f}/s",
            "",
            None,
            "none set",
            True,
        ),
        Figure(
            "healthy channel done, beside three bad ones",
            f"{beside:.1f} s",
            f"alone {alone:.1f} s",
            beside / alone,
            "unaffected",
            beside < 2 * alone,
        ),
        Figure(
            "deliveries that are sent or waiting, of all that rules asked for",
            f"{kept:,}",
            f"asked for {asked:,}",
            kept / asked,
            "all",
            kept == asked,
        ),
    ]


async def _burst(bad: Mapping[str, Failing]) -> tuple[float, DeliveryStats]:
    """How long it took until the healthy channel had everything, and what became of all deliveries then."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        receivers = {"healthy": await stack.enter_async_context(FakeReceiver().open())}
        for name, how in bad.items():
            receivers[name] = await stack.enter_async_context(FakeReceiver(failing=how).open())
        home = _home(folder, receivers)
        await asyncio.to_thread(stack.enter_context, callboard_server(home.path))
        clients = [LiveClient(home.socket) for _ in range(CLIENTS)]
        began = time.perf_counter()
        await asyncio.gather(*(_post(client, number) for number, client in enumerate(clients)))
        await _until(lambda: _taken(receivers["healthy"]))
        took = time.perf_counter() - began
        await _until(lambda: _addressed(clients[0]))
        stats = await clients[0].send(deliveries.delivery_stats())
        for client in clients:
            await client.close()
        return took, stats


def _home(folder: str, receivers: Mapping[str, FakeReceiver]) -> Home:
    home = Home(Path(folder).resolve() / "home")
    home.create()
    home.config.write_text(_configuration(receivers))
    home.config.chmod(0o600)
    return home


async def _post(client: LiveClient, first: int) -> None:
    for number in range(first, EVENTS, CLIENTS):
        request = EventRequest(f"burst:kind-{number % RULES}", {"number": number})
        await client.send(events.post("default", request))


async def _taken(receiver: FakeReceiver) -> bool:
    return len(receiver.taken) >= EVENTS


async def _addressed(client: LiveClient) -> bool:
    return (await client.send(server_api.status())).behind == 0


async def _until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(300):
        while True:
            if await holds():
                return
            await asyncio.sleep(0.01)


def _configuration(receivers: Mapping[str, FakeReceiver]) -> str:
    allowed = ", ".join(f'"{receiver.allowed}"' for receiver in receivers.values())
    named = ", ".join(f'"{name}"' for name in receivers)
    channels = [
        f'[notifications.channels.{name}]\ntype = "webhook"\nurl = "{receiver.hook}"\n'
        for name, receiver in receivers.items()
    ]
    rules = [
        f'[[notifications.rules]]\nid = "r{number}"\nname = "Rule {number}"\n'
        f'events = ["burst:kind-{number}"]\nchannels = [{named}]\n'
        for number in range(RULES)
    ]
    return "\n".join([f"[outbound]\nallow = [{allowed}]\n", *channels, *rules])
