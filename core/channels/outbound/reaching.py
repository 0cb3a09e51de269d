"""Connecting to a service and saying nothing: what a check does where every request would do something."""

import asyncio
import ssl
from functools import cache

from core.channels.outbound.policy import Target
from core.channels.outbound.resolving import Resolver


@cache
def trusted() -> ssl.SSLContext:
    """The certificates that the system trusts."""
    return ssl.create_default_context()


async def reach(target: Target, resolver: Resolver, trust: ssl.SSLContext | None = None) -> None:
    """Connect to the first address that lets us, shake hands, and leave. Raises OSError when none does."""
    tls = (trust or trusted()) if target.scheme == "https" else None
    last: OSError = OSError("the name leads nowhere")
    for address in await resolver.addresses(target):
        try:
            _, writer = await asyncio.open_connection(
                str(address),
                target.port,
                ssl=tls,
                server_hostname=target.host if tls else None,
            )
        except OSError as error:
            last = error
        else:
            writer.transport.abort()
            return
    raise last
