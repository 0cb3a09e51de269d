"""The clients: answers as types, the server's errors as errors, and one sentence when there is no server."""

import asyncio
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from core.api import inbox, people
from core.api import server as api
from core.api.people import WorkspaceCreation
from core.client import Client
from core.errors import (
    ConflictError,
    InvalidError,
    NotFoundError,
    SlowDownError,
    UnavailableError,
    UnreachableError,
)
from core.exchange import Response
from core.launch import probe
from core.live_client import LiveClient
from tests.servers import here, home_in, served


def test_one_connection_serves_many_calls_and_is_made_again_after_a_restart(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    client = Client(home.socket)
    with served(home) as process:
        assert {client.send(api.status()).pid for _ in range(3)} == {process.pid}
    with served(home) as process:
        assert client.send(api.status()).pid == process.pid
    client.close()


def test_no_server_is_one_sentence_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match=r"No server answers at .*callboard up"):
        Client(tmp_path / "callboard.sock").send(api.status())
    with pytest.raises(UnreachableError, match="No server answers at 127"):
        Client.to("http://127.0.0.1:1", "key").send(api.status())


@pytest.mark.parametrize("url", ["", "127.0.0.1:80", "ftp://x", "http://", "http://x:99999"])
def test_a_url_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(InvalidError):
        Client.to(url, "key")


async def test_the_errors_of_the_server_are_the_errors_of_the_core(tmp_path: Path) -> None:
    async with here(home_in(tmp_path)) as server:
        with pytest.raises(NotFoundError, match="nobody"):
            await server.client.send(people.person("nobody"))
        with pytest.raises(InvalidError, match="limit"):
            await server.client.send(inbox.page(limit=0))
        await server.client.send(people.add_workspace(WorkspaceCreation("twice")))
        with pytest.raises(ConflictError):
            await server.client.send(people.add_workspace(WorkspaceCreation("twice")))


async def test_calls_side_by_side_are_answered_each_with_its_own(tmp_path: Path) -> None:
    async with here(home_in(tmp_path)) as server:
        slugs = [f"w{number}" for number in range(20)]
        await asyncio.gather(*(server.client.send(people.add_workspace(WorkspaceCreation(s))) for s in slugs))
        answers = await asyncio.gather(*(server.client.send(people.workspace(slug)) for slug in slugs))
    assert [answer.slug for answer in answers] == slugs


async def test_a_name_with_every_sign_arrives_as_it_is(tmp_path: Path) -> None:
    async with here(home_in(tmp_path)) as server:
        with pytest.raises(NotFoundError):
            await server.client.send(people.person("a/b?c#d é%20 "))


@contextmanager
def answering(path: Path, answer: bytes) -> Iterator[Path]:
    """Something that answers each connection with these bytes and hangs up."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    yield path
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


ODD_ANSWERS = [
    (b"", UnreachableError),
    (b"HTTP/1.1 200 OK\r\n", UnreachableError),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", UnreachableError),
    (b"SSH-2.0-OpenSSH\r\n\r\n", UnreachableError),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", UnavailableError),
    (b"HTTP/1.1 502 Bad\r\nContent-Length: 1\r\n\r\nx", UnavailableError),
    (
        b'HTTP/1.1 429 X\r\nRetry-After: 7\r\nContent-Length: 35\r\n\r\n{"error":"slow","code":"slow_down"}',
        SlowDownError,
    ),
]


@pytest.mark.parametrize(("answer", "error"), ODD_ANSWERS)
def test_an_odd_answer_is_an_error_for_a_person(tmp_path: Path, answer: bytes, error: type[Exception]) -> None:
    with answering(tmp_path / "odd.sock", answer) as path:
        with pytest.raises(error):
            Client(path).send(api.status())
        with pytest.raises(error):
            asyncio.run(LiveClient(path).send(api.status()))


BODY = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n"


@pytest.mark.parametrize("size", range(1, 12))
def test_a_response_can_come_in_pieces_of_any_size(size: int) -> None:
    response, body = Response(), b""
    for start in range(0, len(BODY), size):
        assert not response.done
        body += response.feed(BODY[start : start + size])
    assert response.done
    assert body == b"hello world"


def test_the_blocking_client_imports_nothing_heavy() -> None:
    code = (
        "import sys, core.client, core.launch, core.home;"
        "print([m for m in ('asyncio', 'aiohttp', 'sqlalchemy', 'ssl', 'subprocess') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"


def test_what_is_too_long_to_be_asked_is_said_before_it_is_sent(tmp_path: Path) -> None:
    with pytest.raises(InvalidError, match=r"make it shorter than 8,000"):
        Client(tmp_path / "callboard.sock").send(inbox.page(filter="a " * 5000))


def test_a_server_that_has_no_room_just_now_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "callboard.sock"
    with socket.socket(socket.AF_UNIX) as listener, ExitStack() as waiting:
        listener.bind(str(path))
        listener.listen(0)
        with suppress(BlockingIOError):
            while True:
                other = waiting.enter_context(socket.socket(socket.AF_UNIX))
                other.setblocking(False)
                other.connect(str(path))
        assert probe(path)
        with pytest.raises(UnreachableError, match="Resource temporarily unavailable"):
            Client(path, timeout=0.1).send(api.status())
        room = threading.Timer(0.1, lambda: waiting.enter_context(listener.accept()[0]))
        room.start()
        with pytest.raises(UnreachableError, match="did not answer"):
            Client(path, timeout=1).send(api.status())
        room.join()
