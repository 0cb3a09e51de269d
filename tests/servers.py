"""Real servers for tests: in this process on a clock of the test's, or as processes of their own."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.client import Client
from core.home import Home
from core.live_client import LiveClient
from core.server import Server, running
from tests.forks import Fork


@dataclass
class Process:
    """A server that was started in front, and its `ready` line."""

    process: Fork
    ready: dict[str, str]

    @property
    def pid(self) -> int:
        return self.process.pid


@contextmanager
def served(home: Home, http: str = "") -> Iterator[Process]:
    """A server in a process of its own, until the block ends."""
    process = start(home, http)
    line = process.stdout.readline()
    assert line.startswith("ready "), line
    try:
        yield Process(process, dict(word.split("=", 1) for word in line.split()[1:]))
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


def start(home: Home, http: str = "") -> Fork:
    """A server that may or may not start."""
    return Fork(home.path, http)


@dataclass
class Here:
    """A server in this process, with a client of each kind."""

    server: Server
    client: LiveClient

    @property
    def home(self) -> Home:
        return self.server.home

    def blocking(self) -> Client:
        return Client(self.home.socket)


@asynccontextmanager
async def here(home: Home, http: str | None = None) -> AsyncIterator[Here]:
    """A server in this process, until the block ends."""
    async with running(home, http=http) as server:
        client = LiveClient(home.socket)
        try:
            yield Here(server, client)
        finally:
            await client.close()


def home_in(folder: Path) -> Home:
    return Home((folder / "home").resolve())
