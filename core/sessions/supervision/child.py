"""A process that was started. Its number stays its own until `reap`: a signal to its group reaches no other."""

import asyncio
import os
import signal
import subprocess
import threading
from contextlib import suppress

from core.sessions.supervision.marks import identity_of


class Child:
    """Made on the event loop, right after the start. `exited` is done when it has ended."""

    def __init__(self, started: "subprocess.Popen[bytes]") -> None:
        self._process = started
        self._loop = asyncio.get_running_loop()
        self.pid = started.pid
        self.identity = identity_of(started.pid)
        self.exited: asyncio.Future[None] = self._loop.create_future()
        if started.stdout is None or started.stderr is None:
            raise ValueError("What it writes must be read.")
        self.stdin, self.stdout, self.stderr = started.stdin, started.stdout, started.stderr
        self._held: int | None = None
        try:
            self._held = os.pidfd_open(started.pid)
            self._loop.add_reader(self._held, self._has_exited)
        except (OSError, AttributeError):  # an older kernel, or macOS
            threading.Thread(target=self._wait, name=f"wait for {started.pid}", daemon=True).start()

    @property
    def ended(self) -> bool:
        return self.exited.done()

    def signal(self, number: signal.Signals) -> None:
        """To its whole group."""
        if self._process.returncode is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)

    def reap(self, timeout: float | None = None) -> int | None:
        """Its exit code as a shell would say it, if it ends in this time. Its number is free from now on."""
        try:
            code = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None
        finally:
            self._let_go()
        return 128 - code if code < 0 else code

    def close_pipes(self) -> None:
        """Those that nobody has taken over."""
        for pipe in (self.stdin, self.stdout, self.stderr):
            if pipe is not None:
                pipe.close()

    def _wait(self) -> None:
        self._process.wait()
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(self._has_exited)

    def _has_exited(self) -> None:
        self._let_go()
        if not self.exited.done():
            self.exited.set_result(None)

    def _let_go(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            self._loop.remove_reader(held)
            os.close(held)
