"""The asynchronous client of the API, for the app: calls side by side, and the change stream."""

import asyncio
import ssl
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import TypeVar

import msgspec

from core.api.stream import Change, Frame, Hello, Reset
from core.api.wire import Call
from core.client import LOST, Address
from core.errors import UnreachableError
from core.exchange import Response, answer, failure, request

T = TypeVar("T")

_PIECE = 64 * 1024
_KEPT = 4  # idle connections
SILENCE = 45.0
"""Seconds without a word after which the server counts as gone: it sends a heartbeat every 15."""

_STREAM = Call("GET", "/stream", object)
_FRAMES: dict[str, msgspec.json.Decoder[Hello] | msgspec.json.Decoder[Change] | msgspec.json.Decoder[Reset]] = {
    "hello": msgspec.json.Decoder(Hello),
    "change": msgspec.json.Decoder(Change),
    "reset": msgspec.json.Decoder(Reset),
}

_Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class LiveClient:
    """Sends calls from one event loop, each on a connection of its own while it lasts."""

    def __init__(self, path: str | Path, *, timeout: float = 60.0, silence: float = SILENCE) -> None:
        self._address = Address(path)
        self._timeout = timeout
        self._silence = silence
        self._idle: list[_Connection] = []

    @classmethod
    def to(cls, url: str, key: str, *, timeout: float = 60.0, silence: float = SILENCE) -> "LiveClient":
        """A client of the TCP door."""
        client = cls("", timeout=timeout, silence=silence)
        client._address = Address(url=url, key=key)
        return client

    async def send(self, call: Call[T]) -> T:
        """The call's answer. Raises the error of the core that the server answered with."""
        response, body = Response(), b""
        reader, writer = await self._open()
        try:
            async with asyncio.timeout(self._timeout):
                writer.write(request(call, host=self._address.authority, key=self._address.key))
                while not response.done:
                    piece = await reader.read(_PIECE)
                    if not piece:
                        raise UnreachableError(LOST)
                    body += response.feed(piece)
        except TimeoutError:
            raise UnreachableError(f"The server did not answer within {self._timeout:.0f} seconds.") from None
        except OSError:
            raise UnreachableError(LOST) from None
        finally:
            if response.keeps_alive and len(self._idle) < _KEPT:
                self._idle.append((reader, writer))
            else:
                writer.close()
        return answer(call, response, body)

    async def changes(self, after: int | None = None) -> AsyncGenerator[Frame, None]:
        """What changes, from now on or after a position, until the connection is lost: then `UnreachableError`.

        The first frame is a `Hello`. Whoever reconnects passes the `seq` of the last frame it saw."""
        reader, writer = await self._connect()
        try:
            more = "Accept: text/event-stream\r\n"
            if after is not None:
                more += f"Last-Event-ID: {after}\r\n"
            writer.write(request(_STREAM, host=self._address.authority, key=self._address.key, more=more))
            response, rest = Response(), b""
            while True:
                async with asyncio.timeout(self._silence):
                    piece = await reader.read(_PIECE)
                if not piece:
                    raise UnreachableError("The connection to the server was lost.")
                rest += response.feed(piece)
                if response.status >= 400:
                    if not response.done:
                        continue
                    raise failure(response, rest)
                *frames, rest = rest.split(b"\n\n")
                for frame in frames:
                    if (said := _frame(frame)) is not None:
                        yield said
                if response.done:
                    raise UnreachableError("The server ended the connection.")
        except TimeoutError:
            raise UnreachableError("The server has been silent for too long: the connection is lost.") from None
        except OSError:
            raise UnreachableError("The connection to the server was lost.") from None
        finally:
            writer.close()

    async def close(self) -> None:
        for _, writer in self._idle:
            writer.close()
        self._idle.clear()

    async def _open(self) -> _Connection:
        while self._idle:
            reader, writer = self._idle.pop()
            if not reader.at_eof() and not writer.is_closing():
                return reader, writer
            writer.close()
        return await self._connect()

    async def _connect(self) -> _Connection:
        address = self._address
        try:
            async with asyncio.timeout(self._timeout):
                if address.path is not None:
                    return await asyncio.open_unix_connection(address.path)
                secured = ssl.create_default_context() if address.tls else None
                return await asyncio.open_connection(address.host, address.port, ssl=secured)
        except TimeoutError:
            raise UnreachableError(f"The server did not answer within {self._timeout:.0f} seconds.") from None
        except OSError as error:
            raise address.unreachable(error) from None


def _frame(text: bytes) -> Frame | None:
    """One server-sent event; nothing for a heartbeat, or for a kind that a newer server may send."""
    kind, data = "", b""
    for line in text.split(b"\n"):
        name, _, value = line.partition(b": ")
        if name == b"event":
            kind = value.decode("latin-1")
        elif name == b"data":
            data = value
    decoder = _FRAMES.get(kind)
    return None if decoder is None else decoder.decode(data)
