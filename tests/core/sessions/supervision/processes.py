"""Small real processes for the tests of supervision, and what they said."""

import asyncio
import os
import sys
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path

from core.sessions.supervision.command import Command, Exit, Identity, Limits
from core.sessions.supervision.running import supervise

UNLIMITED = Limits(total=None, silence=None)
STUBBORN = "trap '' INT TERM; echo ready; while :; do sleep 0.05; done"
_numbers = count(1)


def new_mark() -> str:
    return f"test-{os.getpid()}-{next(_numbers)}"


def shell(
    script: str, *, stdin: bytes = b"", mark: str | None = None, env: Mapping[str, str] | None = None
) -> Command:
    return command("sh", "-c", script, stdin=stdin, mark=mark, env=env)


def python(script: str, *arguments: str, mark: str | None = None) -> Command:
    return command(sys.executable, "-S", "-c", script, *arguments, mark=mark)


def command(
    *argv: str,
    stdin: bytes = b"",
    mark: str | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path = Path("/"),
) -> Command:
    return Command(argv, cwd, dict(os.environ if env is None else env), mark or new_mark(), stdin)


class Watcher:
    """One who runs a process and remembers everything about it."""

    def __init__(self) -> None:
        self.out = b""
        self.err = b""
        self.identity: Identity | None = None
        self.silences: list[float] = []
        self.stop = asyncio.Event()
        self.stop_at = b""  # stop it when it has said this

    async def run(self, command: Command, limits: Limits = UNLIMITED) -> Exit:
        return await supervise(
            command,
            limits,
            out=self.hear,
            err=self.hear_error,
            started=self.started,
            stale=self.stale,
            stop=self.stop,
        )

    def hear(self, data: bytes) -> None:
        self.out += data
        if self.stop_at and self.stop_at in self.out:
            self.stop.set()

    def hear_error(self, data: bytes) -> None:
        self.err += data

    async def started(self, identity: Identity) -> None:
        self.identity = identity

    async def stale(self, seconds: float) -> None:
        self.silences.append(seconds)


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - what is waited for is told by nobody
            await asyncio.sleep(0.005)
