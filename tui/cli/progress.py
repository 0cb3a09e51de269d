"""Says what takes long: on a terminal and after a second, on standard error, and wiped when it is over."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_PATIENCE = 1.0
_WIPE = "\r\x1b[K"


@contextmanager
def waiting(doing: str) -> Iterator[None]:
    """Show `doing` while the body runs, when that takes more than a second."""
    if not sys.stderr.isatty():
        yield
        return
    shown = threading.Event()
    over = threading.Lock()

    def show() -> None:
        with over:
            if not timer.finished.is_set():
                shown.set()
                sys.stderr.write(f"{doing} …")
                sys.stderr.flush()

    timer = threading.Timer(_PATIENCE, show)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        with over:
            timer.cancel()
        if shown.is_set():
            sys.stderr.write(_WIPE)
            sys.stderr.flush()


class Counter:
    """Shows how much is done of something that is counted, at most a few times a second."""

    def __init__(self, doing: str) -> None:
        self._doing = doing
        self._shown = False
        self._next = 0.0

    def at(self, done: str, now: float) -> None:
        if not sys.stderr.isatty():
            return
        if not self._next:
            self._next = now + _PATIENCE
        if now < self._next:
            return
        self._next = now + 0.2
        self._shown = True
        sys.stderr.write(f"{_WIPE}{self._doing} … {done}")
        sys.stderr.flush()

    def over(self) -> None:
        if self._shown:
            sys.stderr.write(_WIPE)
            sys.stderr.flush()
