"""What blocks, done in a thread of its own."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Thread


async def apart(work: Callable[[], object]) -> None:
    """Run what blocks in a thread that nobody waits for at the end: leaving the app must not take long."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def settle(error: Exception | None) -> None:
        if not done.done():
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)

    def run() -> None:
        error = None
        try:
            work()
        except Exception as raised:
            error = raised
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, error)

    Thread(target=run, daemon=True).start()
    await done
