"""The picture of the inbox on a real server: two terminals of one person."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from core.api import events, people
from core.api.events import NoticeRequest
from core.api.inbox import InboxActionRequest
from core.clock import SystemClock
from core.errors import InvalidError, NotFoundError
from core.live_client import LiveClient
from tests.servers import Here, here, home_in
from tests.tui.test_live import Watching
from tui.live.inbox import LiveInbox
from tui.views import HOME


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event of its own
            await asyncio.sleep(0.002)


@asynccontextmanager
async def terminal(server: Here) -> AsyncIterator[LiveInbox]:
    """The picture that an app of its own has."""
    client, watching = LiveClient(server.home.socket), Watching()
    picture = watching.picture = LiveInbox(client, SystemClock(), watching, home=HOME.filter)
    task = asyncio.create_task(picture.run(lambda: None))
    try:
        await until(lambda: picture.connection == "live" and picture.whole)
        yield picture
        assert watching.mistakes == []
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await client.close()


async def test_what_one_terminal_does_shows_in_the_other_and_can_be_undone_there(tmp_path: Path) -> None:
    async with here(home_in(tmp_path)) as server:
        name = (await server.client.send(people.me())).name
        for number in range(1, 7):
            await server.client.send(events.notify(NoticeRequest(name, f"Notice {number}")))
        async with terminal(server) as one, terminal(server) as other:
            await until(lambda: len(one.ids) == len(other.ids) == 6)
            before = [*one.ids]

            await one.act(InboxActionRequest("star", [before[-1]]))
            await until(lambda: other.ids == [before[-1], *before[:-1]])

            await one.act(InboxActionRequest("dismiss", filter=HOME.filter, upto=before[1]))
            await until(lambda: other.ids == one.ids == [before[0]])

            undone = await other.undo()
            await until(lambda: other.ids == one.ids == [before[-1], *before[:-1]])
            assert sorted(undone.changed) == sorted(f"notification/{number}" for number in before[1:])

            await one.look_for("", "source")
            assert one.shown.order.heads[1].key == f"person/{name}"
            with pytest.raises(InvalidError):
                await one.look_for("is:nowhere")
            assert one.filter == ""


async def test_what_is_read_by_being_opened_leaves_nothing_to_undo(tmp_path: Path) -> None:
    async with here(home_in(tmp_path)) as server:
        name = (await server.client.send(people.me())).name
        await server.client.send(events.notify(NoticeRequest(name, "Notice")))
        async with terminal(server) as picture:
            await until(lambda: picture.ids)
            opened = await picture.act(InboxActionRequest("read", [*picture.ids], undoable=False))
            assert (opened.count, opened.undo) == (1, None)
            with pytest.raises(NotFoundError):
                await picture.undo()
