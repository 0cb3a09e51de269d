"""The ways in which a service fails, the same for all doubles."""

import asyncio
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from email.utils import format_datetime
from enum import StrEnum

from aiohttp.web import BaseRequest, Response, StreamResponse

from core.clock import Clock, to_datetime

WAIT_SECONDS = 7
WAIT_UNTIL = timedelta(seconds=90)
ELSEWHERE = "https://elsewhere.example/taken?secret="


class Failing(StrEnum):
    HANG = "hang"
    RESET = "reset"
    DROP = "drop"  # the connection, after reading
    BAD = "400"
    UNKNOWN = "401"
    FORBIDDEN = "403"
    MISSING = "404"
    GONE = "410"
    TOO_MANY = "429 seconds"
    TOO_MANY_UNTIL = "429 date"
    BROKEN = "500"
    BUSY = "503"
    BUSY_FOR = "503 seconds"
    MOVED = "302"
    SLOW_BODY = "slow body"
    ENDLESS_BODY = "endless body"
    WRONG_SUCCESS = "wrong success"

    @property
    def status(self) -> int | None:
        """The status, for those that are nothing but an answer."""
        number = self.value.partition(" ")[0]
        return int(number) if number.isdigit() else None


async def fail(
    how: Failing, request: BaseRequest, words: Callable[[int], tuple[str, str]], clock: Clock
) -> StreamResponse:
    """Answer a request with a failure, in the service's own words where it has any."""
    match how:
        case Failing.HANG:
            await asyncio.Event().wait()
        case Failing.RESET | Failing.DROP:
            return _ended(request, reset=how is Failing.RESET)
        case Failing.SLOW_BODY:
            return await _slow(request)
        case Failing.ENDLESS_BODY:
            return await _endless(request)
        case Failing.WRONG_SUCCESS:
            return Response(text=f"<html>Log in to go to {request.path_qs}</html>", content_type="text/html")
    status = how.status
    assert status is not None
    body, kind = words(status)
    response = Response(status=status, text=body, content_type=kind)
    if how in (Failing.TOO_MANY, Failing.BUSY_FOR):
        response.headers["Retry-After"] = str(WAIT_SECONDS)
    elif how is Failing.TOO_MANY_UNTIL:
        until = to_datetime(clock.now()).replace(microsecond=0) + WAIT_UNTIL
        response.headers["Retry-After"] = format_datetime(until, usegmt=True)
    elif how is Failing.MOVED:
        response.headers["Location"] = ELSEWHERE + request.path_qs
    return response


def _ended(request: BaseRequest, *, reset: bool) -> StreamResponse:
    assert request.transport is not None
    if reset:
        line: socket.socket = request.transport.get_extra_info("socket")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    else:
        request.transport.close()
    return Response()


async def _slow(request: BaseRequest) -> StreamResponse:
    response = StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b"o")
    await asyncio.Event().wait()
    return response


async def _endless(request: BaseRequest) -> StreamResponse:
    response = StreamResponse()
    await response.prepare(request)
    with suppress(ConnectionError):
        while True:
            await response.write(b"o" * 16_384)
            await asyncio.sleep(0)
    return response
