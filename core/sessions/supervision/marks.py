"""Finds processes again: by their identity, and by the mark that those of a run carry in their environment.

The number of a process is given again when it has ended, so nothing is signalled by its number alone: the
process is held first, and then its start is compared. All of this is read from /proc; where there is none
(macOS) no process is ever found, and none is ended."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from core.sessions.supervision.command import MARK, Identity

_PROC = "/proc"
_ASSIGNED = f"\0{MARK}=".encode()
_GONE = frozenset(b"ZXx")
_PASSES = 20


class Seen(NamedTuple):
    """A process of this account, as it was when it was looked at."""

    pid: int
    started: int
    group: int
    session: int
    marks: tuple[str, ...]


class _Stat(NamedTuple):
    state: int
    group: int
    session: int
    started: int


def identity_of(pid: int) -> Identity:
    """What finds this process again. Where that cannot be known, it is one that never lives."""
    stat = _stat(pid)
    return Identity(pid, stat.started, boot_id()) if stat else Identity(pid, 0, "")


def alive(identity: Identity) -> bool:
    """Whether this very process still runs: one that has ended and waits to be noticed does not."""
    if not identity.boot or identity.boot != boot_id():
        return False
    stat = _stat(identity.pid)
    return stat is not None and stat.started == identity.started and stat.state not in _GONE


def look(marks: Collection[str] | None = None) -> Iterator[Seen]:
    """Every process of this account but this one, in one pass. Only these marks are told, or all of them."""
    wanted = None if marks is None else frozenset(marks)
    me, account = os.getpid(), os.geteuid()
    for pid in _pids():
        if pid == me or not _is_of(pid, account):
            continue
        stat = _stat(pid)
        if stat is not None and stat.state not in _GONE:
            carried = tuple(mark for mark in _marks(pid) if wanted is None or mark in wanted)
            yield Seen(pid, stat.started, stat.group, stat.session, carried)


def marked(mark: str) -> list[int]:
    """The processes that carry this mark."""
    return [seen.pid for seen in look((mark,)) if seen.marks]


def send(processes: Iterable[Seen], number: signal.Signals) -> None:
    """Signal each of these, and never a process that has got its number since."""
    for seen in processes:
        try:
            held = os.pidfd_open(seen.pid)
        except OSError:
            continue
        try:
            stat = _stat(seen.pid)
            if stat is not None and stat.started == seen.started:
                signal.pidfd_send_signal(held, number)
                if number is signal.SIGTERM:  # one that was halted would not notice
                    signal.pidfd_send_signal(held, signal.SIGCONT)
        except OSError:
            continue
        finally:
            os.close(held)


def still(processes: Iterable[Seen]) -> list[Seen]:
    """Those that have not ended."""
    return [
        seen
        for seen in processes
        if (stat := _stat(seen.pid)) and stat.started == seen.started and stat.state not in _GONE
    ]


async def end_marked(mark: str, *, grace: float = 0.0, session: int | None = None) -> int:
    """End every process with this mark, and those of a session: asked first when there is time. Answers how many
    there were."""
    return await asyncio.to_thread(end_marked_now, mark, grace, session)


def end_marked_now(mark: str, grace: float = 0.0, session: int | None = None) -> int:
    """The same, for one who may wait."""

    def theirs() -> list[Seen]:
        return [seen for seen in look((mark,)) if seen.marks or (session is not None and seen.session == session)]

    return len(end_all(theirs, grace))


def end_all(theirs: Callable[[], list[Seen]], grace: float) -> set[Seen]:
    """End what is found, and look again until nothing is: a process may have begun another in the meantime."""
    ended: set[Seen] = set()
    found = theirs()
    if found and grace > 0:
        ended.update(found)
        send(found, signal.SIGTERM)
        wait(found, grace)
        found = theirs()
    for _ in range(_PASSES):
        if not found:
            break
        ended.update(found)
        send(found, signal.SIGKILL)
        wait(found, 1.0)
        found = theirs()
    return ended


def wait(processes: list[Seen], seconds: float) -> None:
    """Until they have all ended, or for so long."""
    until, pause = time.monotonic() + seconds, 0.002
    while (processes := still(processes)) and time.monotonic() < until:
        time.sleep(pause)
        pause = min(pause * 2, 0.05)


@cache
def boot_id() -> str:
    """Which start of the machine this is."""
    try:
        return Path(_PROC, "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _pids() -> list[int]:
    try:
        return [int(name) for name in os.listdir(_PROC) if name.isdigit()]
    except OSError:
        return []


def _is_of(pid: int, account: int) -> bool:
    try:
        return os.stat(f"{_PROC}/{pid}").st_uid == account
    except OSError:
        return False


def _stat(pid: int) -> _Stat | None:
    """The name of the program is in brackets and may have brackets and spaces in it: count from the last one."""
    line = _read(f"{_PROC}/{pid}/stat")
    fields = line[line.rfind(b")") + 1 :].split()
    if len(fields) < 20:
        return None
    return _Stat(fields[0][0], int(fields[2]), int(fields[3]), int(fields[19]))


def _marks(pid: int) -> Iterator[str]:
    environment = b"\0" + _read(f"{_PROC}/{pid}/environ")
    at = environment.find(_ASSIGNED)
    while at >= 0:
        begin = at + len(_ASSIGNED)
        end = environment.find(b"\0", begin)
        yield environment[begin : end if end >= 0 else None].decode("utf-8", "replace")
        at = environment.find(_ASSIGNED, begin)


def _read(path: str) -> bytes:
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        pieces = []
        while piece := os.read(file, 65536):
            pieces.append(piece)
        return b"".join(pieces)
    except OSError:
        return b""
    finally:
        os.close(file)
