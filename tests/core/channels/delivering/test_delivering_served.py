"""From an event to a service and back, with a real server and a double of the service."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from core.api import channels, deliveries, events, inbox, server
from core.api.deliveries import Delivery, Sending
from core.api.events import EventRequest
from tests.fakes.failing import Failing
from tests.fakes.webhook import FakeReceiver
from tests.servers import Here, here, home_in

CONFIG = """
[outbound]
allow = ["{allowed}"]
[notifications.channels.hook]
type = "webhook"
url = "{url}"
[[notifications.rules]]
id = "everything"
name = "Everything"
events = ["*"]
channels = ["hook"]
[[notifications.rules]]
id = "router"
name = "Of the router itself"
events = ["notification:*", "**"]
channels = ["hook", "nowhere"]
"""


class Served:
    def __init__(self, running: Here, receiver: FakeReceiver) -> None:
        self.send = running.client.send
        self.receiver = receiver

    async def settled(self) -> list[Delivery]:
        """All deliveries, when none is under way any more and no event is waiting."""

        async def ended() -> bool:
            found = (await self.send(deliveries.deliveries(limit=500))).items
            behind = (await self.send(server.status())).behind
            return bool(found) and not behind and all(each.settled_at for each in found)

        await until(ended)
        await until(ended)
        return (await self.send(deliveries.deliveries(limit=500))).items


async def served(stack: AsyncExitStack, folder: Path, config: str = CONFIG) -> Served:
    receiver = await stack.enter_async_context(FakeReceiver().open())
    home = home_in(folder)
    home.create()
    home.config.write_text(config.format(allowed=receiver.allowed, url=receiver.hook))
    home.config.chmod(0o600)
    return Served(await stack.enter_async_context(here(home)), receiver)


@pytest.mark.parametrize("failing", [None, Failing.BAD])
async def test_rules_for_everything_never_loop(tmp_path: Path, failing: Failing | None) -> None:
    async with AsyncExitStack() as stack:
        it = await served(stack, tmp_path)
        it.receiver.fails(failing)
        await it.send(events.post("default", EventRequest("deploy:done")))

        found = await it.settled()

    assert {each.event for each in found} == {"deploy:done", "notification:sent", "notification:failed"} - (
        {"notification:sent"} if failing else set()
    )
    assert len(found) <= 10
    assert {each.status for each in found if each.channel == "nowhere"} == {"failed"}


@pytest.mark.parametrize("failing", [Failing.TOO_MANY, Failing.TOO_MANY_UNTIL])
async def test_a_service_that_answers_429_is_left_alone_until_it_wants_to_hear_more(
    tmp_path: Path, failing: Failing
) -> None:
    async with AsyncExitStack() as stack:
        it = await served(stack, tmp_path, CONFIG.partition("[[notifications.rules]]")[0])
        it.receiver.fails(failing, times=1)
        first = await it.send(deliveries.send("default", Sending("hook", "One", "Body")))
        await until(lambda: _tried(it, first.id))
        second = await it.send(deliveries.send("default", Sending("hook", "Two", "Body")))
        channel = await it.send(channels.channel("hook"))
        shown = [(await it.send(deliveries.delivery(each.id))) for each in (first, second)]

    assert channel.state == "paused"
    assert [each.delivery.status for each in shown] == ["pending", "pending"]
    assert [each.delivery.next_attempt_at for each in shown] == [channel.paused_until] * 2
    assert [attempt.outcome for attempt in shown[0].attempts] == ["retry"]
    assert len(it.receiver.asked) == 1


async def test_a_channel_that_is_gone_is_switched_off_and_told_to_the_admins(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        it = await served(stack, tmp_path, CONFIG.partition("[[notifications.rules]]")[0])
        it.receiver.fails(Failing.GONE)
        made = await it.send(deliveries.send("default", Sending("hook", "One", "Body")))
        await until(lambda: _told(it))
        channel = await it.send(channels.channel("hook"))
        delivery = (await it.send(deliveries.delivery(made.id))).delivery
        (item,) = (await it.send(inbox.page(filter="event:channel:disabled"))).items

    assert (channel.state, delivery.status) == ("disabled", "failed")
    assert (item.link, item.link_label) == ("callboard:channel/hook", "Open Channel")


async def _told(it: Served) -> bool:
    return bool((await it.send(inbox.page(filter="event:channel:disabled"))).items)


async def _tried(it: Served, made: str) -> bool:
    found = (await it.send(deliveries.delivery(made))).attempts
    return bool(found) and found[0].outcome != "under way"


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while True:
            if await holds():
                return
            await asyncio.sleep(0.02)
