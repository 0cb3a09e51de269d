"""Clients that follow one home as the app does, without a screen: each hears of a change and asks for it.

`python -m tests.bench.crowd SOCKET COUNT` says `ready` when all of them listen."""

import asyncio
import sys

from core.api.inbox import these
from core.api.stream import Change, Hello
from core.live_client import LiveClient


async def follow(socket: str, listening: asyncio.Semaphore) -> None:
    client = LiveClient(socket)
    async for frame in client.changes():
        if isinstance(frame, Hello):
            listening.release()
        if isinstance(frame, Change) and frame.topic == "inbox" and frame.id:
            await client.send(these([int(frame.id)]))


async def gather(socket: str, count: int) -> None:
    listening = asyncio.Semaphore(0)
    async with asyncio.TaskGroup() as crowd:
        for _ in range(count):
            crowd.create_task(follow(socket, listening))
        for _ in range(count):
            await listening.acquire()
        print("ready", flush=True)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(gather(sys.argv[1], int(sys.argv[2])))
