"""The way to the desktop, in a thread with a loop of its own: neither the time that it takes nor what a broken
bus leaves behind comes near the screen."""

import asyncio
from collections.abc import Callable
from threading import Thread

from core.alerts.words import Alert
from tui.alerts.notifier import PROBE, SEND, Notifier

_GOODBYE = 1.0  # seconds


class DesktopAlerts:
    """Begins with the first alert, and ends with `close`."""

    def __init__(self, *, probe: float = PROBE, send: float = SEND) -> None:
        self._notifier = Notifier(probe, send)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None

    @property
    def trouble(self) -> str:
        """Why the last alert did not arrive."""
        return self._notifier.trouble

    async def tell(self, alert: Alert, clicked: Callable[[], object]) -> bool:
        """Whether the desktop took it. `clicked` is called when the person activates it."""
        here = asyncio.get_running_loop()

        def heard() -> None:
            if not here.is_closed():
                here.call_soon_threadsafe(clicked)

        telling = asyncio.run_coroutine_threadsafe(self._notifier.tell(alert, heard), self._begun())
        return await asyncio.wrap_future(telling)

    def close(self) -> None:
        """Leave the desktop alone, for good."""
        loop, self._loop = self._loop, None
        if loop is not None and self._thread is not None:
            loop.call_soon_threadsafe(self._end, loop)
            self._thread.join(_GOODBYE)

    def _begun(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._loop.set_exception_handler(_ignored)
            self._thread = Thread(target=_run, args=(self._loop,), daemon=True)
            self._thread.start()
        return self._loop

    def _end(self, loop: asyncio.AbstractEventLoop) -> None:
        self._notifier.close()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.call_soon(loop.stop)


def _run(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
    finally:
        loop.close()


def _ignored(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """Nobody waits for these any more: whoever did was told that the alert did not arrive."""
