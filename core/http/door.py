"""A door: one HTTP server on a socket. It hands each request to one function and guards the protocol around it.

It stands on aiohttp's low-level server: there is one router, ours, and no chain of middlewares."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import http_parser
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http_parser import RawRequestMessage
from aiohttp.streams import StreamReader
from aiohttp.web import BaseRequest, RequestHandler, Server, StreamResponse

from core.errors import HomeError, InvalidError
from core.http.answers import malformed, unexpected
from core.http.asking import LARGEST_BODY
from core.http.envelopes import Envelope, envelope_of

HEAD_SECONDS = 15.0
KEEPALIVE_SECONDS = 75.0
MOST_CONNECTIONS = 4096
_SWEEP_SECONDS = 1.0
_REMEMBERED = 256  # bytes of a request, which tell what it is for


def require_compiled_parser() -> None:
    """The parser in plain Python is slow, and has let through what the compiled one refuses."""
    if http_parser.HttpRequestParser is http_parser.HttpRequestParserPy:
        raise HomeError(
            "aiohttp works without its compiled parser: unset AIOHTTP_NO_EXTENSIONS, or install its wheel for"
            " this machine."
        )


class Connection(RequestHandler):
    """One client's connection. It knows since when it has waited for the rest of a head, how that begins, and
    whether it is to close when the rest of a body has come."""

    __slots__ = ("beginning", "body", "closing", "peer", "waiting_since")

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.peer: tuple[int, int] | None = None  # user and group id, once the kernel was asked
        self.waiting_since: float | None = None
        self.body: StreamReader | None = None
        self.closing = False
        self.beginning = b""

    def close(self) -> None:
        """Take nothing more from the client, but for the rest of what it is sending."""
        self.closing = True
        if self.body is None or self.body.is_eof():
            super().close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.waiting_since = self._loop.time()
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        if self.waiting_since is None:
            self.waiting_since = self._loop.time()
            self.beginning = b""
        if len(self.beginning) < _REMEMBERED:
            self.beginning += data[:_REMEMBERED]
        super().data_received(data)
        if self._messages and self._messages[-1][0].__class__ is not RawRequestMessage:
            self._give_up_body()

    async def finish_response(
        self, request: BaseRequest, resp: StreamResponse, start_time: float | None
    ) -> tuple[StreamResponse, bool]:
        try:
            return await super().finish_response(request, resp, start_time)
        finally:
            self.waiting_since, self.body = None, None
            if self.closing:
                super().close()

    def handle_error(
        self,
        request: BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> StreamResponse:
        if request.writer.output_size > 0:
            raise ConnectionError("The answer had begun.")
        if status < 500:
            return malformed(self._envelope())
        response = unexpected(exc or RuntimeError("time limit"), "the protocol", self._envelope())
        response.force_close()
        return response

    def _give_up_body(self) -> None:
        """What came could not be read: whoever waits for the rest of a body is told so, and nothing follows."""
        if self.body is not None and not self.body.is_eof():
            self.closing = True
            self.body.set_exception(InvalidError("The body is not made as its headers say."))
            self.body.feed_eof()

    def _envelope(self) -> Envelope:
        line = self.beginning.lstrip(b"\r\n").partition(b"\n")[0]
        return envelope_of(line.decode("latin-1"))


class Door(Server):
    """Answers on any number of sockets with one function."""

    def __init__(self, answer: Callable[[BaseRequest], Awaitable[StreamResponse]]) -> None:
        super().__init__(
            answer,
            request_factory=self._request,
            handler_cancellation=True,
            access_log=None,
            auto_decompress=False,
            keepalive_timeout=KEEPALIVE_SECONDS,
            lingering_time=5.0,
        )
        self._sweeper = self._loop.create_task(self._sweep(), name="door sweeper")

    def __call__(self) -> RequestHandler:
        return Connection(self, loop=self._loop, **self._kwargs)

    def connection_made(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()

    async def close(self, seconds: float) -> None:
        """Let the requests that run finish, for at most so long, and close every connection."""
        self._sweeper.cancel()
        self.pre_shutdown()
        bodies = [one.body for one in self.connections if isinstance(one, Connection) and one.body is not None]
        coming = [asyncio.ensure_future(body.wait_eof()) for body in bodies if not body.is_eof()]
        until = self._loop.time() + seconds
        if coming:
            _, late = await asyncio.wait(coming, timeout=seconds)
            for waiting in late:
                waiting.cancel()
            await asyncio.gather(*coming, return_exceptions=True)
        await self.shutdown(max(0.1, until - self._loop.time()))

    def _request(
        self,
        message: RawRequestMessage,
        payload: StreamReader,
        protocol: RequestHandler,
        writer: AbstractStreamWriter,
        task: "asyncio.Task[None]",
    ) -> BaseRequest:
        if isinstance(protocol, Connection):
            protocol.waiting_since = float("inf")  # the head is whole: the body has its own limit
            protocol.body = payload
        return BaseRequest(message, payload, protocol, writer, task, self._loop, client_max_size=LARGEST_BODY)

    async def _sweep(self) -> None:
        """Close the connections whose heads do not come."""
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            limit = self._loop.time() - HEAD_SECONDS
            for connection in self.connections:
                if isinstance(connection, Connection) and (connection.waiting_since or limit) < limit:
                    connection.force_close()
