"""A program in a terminal, watched with a clock: when which bytes came."""

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

_CLEAN = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"}


class Screen:
    """A running program. A thread of its own drains the terminal, so that the program never waits for us."""

    def __init__(self, command: Sequence[str], cwd: str, extra: Mapping[str, str] | None = None) -> None:
        environment = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], **_CLEAN, **(extra or {})}
        self.started = time.perf_counter()
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.chdir(cwd)
            os.execve(command[0], list(command), environment)  # noqa: S606
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        self._news = threading.Condition()
        self._output = bytearray()
        self.changed = self.started  # when something last came
        self._reader = threading.Thread(target=self._drain, daemon=True)
        self._reader.start()

    def wait_for(self, text: bytes, since: int = 0, limit: float = 60.0) -> float:
        """The moment at which these bytes had come, `since` so many before."""
        deadline = time.perf_counter() + limit
        with self._news:
            while self._output.find(text, since) < 0:
                if not self._news.wait(deadline - time.perf_counter()):
                    raise TimeoutError(
                        f"{text!r} did not appear; the last bytes were {bytes(self._output[-400:])!r}"
                    )
            return self.changed

    def wait_for_more(self, since: int, limit: float = 10.0) -> None:
        """Wait until more has come than so many bytes."""
        deadline = time.perf_counter() + limit
        with self._news:
            while len(self._output) <= since:
                if not self._news.wait(deadline - time.perf_counter()):
                    raise TimeoutError("Nothing more came.")

    def resize(self, rows: int, columns: int) -> float:
        """Seconds until the frame for the new size has come whole."""
        before, asked = self.size(), time.perf_counter()
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.wait_for_more(before)
        self.settle(0.3)
        return self.changed - asked

    def resident(self) -> float:
        """The program's memory, in megabytes."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def press(self, keys: bytes) -> None:
        os.write(self._terminal, keys)

    def size(self) -> int:
        with self._news:
            return len(self._output)

    def settle(self, quiet: float = 0.25) -> None:
        """Wait until nothing has come for so long."""
        while True:
            before = self.size()
            time.sleep(quiet)
            if self.size() == before:
                return

    def respond(self, keys: bytes, sign: bytes, quiet: float = 0.2) -> tuple[float, int]:
        """Seconds from a key to the sign that it took effect, and all bytes that it caused until it is quiet."""
        before = self.size()
        pressed = time.perf_counter()
        self.press(keys)
        answered = self.wait_for(sign, before, 5.0) - pressed
        self.settle(quiet)
        return answered, self.size() - before

    def _drain(self) -> None:
        while True:
            select.select([self._terminal], [], [])
            try:
                chunk = os.read(self._terminal, 65536)
            except OSError:
                return
            if not chunk:
                return
            with self._news:
                self._output += chunk
                self.changed = time.perf_counter()
                self._news.notify_all()

    def __enter__(self) -> "Screen":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.kill(self.pid, signal.SIGTERM)
        for _ in range(100):
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                return
            time.sleep(0.05)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
