"""The one aiohttp session of a server, in which every connection passes the policy.

aiohttp does not resolve a host that is an address, so each target is checked before; a name is resolved by us,
and the address that was connected to is checked once more before a byte is sent."""

import asyncio
import socket
import ssl
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientError,
    ClientPayloadError,
    ClientRequest,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    TCPConnector,
    TraceConfig,
)
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.connector import Connection
from yarl import URL

from core.channels.outbound.http_client import MAX_ANSWER, USER_AGENT, Answer, Failure
from core.channels.outbound.policy import OutboundError, OutboundPolicy, Target, without_scope
from core.channels.outbound.resolving import Resolver
from core.channels.outbound.scrubbing import Scrubber
from core.channels.outcome import Ambiguous, Refused, Transient
from core.clock import Clock

if TYPE_CHECKING:
    from aiohttp.tracing import Trace, TraceRequestChunkSentParams, TraceRequestHeadersSentParams


@dataclass(slots=True)
class _Attempt:
    """What is known of the request under way: where it goes, how much of it the connection has taken."""

    target: Target
    size: int
    sent: int = 0
    began: bool = False

    @property
    def complete(self) -> bool:
        return self.began and self.sent >= self.size


_attempt: ContextVar[_Attempt] = ContextVar("attempt")


class HttpSession:
    """Keeps connections alive between requests, and nothing else: no cookies, no proxy, no redirects."""

    def __init__(self, policy: OutboundPolicy, resolver: Resolver, tls: ssl.SSLContext | None = None) -> None:
        trace = TraceConfig()
        trace.on_request_headers_sent.append(_headers_sent)
        trace.on_request_chunk_sent.append(_chunk_sent)
        self._session = ClientSession(
            connector=_Connector(policy, resolver, tls),
            cookie_jar=DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},
            timeout=ClientTimeout(total=None),
            trace_configs=[trace],
        )

    async def exchange(
        self,
        method: str,
        target: Target,
        headers: Mapping[str, str],
        body: bytes,
        scrub: Scrubber,
        clock: Clock,
        limit: float,
    ) -> Answer | Failure:
        """One request and its answer, within so many seconds."""
        attempt = _Attempt(target, len(body))
        _attempt.set(attempt)
        deadline = asyncio.get_running_loop().time() + limit
        try:
            async with asyncio.timeout_at(deadline):
                response = await self._session.request(
                    method,
                    URL(target.url, encoded=True),
                    data=body or None,
                    headers=headers,
                    allow_redirects=False,
                    timeout=ClientTimeout(total=None, sock_connect=limit / 2),
                )
        except (OutboundError, ClientError, OSError, ValueError) as error:
            return _failure(error, attempt, scrub)
        read, whole = await _read(response, deadline)
        said = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, said, read, whole, clock.now(), scrub)

    async def close(self) -> None:
        await self._session.close()


class _Connector(TCPConnector):
    """Connects to addresses that were checked, and checks where it has arrived."""

    def __init__(self, policy: OutboundPolicy, resolver: Resolver, tls: ssl.SSLContext | None) -> None:
        names = _CheckedNames(resolver)
        super().__init__(limit=0, use_dns_cache=False, resolver=names, ssl=True if tls is None else tls)
        self._policy = policy

    async def connect(self, req: ClientRequest, traces: "list[Trace]", timeout: ClientTimeout) -> Connection:
        connection = await super().connect(req, traces, timeout)
        try:
            transport = connection.transport
            peer = None if transport is None else transport.get_extra_info("peername")
            if peer is None:
                raise ConnectionResetError("the connection ended at once")
            self._policy.check(_attempt.get().target, without_scope(peer[0]))
        except BaseException:
            connection.close()
            raise
        return connection


class _CheckedNames(AbstractResolver):
    """The resolver as aiohttp asks for it."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=str(address),
                port=port,
                family=socket.AF_INET if address.version == 4 else socket.AF_INET6,
                proto=0,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for address in await self._resolver.addresses(_attempt.get().target)
        ]

    async def close(self) -> None:
        """The resolver is closed by who made it."""


async def _headers_sent(_: object, __: object, ___: "TraceRequestHeadersSentParams") -> None:
    _attempt.get().began = True


async def _chunk_sent(_: object, __: object, params: "TraceRequestChunkSentParams") -> None:
    _attempt.get().sent += len(params.chunk)


async def _read(response: ClientResponse, deadline: float) -> tuple[bytes, bool]:
    """The beginning of a body, as much as comes in time and is kept; and whether that is all."""
    pieces = bytearray()
    try:
        async with asyncio.timeout_at(deadline):
            async for piece in response.content.iter_any():
                pieces += piece
                if len(pieces) > MAX_ANSWER:
                    break
            else:
                response.release()
                return bytes(pieces), True
    except (ClientPayloadError, ClientError, OSError):
        pass
    finally:
        response.close()
    return bytes(pieces[:MAX_ANSWER]), False


def _failure(error: Exception, attempt: _Attempt, scrub: Scrubber) -> Failure:
    """What it means that no answer came."""
    where = attempt.target.authority
    match error:
        case OutboundError():
            return Refused(scrub(error.sentence))
        case ClientConnectorDNSError():
            return Transient(scrub(f"{where} cannot be reached: its name leads nowhere."))
        case ClientConnectorCertificateError():
            return Transient(scrub(f"{where} cannot be trusted: {_of_certificate(error.certificate_error)}."))
        case ClientConnectorError():
            return Transient(scrub(f"{where} cannot be reached: {_of_system(error.os_error)}."))
        case TimeoutError() if attempt.complete:
            return Ambiguous(scrub(f"{where} did not answer in time: it may have taken the message."))
        case TimeoutError():
            return Transient(scrub(f"{where} cannot be reached: it took too long."))
        case ClientError() | OSError() if attempt.complete:
            return Ambiguous(
                scrub(f"{where} ended the connection without an answer: it may have taken the message.")
            )
        case ClientError() | OSError():
            return Transient(scrub(f"{where} ended the connection before all was sent."))
    return Refused(scrub("The request cannot be written: a header has a character that none may have."))


def _of_certificate(error: Exception) -> str:
    return error.verify_message if isinstance(error, ssl.SSLCertVerificationError) else "its certificate is wrong"


def _of_system(error: OSError) -> str:
    return error.strerror or type(error).__name__
