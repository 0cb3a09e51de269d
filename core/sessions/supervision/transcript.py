"""What a turn wrote, as a file with a cap: its beginning and its end are kept, the middle is counted and goes.

Writing never waits for the disk: a thread of the transcript's own takes what is waiting, which is never more than
what would be kept."""

import fcntl
import logging
import os
import threading
import time
from collections import deque
from pathlib import Path

from core.sessions.supervision.reading import Piece, excerpt, read
from core.sessions.supervision.segments import check_name, path_of, remove, segments

__all__ = ["CAP", "Piece", "Transcript", "excerpt", "read", "remove"]

CAP = 20 * 1024 * 1024
_PAUSE = 0.1
_PARTS = 8
_RETRY = 1.0
_SMALL = 32 * 1024
_LOCK_TRIES = 50

_log = logging.getLogger("callboard.sessions")


class Transcript:
    """One that is being written, by this one alone. `total` counts every byte ever written; `trouble` says what
    is wrong with the file, which ends no turn."""

    def __init__(self, folder: Path, name: str, cap: int = CAP) -> None:
        self._head = cap // 2
        self._files = _Files(folder, check_name(name), self._head, cap - self._head)
        self.total = self._files.end
        self._first = _Waiting(self._head)  # of the beginning, which is kept
        self._rest = _Waiting(cap - self._head)  # of what comes after it, of which the end is
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._write_out, name=f"transcript {name}", daemon=True)
        self._thread.start()

    @property
    def trouble(self) -> str:
        return self._files.trouble

    def write(self, data: bytes) -> None:
        """Readers see it within a fifth of a second."""
        if not data:
            return
        with self._changed:
            if self._closing:
                return
            first = max(0, min(len(data), self._head - self.total))
            if first:
                self._first.add(data[:first])
            if first < len(data):
                self._rest.add(data[first:] if first else data)
            self.total += len(data)
            self._changed.notify()

    def close(self) -> None:
        """Returns when all is in the file, so it may wait for the disk. Closing twice does nothing more."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()

    def _write_out(self) -> None:
        closing = False
        while not closing:
            with self._changed:
                self._changed.wait_for(lambda: self._closing or self._first.size or self._rest.size)
                closing = self._closing
                first, rest, end = self._first.take(), self._rest.take(), self.total
            begin = end - sum(map(len, rest))
            if first:
                self._files.append(min(begin, self._head) - sum(map(len, first)), first)
            if rest:
                self._files.append(begin, rest)
            if closing:
                self._files.close(end)
                return
            with self._changed:
                self._changed.wait_for(lambda: self._closing, timeout=_PAUSE)


class _Waiting:
    """What has not been written out: of more than is kept, the end."""

    def __init__(self, kept: int) -> None:
        self.size = 0
        self._kept = kept
        self._pieces: deque[bytes | bytearray] = deque()

    def add(self, data: bytes) -> None:
        data = data[-self._kept :] if len(data) > self._kept else data
        self.size += len(data)
        last = self._pieces[-1] if self._pieces else None
        if isinstance(last, bytearray) and len(last) < _SMALL:
            last += data
        else:
            self._pieces.append(bytearray(data) if len(data) < _SMALL else data)
        while self.size - len(self._pieces[0]) >= self._kept:
            self.size -= len(self._pieces.popleft())

    def take(self) -> list[bytes | bytearray]:
        taken = list(self._pieces)
        self._pieces.clear()
        self.size = 0
        return taken


class _Files:
    """The segments of a transcript, as its thread writes them. The first holds the beginning; of the others,
    which are of one size, there are as many as the cap has room for."""

    def __init__(self, folder: Path, name: str, head: int, tail: int) -> None:
        self._folder, self._name = folder, name
        self._head, self._part = head, max(1, tail // _PARTS)
        self.trouble = ""
        self._failed_at = 0.0
        found = segments(folder, name)
        self._parts = deque(segment.begin for segment in found if segment.begin)
        self._begin, self.end = (found[-1].begin, found[-1].end) if found else (0, 0)
        self._lock: int | None = None
        self._file: int | None = None
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = self._open(0)
            _try_lock(self._lock)
            self._file = self._open(self._begin)
        except OSError as error:
            self._fail(error)

    def append(self, begin: int, pieces: list[bytes | bytearray]) -> None:
        """What does not follow on what is there begins a segment of its own, so that the gap shows."""
        if self.trouble and time.monotonic() < self._failed_at + _RETRY:
            return
        try:
            for piece in pieces:
                with memoryview(piece) as view:
                    self._append(begin, view)
                begin += len(piece)
        except OSError as error:
            self._fail(error)

    def close(self, end: int) -> None:
        """How much there ever was stays known, also when the last of it could not be kept."""
        try:
            self._at(end)
        except OSError as error:
            self._fail(error)
        self._shut()
        if self._lock is not None:
            os.close(self._lock)

    def _append(self, begin: int, view: memoryview) -> None:
        done = 0
        while done < len(view):
            file = self._at(begin + done, room=1)
            written = os.write(file, view[done : done + self._room()])
            self.end += written
            done += written
            while len(self._parts) > _PARTS:
                path_of(self._folder, self._name, self._parts.popleft()).unlink(missing_ok=True)

    def _room(self) -> int:
        return (self._begin + self._part if self._begin else self._head) - self.end

    def _at(self, begin: int, room: int = 0) -> int:
        """The file to which the byte of this place is appended next."""
        if self._file is not None and begin == self.end and self._room() >= room:
            return self._file
        self._shut()
        self._file = self._open(begin)
        self._begin = self.end = begin
        if begin:
            self._parts.append(begin)
        return self._file

    def _open(self, begin: int) -> int:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        return os.open(path_of(self._folder, self._name, begin), flags, 0o600)

    def _shut(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _fail(self, error: OSError) -> None:
        self._failed_at = time.monotonic()
        self._shut()
        if self._begin and self.end == self._begin and self._parts and self._parts[-1] == self._begin:
            path_of(self._folder, self._name, self._parts.pop()).unlink(missing_ok=True)
        if not self.trouble:
            self.trouble = f"Output is being lost, {self._folder} cannot be written: {error.strerror or error}."
            _log.warning("%s", self.trouble)


def _try_lock(file: int) -> None:
    """Whoever writes holds this lock, so that a reader can see that there will be more. A reader that looks holds
    it for an instant."""
    for _ in range(_LOCK_TRIES):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            time.sleep(0.002)
        else:
            return
