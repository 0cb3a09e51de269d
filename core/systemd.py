"""The few words that a service says to systemd: ready, stopping, still alive."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Mapping


def say(state: str, environment: Mapping[str, str] = os.environ) -> None:
    """Tell the service manager, if there is one."""
    address = environment.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        try:
            notify.sendto(state.encode(), address)
        except OSError:
            return


def watchdog_seconds(environment: Mapping[str, str] = os.environ) -> float | None:
    """How long systemd waits for a sign of life, if it watches this process."""
    if environment.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    microseconds = environment.get("WATCHDOG_USEC", "")
    return int(microseconds) / 1_000_000 if microseconds.isdecimal() and int(microseconds) else None


async def keep_watchdog(seconds: float, alive: Callable[[], Awaitable[object]]) -> None:
    """Give a sign of life for as long as `alive` answers."""
    while True:
        await alive()
        say("WATCHDOG=1")
        await asyncio.sleep(seconds / 3)
