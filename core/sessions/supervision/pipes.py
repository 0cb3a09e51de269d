"""The ends of a process's pipes that are ours. What arrives is handed on at once, or waits within a bound while
the process waits for room: memory does not grow with what it writes."""

import asyncio
from collections.abc import Callable
from typing import IO

LINE = 64 * 1024 * 1024
_AHEAD = 1024 * 1024
_AT_THE_END = 8 * 1024 * 1024
_TURN = 0.01


class Incoming(asyncio.Protocol):
    """Hands on what is read. `ended` is done at the end of the pipe, or with what its reader raised."""

    def __init__(self, sink: Callable[[bytes], None]) -> None:
        self._sink = sink
        self._transport: asyncio.ReadTransport | None = None
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connect(self, transport: asyncio.ReadTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if self.ended.done():
            return
        try:
            self._sink(data)
        except Exception as error:
            self.ended.set_exception(error)
            self.close()

    def eof_received(self) -> None:
        self._end()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def pause(self, paused: bool) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        if paused:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def _end(self) -> None:
        if not self.ended.done():
            self.ended.set_result(None)


class Lines:
    """What a process writes, line by line, at the pace of the one who takes them. A line that is too long is
    dropped and counted."""

    def __init__(self) -> None:
        self.dropped = 0
        self._buffer = bytearray()
        self._searched = 0  # there is no end of a line before this
        self._dropping = False
        self._ahead = _AHEAD
        self._pipe: Incoming | None = None
        self._ended = False
        self._came = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._since = self._loop.time()

    def __aiter__(self) -> "Lines":
        return self

    async def __anext__(self) -> bytes:
        if self._loop.time() - self._since > _TURN:  # a fast writer must not keep everybody else from their turn
            await asyncio.sleep(0)
            self._since = self._loop.time()
        while (line := self._next()) is None:
            if self._ended:
                raise StopAsyncIteration
            self._came.clear()
            await self._came.wait()
            self._since = self._loop.time()
        return line

    def connect(self, pipe: Incoming) -> None:
        self._pipe = pipe
        pipe.ended.add_done_callback(lambda _: self._end())

    def feed(self, data: bytes) -> None:
        if self._dropping:
            _, found, data = data.partition(b"\n")
            self._dropping = not found
        self._buffer += data
        if b"\n" in data:
            self._came.set()
        if len(self._buffer) <= self._ahead:
            return
        if self._came.is_set():
            self._pause(True)
        elif len(self._buffer) > LINE:
            self._buffer.clear()
            self._searched = 0
            self._dropping = True
            self.dropped += 1

    def take_the_rest(self) -> None:
        """The process has ended: empty its pipe without waiting for the one who takes the lines."""
        self._ahead = _AT_THE_END
        self._pause(False)

    def _next(self) -> bytes | None:
        end = self._buffer.find(b"\n", self._searched)
        if end < 0:
            self._searched = len(self._buffer)
            self._pause(False)
            return self._cut(self._searched) if self._ended and self._buffer else None
        return self._cut(end)

    def _cut(self, end: int) -> bytes:
        with memoryview(self._buffer) as view:
            line = bytes(view[:end])
        del self._buffer[: end + 1]
        self._searched = 0
        return line

    def _pause(self, paused: bool) -> None:
        if self._pipe is not None:
            self._pipe.pause(paused)

    def _end(self) -> None:
        self._ended = True
        self._came.set()


class Outgoing(asyncio.BaseProtocol):
    """What is written to a process, at the pace at which it reads."""

    def __init__(self) -> None:
        self._transport: asyncio.WriteTransport | None = None
        self._room = asyncio.Event()
        self._room.set()
        self._lost = False

    def connect(self, transport: asyncio.WriteTransport) -> None:
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost = True
        self._room.set()

    def pause_writing(self) -> None:
        self._room.clear()

    def resume_writing(self) -> None:
        self._room.set()

    @property
    def open(self) -> bool:
        return self._transport is not None and not self._lost and not self._transport.is_closing()

    def put(self, data: bytes) -> None:
        if self._transport is not None and self.open and data:
            self._transport.write(data)

    async def room(self) -> None:
        """Until the process has taken most of what was written."""
        await self._room.wait()

    def close(self) -> None:
        """The end of the input, behind what was written."""
        if self._transport is not None and self.open:
            self._transport.write_eof()

    def abort(self) -> None:
        if self._transport is not None and not self._lost:
            self._transport.abort()


async def incoming(pipe: IO[bytes], sink: Callable[[bytes], None]) -> Incoming:
    transport, connected = await asyncio.get_running_loop().connect_read_pipe(lambda: Incoming(sink), pipe)
    connected.connect(transport)
    return connected


async def outgoing(pipe: IO[bytes]) -> Outgoing:
    transport, connected = await asyncio.get_running_loop().connect_write_pipe(Outgoing, pipe)
    connected.connect(transport)
    return connected
