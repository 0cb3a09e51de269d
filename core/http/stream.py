"""GET /stream: what changes, as server-sent events.

All that waits goes out in one write. A client that does not read for ten seconds is let go, and comes back with
`Last-Event-ID`; one whose right to listen ended is let go at the next heartbeat."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress

import msgspec
from aiohttp.web import StreamResponse

from core.api import stream as wire
from core.api.wire import API
from core.errors import CallboardError, InvalidError, NotAuthenticatedError, UnavailableError
from core.events.feed import Change, Feed, Reset, Subscription
from core.http.answers import headers
from core.http.routes import Incoming, Route
from storage.ids import ChangeSeq

HEARTBEAT_SECONDS = 15.0
WRITE_SECONDS = 10.0
_MOST_STREAMS = 1000
_LARGEST_SEQ = 2**63 - 1

_encode = msgspec.json.Encoder().encode


class Stream:
    """The open streams of a server."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._open: set[Subscription] = set()

    def routes(self) -> list[Route]:
        summary = "What changes, as server-sent events; resumes after Last-Event-ID"
        return [Route("GET", f"{API}/stream", self._answer, summary=summary, media="text/event-stream")]

    async def close(self) -> None:
        """End every stream, so that the door can close."""
        for subscription in list(self._open):
            subscription.close()

    async def _answer(self, incoming: Incoming) -> StreamResponse:
        request, caller = incoming.request, incoming.caller
        if caller is None:
            raise NotAuthenticatedError("Say who you are.")
        if incoming.query:
            raise InvalidError("The stream takes no parameters.")
        if len(self._open) >= _MOST_STREAMS:
            raise UnavailableError("Too many clients listen already: close some, or try again later.")
        subscription = self._feed.subscribe(caller, _resumed(request.headers.get("Last-Event-ID")))
        self._open.add(subscription)
        response = StreamResponse(headers=headers("text/event-stream", **{"X-Accel-Buffering": "no"}))
        try:
            with subscription:
                await response.prepare(request)
                await _write(response, _hello(subscription.seq))
                await self._tell(incoming, response, subscription)
        except TimeoutError:  # a reader that does not read
            response.force_close()
            if request.transport is not None:
                request.transport.abort()
        finally:
            self._open.discard(subscription)
        return response

    async def _tell(self, incoming: Incoming, response: StreamResponse, subscription: Subscription) -> None:
        """Write what is heard until the subscription ends, or the right to hear it."""
        loop = asyncio.get_running_loop()
        due = loop.time() + HEARTBEAT_SECONDS
        while True:
            heard: list[Change | Reset] | None = None
            with suppress(TimeoutError):
                async with asyncio.timeout_at(due):
                    heard = await subscription.several()
            if heard is not None and not heard:
                return
            await _write(response, _frames(heard) if heard else b": still here\n\n")
            if loop.time() >= due:
                if not await _may_still_listen(incoming):
                    return
                due = loop.time() + HEARTBEAT_SECONDS


async def _write(response: StreamResponse, frames: bytes) -> None:
    async with asyncio.timeout(WRITE_SECONDS):
        await response.write(frames)


async def _may_still_listen(incoming: Incoming) -> bool:
    try:
        caller = await incoming.authenticate(incoming.request)
    except CallboardError:
        return False
    return incoming.caller is not None and caller.person == incoming.caller.person


def _frames(heard: Iterable[Change | Reset]) -> bytes:
    frames = []
    for one in heard:
        if isinstance(one, Change):
            data = _encode(wire.Change(one.topic, one.subject or None, one.seq))
            frames.append(b"id: %d\nevent: change\ndata: %b\n\n" % (one.seq, data))
        else:
            frames.append(b"id: %d\nevent: reset\ndata: %b\n\n" % (one.seq, _encode(wire.Reset(one.seq))))
    return b"".join(frames)


def _hello(seq: int) -> bytes:
    return b"id: %d\nevent: hello\ndata: %b\n\n" % (seq, _encode(wire.Hello(seq)))


def _resumed(said: str | None) -> ChangeSeq | None:
    if said is None or said == "":
        return None
    if not (said.isascii() and said.isdecimal()) or int(said[:20]) > _LARGEST_SEQ or len(said) > 19:
        raise InvalidError("This must be an id that the stream has sent.", "Last-Event-ID")
    return ChangeSeq(int(said))
