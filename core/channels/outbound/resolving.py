"""Names to addresses, each of them checked. Lookups have threads of their own: a resolver that hangs must not
keep others waiting for theirs."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

from core.channels.outbound.policy import Address, OutboundError, OutboundPolicy, Target, without_scope

Lookup = Callable[[str, int], Awaitable[list[Address]]]
_THREADS = 16


class Resolver:
    """Gives the addresses of a target, or raises `OutboundError` when one of them is refused, `OSError` when the
    name is not known."""

    def __init__(self, policy: OutboundPolicy, lookup: Lookup | None = None) -> None:
        self._policy = policy
        self._lookup = lookup or self._ask_system
        self._threads: ThreadPoolExecutor | None = None

    async def addresses(self, target: Target) -> list[Address]:
        """All must pass: a name with one address inside and one outside is refused. Of this machine's own two,
        which `localhost` leads to, one that is listed is enough, and the other is left out."""
        if target.address is not None:
            found = [target.address]
        else:
            found = await self._lookup(target.host, target.port)
            if {str(address) for address in found} == {"127.0.0.1", "::1"}:
                found = [address for address in found if self._passes(target, address)] or found
        for address in found:
            self._policy.check(target, address)
        return found

    def _passes(self, target: Target, address: Address) -> bool:
        try:
            self._policy.check(target, address)
        except OutboundError:
            return False
        return True

    def close(self) -> None:
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None

    async def _ask_system(self, host: str, port: int) -> list[Address]:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="lookup")
        found = await asyncio.get_running_loop().run_in_executor(self._threads, _getaddrinfo, host, port)
        return list(dict.fromkeys(found))


def _getaddrinfo(host: str, port: int) -> list[Address]:
    return [without_scope(str(entry[4][0])) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
