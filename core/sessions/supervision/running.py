"""Runs a process that is watched, limited and never lost: however it is left, it and what it began are ended.

`supervise` runs one to its end, `converse` talks to one by its standard streams."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from core.errors import UnavailableError
from core.sessions.supervision.command import Command, Exit, Identity, Limits, StartError
from core.sessions.supervision.ending import Ending
from core.sessions.supervision.pipes import Incoming, Lines, Outgoing, incoming, outgoing
from core.sessions.supervision.starting import start
from core.sessions.supervision.watching import Watch

BEFORE = "It was stopped before it began."

Sink = Callable[[bytes], None]


async def supervise(
    command: Command,
    limits: Limits,
    *,
    out: Sink,
    err: Sink,
    started: Callable[[Identity], Awaitable[None]],
    stale: Callable[[float], Awaitable[None]],
    stop: asyncio.Event,
) -> Exit:
    """Run it to its end, which is an `Exit`; what cannot be started at all is a StartError.

    `out` and `err` take pieces as they arrive, on the event loop: they must not block. `started` is awaited
    before anything is read or written. What one of them raises ends the process and is raised here. When this is
    cancelled, the process is ended first."""
    if stop.is_set():
        return Exit("stopped", None, 0.0, BEFORE)
    running = await _begin(command, limits, started, stale, stop, talks=False)
    try:
        await running.connect(command.stdin, out, err, talks=False)
        return await running.over()
    finally:
        await running.leave()


class Conversation:
    """A process that is talked to. `lines` ends with the process, and may be left and taken up again."""

    def __init__(self, running: "_Running", lines: Lines) -> None:
        self._running = running
        self._lines = lines
        self.lines: AsyncIterator[bytes] = lines

    @property
    def dropped(self) -> int:
        """How many lines were too long to be taken."""
        return self._lines.dropped

    async def send(self, data: bytes) -> None:
        """Returns when the process has room for more."""
        await self._running.send(data)

    def quiet(self, paused: bool) -> None:
        """While somebody is being asked there is no limit of silence."""
        self._running.watch.pause(paused)

    async def end(self, grace: float) -> Exit:
        """Close its input, and give it this long to end before it is made to."""
        return await self._running.hang_up(grace)


@asynccontextmanager
async def converse(
    command: Command,
    limits: Limits,
    *,
    err: Sink,
    started: Callable[[Identity], Awaitable[None]],
    stale: Callable[[float], Awaitable[None]],
    stop: asyncio.Event,
) -> AsyncIterator[Conversation]:
    """Talk to it. At a limit or when it is stopped it is ended, and `lines` comes to its end: `end` says how that
    was. Leaving the block always ends it."""
    if stop.is_set():
        raise StartError(BEFORE)
    running = await _begin(command, limits, started, stale, stop, talks=True)
    try:
        lines = Lines()
        lines.connect(await running.connect(command.stdin, lines.feed, err, talks=True))
        running.ending.at_exit(lines.take_the_rest)
        yield Conversation(running, lines)
    finally:
        await running.leave()
    await running.over()


class _Running:
    """A process between its start and its end."""

    def __init__(self, watch: Watch, ending: Ending) -> None:
        self.watch = watch
        self.ending = ending
        self._stdin: Outgoing | None = None
        self._tended = asyncio.create_task(ending.tend(), name=f"tend {ending.child.pid}")

    async def connect(self, stdin: bytes, out: Sink, err: Sink, *, talks: bool) -> Incoming:
        child = self.ending.child
        if child.stdin is not None:
            self._stdin = await outgoing(child.stdin)
            self.ending.own(self._stdin)
            self._stdin.put(stdin)
            if not talks:
                self._stdin.close()
        self.ending.read(await incoming(child.stderr, self._heard(err)))
        written = self.ending.read(await incoming(child.stdout, self._heard(out)))
        self.ending.connected.set()
        return written

    async def over(self) -> Exit:
        """How it ended, when it and all that it began have."""
        return await asyncio.shield(self._tended)

    async def send(self, data: bytes) -> None:
        if self._stdin is None or not self._stdin.open:
            raise UnavailableError("The agent takes nothing more: it has ended, or closed its input.")
        self._stdin.put(data)
        await self._stdin.room()

    async def hang_up(self, grace: float) -> Exit:
        if self._stdin is not None:
            self._stdin.close()
        await asyncio.wait({self.watch.over}, timeout=grace)
        self.watch.end("exit")
        return await self.over()

    async def leave(self) -> None:
        """Whatever happens to the one who waits, the process is ended before this returns."""
        cancelled: asyncio.CancelledError | None = None
        if not self._tended.done():
            self.ending.hurry()
        while not self._tended.done():
            try:
                await asyncio.wait({self._tended})
            except asyncio.CancelledError as error:
                cancelled = error
        if cancelled is not None:
            raise cancelled

    def _heard(self, sink: Sink) -> Sink:
        def heard(data: bytes) -> None:
            self.watch.heard()
            sink(data)

        return heard


async def _begin(
    command: Command,
    limits: Limits,
    started: Callable[[Identity], Awaitable[None]],
    stale: Callable[[float], Awaitable[None]],
    stop: asyncio.Event,
    *,
    talks: bool,
) -> _Running:
    child = await start(command, talks=talks)
    watch = Watch(child, limits, stale, stop)
    running = _Running(watch, Ending(child, watch, command.mark, limits))
    try:
        await started(child.identity)
    except BaseException:
        await running.leave()
        raise
    return running
