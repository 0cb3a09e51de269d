"""A real terminal for the tests: runs a program in a pty, draws what it writes, and presses keys.

Waiting is waiting for bytes, never for time to pass; whoever waits in vain is shown the screen. A program that
marks its frames is seen frame by frame, never half drawn."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from codecs import getincrementaldecoder
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self
from unicodedata import combining

import pyte

from core.characters import TWO_STYLES, cells
from tests.hostile.foreign import Foreign, Manner, foreign, without_sequences

__all__ = ["Foreign", "Manner", "Terminal", "clean_environment", "foreign", "without_sequences"]

KEYS: Mapping[str, str] = {
    "enter": "\r", "escape": "\x1b", "tab": "\t", "shift+tab": "\x1b[Z", "space": " ", "backspace": "\x7f",
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "home": "\x1b[H", "end": "\x1b[F",
    "pageup": "\x1b[5~", "pagedown": "\x1b[6~", "insert": "\x1b[2~", "delete": "\x1b[3~",
    "f1": "\x1bOP", "f2": "\x1bOQ", "f3": "\x1bOR", "f4": "\x1bOS", "f5": "\x1b[15~", "f10": "\x1b[21~",
    **{f"ctrl+{letter}": chr(ord(letter) - 96) for letter in "abcdefghijklmnopqrstuvwxyz"},
}  # fmt: skip

_PATIENCE = 20.0
_QUIET = 0.12
_ASKS_FOR_WHOLE_FRAMES, _TAKES_WHOLE_FRAMES = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
_FRAME_BEGINS, _FRAME_ENDS = "\x1b[?2026h", "\x1b[?2026l"
_UNKNOWN_TO_PYTE = re.compile(r"\x1b\[[<>=][0-9;]*[a-z]|\x1b\[\?[0-9;]*\$p|\x1b\]22;[a-z]+\x07")
_JOINED = re.compile(f"\u200d.\ufe0f?|(?<=[{re.escape(''.join(sorted(TWO_STYLES)))}])(\ufe0f)")
_FLAG = re.compile("([\U0001f1e6-\U0001f1ff])[\U0001f1e6-\U0001f1ff]")
_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|\][^\x07\x1b]*)?\Z")


def clean_environment(**more: str) -> dict[str, str]:
    """What a fresh login over SSH has, and nothing of the environment of the tests."""
    return {
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.defpath)),
        "HOME": "/nonexistent",
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        **more,
    }


class Terminal:
    """A program in a terminal of its own."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 100,
        rows: int = 30,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        self.columns, self.rows = columns, rows
        self.largest = columns, rows
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self._screen)
        self._decoder = getincrementaldecoder("utf-8")("replace")
        self._written = bytearray()
        self._undrawn = ""
        self._master, slave = pty.openpty()
        self._set_size()
        self.process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=clean_environment() if environment is None else environment,
            cwd=folder,
            start_new_session=True,
            preexec_fn=_take_terminal,
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def written(self) -> bytes:
        """Every byte that the program wrote."""
        return bytes(self._written)

    @property
    def received(self) -> int:
        """How many bytes the program wrote."""
        return len(self._written)

    @property
    def lines(self) -> list[str]:
        """The screen, line by line, without the spaces at the ends."""
        self._draw()
        return [line.rstrip() for line in self._screen.display]

    @property
    def screen(self) -> str:
        return "\n".join(self.lines)

    @property
    def cells(self) -> list[list[pyte.screens.Char]]:
        """The screen, row by row, cell by cell: what is drawn in each, and how."""
        self._draw()
        return [[self._screen.buffer[y][x] for x in range(self.columns)] for y in range(self.rows)]

    @property
    def cursor(self) -> tuple[int, int]:
        """The column and the row of the cursor, from 0."""
        self._draw()
        return self._screen.cursor.x, self._screen.cursor.y

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def wait_for(self, text: str, patience: float = _PATIENCE) -> str:
        """Read until the text is on the screen; answers the screen."""
        return self.wait_until(lambda screen: text in screen, f"{text!r} to be shown", patience)

    def wait_gone(self, text: str, patience: float = _PATIENCE) -> str:
        """Read until the text is on the screen no more; answers the screen."""
        return self.wait_until(lambda screen: text not in screen, f"{text!r} to go", patience)

    def wait_until(self, fits: Callable[[str], bool], what: str = "that", patience: float = _PATIENCE) -> str:
        """Read until the screen fits; answers the screen."""
        deadline = time.monotonic() + patience
        while not fits(screen := self.screen):
            if not self._read(deadline - time.monotonic()):
                screen = self.screen
                if fits(screen):
                    return screen
                ended = "" if self.running else f" (it ended with {self.process.returncode})"
                raise AssertionError(f"waited in vain for {what}{ended}; the screen:\n{screen}")
        return screen

    def wait_written(self, text: str, after: int = 0, patience: float = _PATIENCE) -> None:
        """Read until the text was written beyond so many bytes: cheaper than to look at the screen."""
        deadline = time.monotonic() + patience
        while self._written.find(text.encode(), after) < 0:
            if not self._read(deadline - time.monotonic()):
                raise AssertionError(f"waited in vain for {text!r} to be written; the screen:\n{self.screen}")

    def settle(self, quiet: float = _QUIET, patience: float = _PATIENCE) -> None:
        """Read until the program has written nothing for a moment."""
        deadline = time.monotonic() + patience
        while self._read(quiet) and time.monotonic() < deadline:
            pass

    def press(self, *keys: str) -> None:
        """Press keys by their names; what is no name is typed letter by letter."""
        for key in keys:
            self.send(KEYS.get(key, key).encode())
            if key == "escape":  # with what follows at once it would be another key
                self.settle()

    def paste(self, text: str) -> None:
        self.send(b"\x1b[200~" + text.encode() + b"\x1b[201~")

    def send(self, raw: bytes) -> None:
        os.write(self._master, raw)

    def resize(self, columns: int, rows: int) -> None:
        self._draw()
        self.columns, self.rows = columns, rows
        self.largest = max(columns, self.largest[0]), max(rows, self.largest[1])
        self._screen.resize(rows, columns)
        self._set_size()
        self.process.send_signal(signal.SIGWINCH)

    def vanish(self, patience: float = _PATIENCE) -> int:
        """The terminal goes away, as when a connection is lost; answers the exit code."""
        os.close(self._master)
        self._master = -1
        return self.process.wait(patience)

    def foreign(self) -> list[Foreign]:
        """Everything that the app wrote so far and cannot have meant."""
        columns, rows = self.largest
        return foreign(self.written, Manner.APP, columns=columns, rows=rows)

    def wait_closed(self, patience: float = _PATIENCE) -> int:
        """Read to the end; answers the exit code."""
        deadline = time.monotonic() + patience
        while self._read(deadline - time.monotonic()):
            pass
        try:
            return self.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it did not end; the screen:\n{self.screen}") from None

    def close(self) -> None:
        """Hang up, as a lost connection does, and see to it that the program is gone."""
        if self._master < 0:
            return
        os.close(self._master)
        self._master = -1
        try:
            self.process.wait(3)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _read(self, patience: float) -> bool:
        """Take what comes within so many seconds; answers whether anything did."""
        ready, _, _ = select.select([self._master], [], [], max(0.0, patience))
        if not ready:
            return False
        try:
            taken = os.read(self._master, 65_536)
        except OSError:  # the last program with this terminal is gone
            return False
        self._written += taken
        self._undrawn += self._decoder.decode(taken)
        if _ASKS_FOR_WHOLE_FRAMES in taken:
            self.send(_TAKES_WHOLE_FRAMES)
        return bool(taken)

    def _draw(self) -> None:
        unfinished = _UNFINISHED.search(self._undrawn)
        end = unfinished.start() if unfinished else len(self._undrawn)
        begun = self._undrawn.rfind(_FRAME_BEGINS, 0, end)
        if begun >= 0 and self._undrawn.find(_FRAME_ENDS, begun, end) < 0 and self.running:
            end = begun
        text, self._undrawn = self._undrawn[:end], self._undrawn[end:]
        if text:
            self._stream.feed(_drawable(_UNKNOWN_TO_PYTE.sub("", text)))

    def _set_size(self) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", self.rows, self.columns, 0, 0))


def _drawable(text: str) -> str:
    """The text without the marks and joined emoji at which pyte stops drawing; their cells stay as they are."""
    if text.isascii():
        return text
    text = _FLAG.sub(r"\1", _JOINED.sub(lambda found: " " if found[1] else "", text))
    return "".join(char for char in text if char < "\u0300" or combining(char) or cells(char))


def _take_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
