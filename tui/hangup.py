"""Leaving when somebody says so by a signal, and in any case when the terminal has gone.

The signal of a hang-up is not enough: where the app leads no terminal none comes, and Textual reads the end
of its input over and over; where SIGCONT comes with it, Textual begins anew on what is not there. So a thread
watches the terminal itself, and has the last word."""

import asyncio
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Thread

_PATIENCE = 2.0  # seconds for what is kept from start to start
_HUNG_UP = 128 + signal.SIGHUP
_ENDED = 128 + signal.SIGTERM

Leave = Callable[[int], None]
"""Ends the app with this exit code."""


def leave_when_told(leave: Leave) -> None:
    """Call `leave` when the process is to end, and when the terminal hangs up."""
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, leave, _ENDED)
    loop.add_signal_handler(signal.SIGHUP, leave, _HUNG_UP)
    if sys.__stdin__ is not None and sys.__stdin__.isatty():
        Thread(target=_watch, args=(sys.__stdin__.fileno(), loop, leave), daemon=True).start()


def _watch(terminal: int, loop: asyncio.AbstractEventLoop, leave: Leave) -> None:
    poller = select.poll()
    poller.register(terminal, 0)  # of a hang-up one is told unasked
    poller.poll()
    with suppress(RuntimeError):  # the loop has ended meanwhile
        loop.call_soon_threadsafe(leave, _HUNG_UP)
    time.sleep(_PATIENCE)
    os._exit(_HUNG_UP)
