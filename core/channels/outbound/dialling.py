"""A connection to a service that is not spoken to over HTTP: to an address that was checked, and to no other."""

import asyncio
import socket

from core.channels.outbound.policy import Address, OutboundPolicy, Target, without_scope
from core.channels.outbound.resolving import Resolver


async def dialled(
    policy: OutboundPolicy, resolver: Resolver, host: str, port: int, limit: float
) -> socket.socket:
    """A connected socket. Each address that the name leads to has so many seconds to answer. Raises OutboundError
    where one of them is refused, OSError where none answers."""
    target = policy.endpoint(host, port)
    failed = OSError("its name leads nowhere")
    for address in await resolver.addresses(target):
        try:
            async with asyncio.timeout(limit):
                return await _connected(policy, target, address)
        except OSError as error:
            failed = error
    raise failed


async def _connected(policy: OutboundPolicy, target: Target, address: Address) -> socket.socket:
    opened = socket.socket(socket.AF_INET if address.version == 4 else socket.AF_INET6, socket.SOCK_STREAM)
    try:
        opened.setblocking(False)
        await asyncio.get_running_loop().sock_connect(opened, (str(address), target.port))
        policy.check(target, without_scope(opened.getpeername()[0]))
    except BaseException:
        opened.close()
        raise
    return opened
