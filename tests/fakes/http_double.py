"""A service's double: an HTTP server on loopback that remembers what it was asked, and fails when told to."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ssl import SSLContext
from typing import Any, Self

import msgspec
from aiohttp.web import BaseRequest, Response, Server, StreamResponse

from core.clock import Clock, SystemClock
from tests.fakes.failing import Failing, fail

Said = tuple[str, str]
"""An answer's body and its content type."""


@dataclass
class Asked:
    """A request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)


@dataclass
class HttpDouble:
    """`failing` is what it does instead of its work, for ever or for so many requests."""

    clock: Clock = field(default_factory=SystemClock)
    asked: list[Asked] = field(default_factory=list)
    failing: Failing | None = None
    failures_left: int | None = None
    url: str = ""

    async def answer(self, asked: Asked) -> Response:
        """What the service does."""
        raise NotImplementedError

    def words(self, status: int, asked: Asked) -> Said:
        """What the service says with a status."""
        return f"{status}: {asked.path}", "text/plain"

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    @property
    def allowed(self) -> str:
        """The line of `[outbound] allow` that lets it be reached."""
        return f"127.0.0.1/32:{self.port}"

    def fails(self, how: Failing | None, times: int | None = None) -> None:
        self.failing, self.failures_left = how, times

    async def take(self, request: BaseRequest) -> StreamResponse:
        how = self.failing
        if how is Failing.RESET:
            body = b""
        else:
            body = await request.read()
        asked = Asked(request.method, request.path_qs, request.headers.copy(), body)
        self.asked.append(asked)
        if how is None:
            return await self.answer(asked)
        if self.failures_left is not None:
            self.failures_left -= 1
            if not self.failures_left:
                self.fails(None)
        return await fail(how, request, lambda status: self.words(status, asked), self.clock)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Self]:
        """Listening on a port of its own, until the block ends."""
        async with listening(self.take) as port:
            self.url = f"http://127.0.0.1:{port}"
            yield self


@asynccontextmanager
async def listening(
    take: Callable[[BaseRequest], Awaitable[StreamResponse]], tls: SSLContext | None = None
) -> AsyncIterator[int]:
    """An HTTP server that ends with the block, whatever it is at."""
    server = Server(take, access_log=None)
    listener = await asyncio.get_running_loop().create_server(server, "127.0.0.1", 0, ssl=tls)
    try:
        yield int(listener.sockets[0].getsockname()[1])
    finally:
        listener.close()
        await server.shutdown(0.001)
