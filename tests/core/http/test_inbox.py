"""The whole road over the API of a real server: posted, heard of, found, changed, taken back."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.api import events, inbox, people
from core.api.events import EventRequest, NoticeRequest
from core.api.inbox import InboxActionRequest, InboxItem
from core.errors import InvalidError, NotFoundError
from tests.servers import Here, here, home_in


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Here]:
    async with here(home_in(tmp_path)) as running:
        yield running


async def noticed(server: Here, title: str) -> InboxItem:
    """Send oneself a notice, and wait for it by the change feed."""
    me = (await server.client.send(people.me())).name
    async with asyncio.timeout(10):
        heard = server.client.changes()
        await anext(heard)
        await server.client.send(events.notify(NoticeRequest(me, title)))
        async for change in heard:
            if getattr(change, "topic", "") == "inbox":
                await heard.aclose()
                return await server.client.send(inbox.show(int(getattr(change, "id", 0))))
    raise AssertionError("the feed has ended")


async def test_a_notice_is_heard_of_and_found_in_every_list(server: Here) -> None:
    item = await noticed(server, "Hello")
    send = server.client.send

    assert [found.title for found in (await send(inbox.page())).items] == ["Hello"]
    assert (await send(inbox.index())).ids == [item.id]
    assert (await send(inbox.counts())).unread == 1
    assert (await send(inbox.these([item.id, 999]))).items == [item]
    assert (await send(inbox.page(filter="is:read"))).items == []


async def test_an_action_is_done_and_taken_back(server: Here) -> None:
    item = await noticed(server, "Hello")
    send = server.client.send

    done = await send(inbox.act(InboxActionRequest("dismiss", [item.id])))
    gone = (await send(inbox.page())).items
    undone = await send(inbox.undo())

    assert (done.changed, gone, undone.changed) == ([item.id], [], [item.id])
    assert (await send(inbox.page())).items == [item]


async def test_what_is_not_there_or_makes_no_sense_is_said_so(server: Here) -> None:
    send = server.client.send

    with pytest.raises(NotFoundError, match="no notification 7"):
        await send(inbox.show(7))
    with pytest.raises(NotFoundError, match="nothing to undo"):
        await send(inbox.undo())
    with pytest.raises(InvalidError, match="filter, characters 4-8"):
        await send(inbox.page(filter="is:unred"))
    with pytest.raises(NotFoundError, match="no workspace 'elsewhere'"):
        await send(events.post("elsewhere", EventRequest("a:b")))
    with pytest.raises(InvalidError, match=r"data\.to"):
        await send(events.post("default", EventRequest("task:transition", {"to": 5})))


async def test_an_event_is_recorded_once_and_read_back(server: Here) -> None:
    send = server.client.send
    request = EventRequest("task:transition", {"to": "failed", "taskId": "t1", "more": [1]}, id="x1")

    first, second = await send(events.post("default", request)), await send(events.post("default", request))

    (event,) = (await send(events.page("default"))).items
    assert first == second
    assert (event.id, event.data, event.task_id) == (first.id, request.data, "t1")
