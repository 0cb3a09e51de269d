"""Who asks: on the socket whoever the kernel says, on TCP the owner of the API key, and nobody else."""

import socket
import struct
import sys
from collections.abc import Awaitable, Callable
from typing import Protocol

from aiohttp.web import BaseRequest

from core.caller import Caller
from core.errors import NotAuthenticatedError
from core.http.door import Connection

_LOCAL_PEERCRED = 1
_SOL_LOCAL = 0


class Doors(Protocol):
    """What a door needs to know of the people behind it."""

    async def by_peer(self, uid: int, gid: int) -> Caller:
        """The person with this account."""

    async def by_key(self, text: str, address: str) -> Caller:
        """The person whose API key this is."""


def by_peer(doors: Doors) -> Callable[[BaseRequest], Awaitable[Caller]]:
    """Authenticate a connection of the Unix socket. A key that is sent all the same counts, with its limits."""
    with_key = by_key(doors)

    async def authenticate(request: BaseRequest) -> Caller:
        if "Authorization" in request.headers:
            return await with_key(request)
        connection = request.protocol
        if not isinstance(connection, Connection) or connection.transport is None:
            raise NotAuthenticatedError("The connection is gone.")
        if connection.peer is None:
            connection.peer = peer_of(connection.transport.get_extra_info("socket"))
        return await doors.by_peer(*connection.peer)

    return authenticate


def by_key(doors: Doors) -> Callable[[BaseRequest], Awaitable[Caller]]:
    """Authenticate a request of the TCP door."""

    async def authenticate(request: BaseRequest) -> Caller:
        said = request.headers.getall("Authorization", [])
        scheme, _, key = said[0].partition(" ") if len(said) == 1 else ("", "", "")
        if scheme.lower() != "bearer" or not key.strip():
            raise NotAuthenticatedError("Say who you are: send an API key as 'Authorization: Bearer KEY'.")
        return await doors.by_key(key.strip(), _address(request))

    return authenticate


def peer_of(connection: socket.socket) -> tuple[int, int]:
    """User and group id of the process at the other end, as the kernel recorded them when it connected."""
    if sys.platform == "linux":
        _, uid, gid = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    else:  # struct xucred: version, uid, number of groups, sixteen groups of which the first is the effective one
        _, uid, _, gid = struct.unpack_from("IIh2xI", connection.getsockopt(_SOL_LOCAL, _LOCAL_PEERCRED, 76))
    return uid, gid


def _address(request: BaseRequest) -> str:
    return request.remote or "socket"
