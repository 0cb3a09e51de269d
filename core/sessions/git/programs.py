"""One short program to its end, with a limit on its time and on what is taken of its output.

For git, `gh` and the like: the turns of sessions are supervised elsewhere. The program has no terminal, nothing
to read but what it is given, and an environment in which the server's own secrets are not."""

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_PASSED = frozenset(
    {
        *("PATH", "HOME", "USER", "LOGNAME", "TZ", "TMPDIR"),
        *("SSH_AUTH_SOCK", "DBUS_SESSION_BUS_ADDRESS", "KRB5CCNAME", "SSL_CERT_FILE", "SSL_CERT_DIR"),
        *("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"),
        *("http_proxy", "https_proxy", "no_proxy", "all_proxy"),
        *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"),
    }
)
_MOST_WORDS = 64 * 1024  # of what it says on standard error
_AT_ONCE = 64 * 1024
_DYING = 2.0  # seconds that the killed get to be gone


class Ran(NamedTuple):
    code: int | None  # None: it was ended at its time limit
    out: bytes
    err: bytes
    cut: bool = False  # it had more to say than was taken, and was ended for that


def outside(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What a program may know of the server's environment."""
    return {name: value for name, value in environment.items() if name in _PASSED}


async def run(
    argv: Sequence[str], folder: Path, env: Mapping[str, str], *, seconds: float, most: int, stdin: bytes = b""
) -> Ran:
    """Run an argument list, never a shell line. An `OSError` says that it could not be started."""
    process = await _start(argv, folder, env, bool(stdin))
    out = _Taken(most, process, ends=True)
    err = _Taken(_MOST_WORDS, process, ends=False)
    late = False
    try:
        async with asyncio.timeout(seconds):
            await asyncio.gather(_give(process.stdin, stdin), out.take(process.stdout), err.take(process.stderr))
            await process.wait()
    except TimeoutError:
        late = process.returncode is None  # otherwise only a child that it left behind still held its pipes
    finally:
        if process.returncode is None or late:
            await _end(process)
    return Ran(None if late else process.returncode, bytes(out.taken), bytes(err.taken), out.more)


class _Taken:
    """The beginning of a stream. What is more ends the program, or is read and forgotten."""

    def __init__(self, most: int, process: asyncio.subprocess.Process, *, ends: bool) -> None:
        self.taken = bytearray()
        self.more = False
        self._most = most
        self._process = process
        self._ends = ends

    async def take(self, stream: asyncio.StreamReader | None) -> None:
        while stream and (piece := await stream.read(_AT_ONCE)):
            room = self._most - len(self.taken)
            self.taken += piece[:room]
            if len(piece) > room and not self.more:
                self.more = True
                if self._ends:
                    _kill(self._process)


async def _give(stream: asyncio.StreamWriter | None, content: bytes) -> None:
    if stream is None:
        return
    with suppress(ConnectionError):  # it did not want to read it all: its exit code says what that means
        stream.write(content)
        await stream.drain()
    stream.close()


async def _start(
    argv: Sequence[str], folder: Path, env: Mapping[str, str], reads: bool
) -> asyncio.subprocess.Process:
    """Whoever is cancelled while a program starts would leave it running: it is ended here."""
    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            *argv,
            cwd=folder,
            env=dict(env),
            stdin=asyncio.subprocess.PIPE if reads else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
    )
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        with suppress(OSError, ValueError):
            await _end(await starting)
        raise


async def _end(process: asyncio.subprocess.Process) -> None:
    _kill(process)
    with suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), _DYING)


def _kill(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
