"""The doors: what is asked wrongly is answered with the place of the mistake, in one envelope, and never with a
fault of ours."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.api import events, people
from core.api.events import EventRequest
from core.api.people import KeyCreation
from core.errors import NotAuthenticatedError
from core.http import asking
from core.http import door as door_module
from core.live_client import LiveClient
from storage.errors import UnavailableDatabaseError
from tests.core.http.raw import connected, exchange, get, post, read
from tests.servers import Here, here, home_in

EVENTS = "/api/v1/projects/default/events"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Here]:
    async with here(home_in(tmp_path), http="127.0.0.1:0") as running:
        yield running


def tcp(server: Here) -> tuple[str, int]:
    host, _, port = str(server.server.http).rpartition(":")
    return host, int(port)


def data(value: bytes) -> bytes:
    return b'{"event":"task:created","data":{"x":' + value + b"}}"


WRONG_BODIES = [
    (b"", "A JSON body is missing."),
    (b"{", "The body is not JSON in UTF-8."),
    (b"\xef\xbb\xbf{}", "The body is not JSON in UTF-8."),
    (b"[]", "Expected 'object', got 'array'."),
    (b"{}", "Object missing required field 'event'."),
    (b'{"event":1}', "event: Expected 'str', got 'int'."),
    (b'{"event":"a","recipients":["x",2]}', "recipients[1]: Expected 'str', got 'int'."),
    (b'{"event":"a","data":[]}', "data: Expected 'object', got 'array'."),
    (b'{"event":"a","evnt":1}', "Object contains unknown field 'evnt'."),
    (data(b"NaN"), "The body is not JSON in UTF-8."),
    (data(b"-Infinity"), "The body is not JSON in UTF-8."),
    (data(b"1e999"), "data: Number out of range."),
    (data(b"9" * 5000), "data: Integer value out of range."),
    (data(b'"\xff"'), "The body is not JSON in UTF-8."),
    (data(b'"\\ud800"'), "The body is not JSON in UTF-8."),
    (data(b"[" * 100 + b"]" * 100), "The body is nested deeper than 64 levels."),
    (data(b"[" * 300_000), "The body is nested deeper than 64 levels."),
]


@pytest.mark.parametrize(("body", "said"), WRONG_BODIES)
async def test_a_wrong_body_is_400_and_names_the_place(server: Here, body: bytes, said: str) -> None:
    answer = await exchange(server.home.socket, post(EVENTS, body))
    assert answer.status == 400
    assert answer.said == {"ok": False, "error": said, "code": "invalid"}


async def test_brackets_in_a_text_are_no_depth(server: Here) -> None:
    answer = await exchange(server.home.socket, post(EVENTS, data(b'"' + b"[{" * 1000 + b'\\"["')))
    assert answer.status == 200


WRONG_QUERIES = [
    ("limit=0", "limit: A page holds 1 to 1000 items."),
    ("limit=x", "limit: Expected 'int', got 'str'."),
    ("limit=99999999999999999999", "limit: The number is too large."),
    ("limt=3", "limt: There is no such parameter; did you mean limit?"),
    ("limit=1&limit=2", "limit: This is given twice; give it once."),
    ("filter=%ff", "filter: It is not UTF-8."),
    ("filter=%00", "filter: It has control characters."),
]


@pytest.mark.parametrize(("query", "said"), WRONG_QUERIES)
async def test_a_wrong_query_is_400_and_names_the_parameter(server: Here, query: str, said: str) -> None:
    answer = await exchange(server.home.socket, get(f"/api/v1/inbox?{query}"))
    assert (answer.status, answer.said["error"]) == (400, said)


async def test_a_body_over_a_mebibyte_is_413_however_it_is_sent(server: Here) -> None:
    plain = post(EVENTS, b'"' + b"x" * 1024 * 1024 + b'"')
    chunked = f"POST {EVENTS} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    chunked += (b"10000\r\n" + b"x" * 65536 + b"\r\n") * 17 + b"0\r\n\r\n"
    for sent in (plain, chunked):
        answer = await exchange(server.home.socket, sent)
        assert (answer.status, answer.said["code"]) == (413, "too_large")


async def test_an_encoded_body_is_not_decoded(server: Here) -> None:
    answer = await exchange(server.home.socket, post(EVENTS, b"x", "Content-Encoding: gzip"))
    assert answer.status == 400
    assert "Content-Encoding" in answer.said["error"]


async def test_a_client_that_waits_for_a_go_ahead_gets_it(server: Here) -> None:
    async with connected(server.home.socket) as (reader, writer):
        body = b'{"event":"task:created"}'
        whole = post(EVENTS, body, "Expect: 100-continue")
        writer.write(whole[: -len(body)])
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(body)
        assert (await read(reader)).status == 200


@pytest.mark.parametrize("path", ["/", "/api/v1/nothing", "/api/v1/projects//events", "http://x/api/v1/me"])
async def test_an_unknown_path_is_404(server: Here, path: str) -> None:
    answer = await exchange(server.home.socket, get(path))
    assert (answer.status, answer.said["code"]) == (404, "not_found")


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "TRACE"])
async def test_another_method_is_405_and_says_which_there_are(server: Here, method: str) -> None:
    async with connected(server.home.socket) as (reader, writer):
        writer.write(f"{method} /api/v1/me HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 405 ")
    assert b"Allow: GET, PATCH\r\n" in head


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01<script>\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\xc3\xa9<script> HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"GET /<script> HTTP/1.1\r\nHost: x\r\n" + b"X: <script>\r\n" * 1000 + b"\r\n",
    ],
)
async def test_what_is_not_http_is_refused_without_repeating_it(server: Here, sent: bytes) -> None:
    answer = await exchange(server.home.socket, sent)
    assert (answer.status, answer.said["code"]) == (400, "invalid")
    assert b"script" not in answer.body


async def test_no_answer_says_what_it_is_made_with(server: Here) -> None:
    for sent in (get("/health"), get("/nothing"), b"nonsense\r\n\r\n"):
        answer = await exchange(server.home.socket, sent)
        assert answer.headers["server"] == "callboard"
        assert "Python" not in str(answer)


async def test_a_fault_of_ours_is_logged_and_answered_plainly(
    server: Here, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the inside")

    monkeypatch.setattr(server.server.database, "read", broken)
    answer = await exchange(server.home.socket, get("/api/v1/inbox/counts"))
    assert (answer.status, answer.said["code"]) == (500, "unexpected")
    assert "the inside" not in answer.said["error"]
    assert "the inside" in caplog.text
    assert (await exchange(server.home.socket, get("/health"))).status == 200


async def test_several_requests_in_one_write_are_answered_in_order(server: Here) -> None:
    async with connected(server.home.socket) as (reader, writer):
        writer.write(get("/health") + get("/nothing") + get("/health"))
        assert [(await read(reader)).status for _ in range(3)] == [200, 404, 200]


async def test_a_head_that_does_not_come_is_not_waited_for(server: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door_module, "HEAD_SECONDS", 0.0)
    async with connected(server.home.socket) as (reader, writer), asyncio.timeout(20):
        writer.write(b"GET / HTTP/1.1\r\nHos")
        assert await reader.read() == b""


async def test_on_tcp_only_a_key_counts(server: Here) -> None:
    answer = await exchange(tcp(server), get("/api/v1/me"))
    assert (answer.status, answer.said["code"]) == (401, "not_authenticated")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert (await exchange(tcp(server), get("/health"))).status == 200

    key = (await server.client.send(people.create_key(KeyCreation("ci")))).key
    client = LiveClient.to(f"http://{server.server.http}", key)
    assert (await client.send(people.me())).via.startswith("key:")
    await client.close()


@pytest.mark.parametrize("value", ["Basic eDp5", "Bearer", "Bearer  ", "Bearer nonsense", "cbk_x"])
async def test_a_wrong_authorization_is_401(server: Here, value: str) -> None:
    for where in (tcp(server), server.home.socket):
        answer = await exchange(where, get("/api/v1/me", f"Authorization: {value}"))
        assert answer.status == 401


async def test_a_revoked_key_opens_nothing_from_that_moment(server: Here) -> None:
    made = await server.client.send(people.create_key(KeyCreation("ci")))
    client = LiveClient.to(f"http://{server.server.http}", made.key)
    await client.send(people.me())
    await server.client.send(people.revoke_key(made.id))
    with pytest.raises(NotAuthenticatedError):
        await client.send(people.me())
    await client.close()


async def test_an_event_comes_in_through_either_door(server: Here) -> None:
    key = (await server.client.send(people.create_key(KeyCreation("ci")))).key
    remote = LiveClient.to(f"http://{server.server.http}", key)
    for client in (server.client, remote):
        call = events.post("default", EventRequest("task:created", {"title": "x"}, id="once"))
        assert (await client.send(call)) == (await client.send(call))
    assert len((await server.client.send(events.page("default"))).items) == 1
    await remote.close()


async def test_a_body_that_does_not_come_is_not_waited_for(server: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "BODY_SECONDS", 0.05)
    async with connected(server.home.socket) as (reader, writer):
        writer.write(post(EVENTS, b'{"event":"task:created"}')[:-3])
        answer = await read(reader)
    assert answer.status == 400
    assert "did not come within" in answer.said["error"]


async def test_a_database_that_is_gone_is_503(server: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise UnavailableDatabaseError("The database is away.")

    monkeypatch.setattr(server.server.database, "read", gone)
    answer = await exchange(server.home.socket, get("/api/v1/inbox/counts"))
    assert (answer.status, answer.said["error"]) == (503, "The database is away.")


async def test_more_connections_than_it_holds_are_turned_away(
    server: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door_module, "MOST_CONNECTIONS", 2)
    async with connected(server.home.socket) as first, connected(server.home.socket) as second:
        for reader, writer in (first, second):
            writer.write(get("/health"))
            assert (await read(reader)).status == 200
        async with connected(server.home.socket) as (reader, _), asyncio.timeout(20):
            assert await reader.read() == b""
        first[1].write(get("/health"))
        assert (await read(first[0])).status == 200
