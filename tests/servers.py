"""Real servers for tests: in this process on a clock of the test's, or as processes of their own."""

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.client import Client
from core.home import Home
from core.live_client import LiveClient
from core.server import Server, running

_SERVE = """
import sys
from pathlib import Path
from core.errors import CallboardError
from core.home import Home
from core.server import run
try:
    sys.exit(run(Home(Path(sys.argv[1]).resolve()), http=sys.argv[2] or None))
except CallboardError as error:
    sys.exit(error.sentence)
"""


@dataclass
class Process:
    """A server that was started in front, and its `ready` line."""

    process: "subprocess.Popen[str]"
    ready: dict[str, str]

    @property
    def pid(self) -> int:
        return self.process.pid


@contextmanager
def served(home: Home, http: str = "") -> Iterator[Process]:
    """A server in a process of its own, until the block ends."""
    process = start(home, http)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("ready "), line
    try:
        yield Process(process, dict(word.split("=", 1) for word in line.split()[1:]))
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


def start(home: Home, http: str = "") -> "subprocess.Popen[str]":
    """A server that may or may not start. Its standard output and errors are one pipe."""
    return subprocess.Popen(
        [sys.executable, "-c", _SERVE, str(home.path), http],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


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
