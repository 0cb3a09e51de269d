"""The stream: it begins with a hello, tells what changes, and a client that comes back misses nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from core.api import inbox, people
from core.api.events import NoticeRequest, notify
from core.api.people import KeyCreation
from core.api.stream import Change, Frame, Hello, Reset
from core.errors import InvalidError, NotAuthenticatedError, UnreachableError
from core.http import stream as stream_module
from core.live_client import LiveClient
from storage import people as people_table
from storage.database import Connection
from storage.ids import EventSeq
from storage.inbox import NewItemRow, insert_items
from tests.core.http.raw import connected, exchange, get
from tests.servers import Here, here, home_in


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Here]:
    async with here(home_in(tmp_path), http="127.0.0.1:0") as running:
        yield running


async def send_notice(server: Here, title: str = "hello") -> None:
    me = await server.client.send(people.me())
    await server.client.send(notify(NoticeRequest(me.name, title)))


async def next_change(frames: AsyncIterator[Frame], topic: str) -> Change:
    async with asyncio.timeout(20):
        async for frame in frames:
            if isinstance(frame, Change) and frame.topic == topic:
                return frame
    raise AssertionError("the stream ended")


async def test_it_begins_with_hello_and_tells_what_changes(server: Here) -> None:
    async with aclosing(server.client.changes()) as frames:
        assert isinstance(await anext(frames), Hello)
        await send_notice(server)
        told = await next_change(frames, "inbox")
    assert (await server.client.send(inbox.show(int(told.id or 0)))).title == "hello"


async def test_a_bulk_action_is_told_once_as_a_change_of_the_whole_list(server: Here) -> None:
    me = await server.client.send(people.me())
    database, now = server.server.database, server.server.clock.now()

    def pile(connection: Connection) -> None:
        person = people_table.person_by_name(connection, me.name)
        assert person is not None
        rows = [
            NewItemRow(person.id, EventSeq(1000 + n), "x:y", None, "t", "", "info", "", None, None, now)
            for n in range(201)
        ]
        insert_items(connection, rows)

    await database.write(pile)
    async with aclosing(server.client.changes()) as frames:
        await anext(frames)
        done = await server.client.send(inbox.act(inbox.InboxActionRequest("dismiss", filter="")))
        told = [await next_change(frames, "inbox")]
        await server.client.send(inbox.act(inbox.InboxActionRequest("restore", [done.changed[0]])))
        told.append(await next_change(frames, "inbox"))

    assert done.count == 201
    assert [change.id for change in told] == [None, str(done.changed[0])]


async def test_a_client_that_comes_back_hears_what_it_missed(server: Here) -> None:
    async with aclosing(server.client.changes()) as frames:
        hello = await anext(frames)
    for number in range(3):
        await send_notice(server, f"missed {number}")
    async with aclosing(server.client.changes(hello.seq)) as frames:
        seen = [await next_change(frames, "inbox") for _ in range(3)]
    assert [change.seq for change in seen] == sorted({change.seq for change in seen})
    assert seen[0].seq > hello.seq


async def test_a_position_that_is_not_known_is_a_reset(server: Here) -> None:
    async with aclosing(server.client.changes(10**12)) as frames, asyncio.timeout(20):
        await anext(frames)
        assert isinstance(await anext(frames), Reset)


@pytest.mark.parametrize("value", ["x", "-1", "1.5", "9" * 30])
async def test_an_id_that_the_stream_never_gave_is_400(server: Here, value: str) -> None:
    answer = await exchange(server.home.socket, get("/api/v1/stream", f"Last-Event-ID: {value}"))
    assert answer.status == 400
    assert "Last-Event-ID" in answer.said["error"]


async def test_a_quiet_stream_has_a_heartbeat(server: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_module, "HEARTBEAT_SECONDS", 0.05)
    async with connected(server.home.socket) as (reader, writer), asyncio.timeout(20):
        writer.write(get("/api/v1/stream"))
        assert b"event: hello" in await reader.readuntil(b"still here\n\n")


async def test_whoever_may_not_listen_any_more_is_let_go(server: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_module, "HEARTBEAT_SECONDS", 0.05)
    made = await server.client.send(people.create_key(KeyCreation("ci")))
    remote = LiveClient.to(f"http://{server.server.http}", made.key)
    async with aclosing(remote.changes()) as frames, asyncio.timeout(20):
        await anext(frames)
        await server.client.send(people.revoke_key(made.id))
        with pytest.raises(UnreachableError):
            await next_change(frames, "nothing")
        with pytest.raises(NotAuthenticatedError):
            await anext(remote.changes())


async def test_it_is_counted_while_it_is_open(server: Here) -> None:
    from core.api.server import status

    async with aclosing(server.client.changes()) as frames:
        await anext(frames)
        assert (await server.client.send(status())).clients == 1


async def test_a_server_that_goes_ends_its_streams_at_once(tmp_path: Path) -> None:
    async with here(home_in(tmp_path / "other")) as server:
        frames = server.client.changes()
        await anext(frames)
    async with asyncio.timeout(5):
        with pytest.raises(UnreachableError):
            await anext(frames)


async def test_a_server_that_says_nothing_counts_as_gone(tmp_path: Path) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    path = tmp_path / "silent.sock"
    async with await asyncio.start_unix_server(silent, path):
        with pytest.raises(UnreachableError, match="silent for too long"):
            await anext(LiveClient(path, silence=0.05).changes())


async def test_a_parameter_is_refused(server: Here) -> None:
    answer = await exchange(server.home.socket, get("/api/v1/stream?after=3"))
    assert answer.status == 400
    with pytest.raises(InvalidError):
        await anext(server.client.changes(-1))


async def test_a_reader_that_does_not_read_is_let_go_and_delays_nobody(
    server: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_module, "WRITE_SECONDS", 0.05)
    monkeypatch.setattr(stream_module, "_frames", lambda heard: b": much\n\n" * 1_000_000)
    async with connected(server.home.socket) as (reader, writer), asyncio.timeout(20):
        writer.write(get("/api/v1/stream"))
        await reader.readuntil(b"\n\n")
        reader._transport.pause_reading()  # type: ignore[attr-defined]
        await send_notice(server)
        while server.server.services.feed.clients:
            await server.client.send(people.me())
