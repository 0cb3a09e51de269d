"""Starts the home's server in the background when none runs, and stops it.

Twenty clients at once make one server: a client probes the socket, takes the start lock, probes again, and only
then spawns. The server itself removes a stale socket, under the lock that it holds for life."""

import fcntl
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import HomeError, UnreachableError
from core.home import Home

if TYPE_CHECKING:
    from subprocess import Popen

_POLL = 0.02


def probe(path: Path) -> bool:
    """Whether a server accepts at this socket."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5)
        try:
            connection.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        except BlockingIOError:  # so many wait to be let in that there is no room: somebody listens
            return True
        except OSError as error:
            raise UnreachableError(f"The socket {path} cannot be used: {error.strerror or error}.") from None
        return True


def ensure(home: Home, *, timeout: float = 20.0) -> bool:
    """Have a server that accepts. Answers whether it was started by this call."""
    if probe(home.socket):
        return False
    home.create()
    deadline = time.monotonic() + timeout
    with _start_lock(home, deadline):
        if probe(home.socket):
            return False
        if server_pid(home) is None:
            _await_ready(home, _spawn(home), deadline)
        else:  # one that starts, or stops: wait for which it is
            _wait_until(lambda: probe(home.socket) or server_pid(home) is None, deadline, home)
            if not probe(home.socket):
                _await_ready(home, _spawn(home), deadline)
    return True


def stop(home: Home, *, timeout: float = 30.0) -> bool:
    """Have no server. Answers whether there was one to stop."""
    deadline = time.monotonic() + timeout
    while not (pid := server_pid(home)):
        if pid is None:
            return False
        _wait_for_stop("", deadline, timeout)
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        return False
    except PermissionError:
        raise HomeError("The server belongs to another account: only its owner can stop it.") from None
    while server_pid(home) == pid:
        _wait_for_stop(f" (process {pid})", deadline, timeout)
    return True


def server_pid(home: Home) -> int | None:
    """The process that holds the home's lock, if one does; 0 while it has not said yet which it is."""
    try:
        lock = os.open(home.lock, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except PermissionError:
        raise HomeError(f"The home {home.path} belongs to another account.") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        said = os.read(lock, 32).strip()
        return int(said) if said.isdigit() else 0
    else:
        return None
    finally:
        os.close(lock)


def _wait_for_stop(who: str, deadline: float, timeout: float) -> None:
    if time.monotonic() > deadline:
        raise HomeError(f"The server{who} did not stop within {timeout:.0f} seconds.")
    time.sleep(_POLL)


@contextmanager
def _start_lock(home: Home, deadline: float) -> Iterator[None]:
    try:
        lock = os.open(home.start_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except PermissionError:
        if home.path.stat().st_uid != os.getuid():
            raise UnreachableError(
                f"No server answers at {home.socket}, and only the owner of {home.path} can start it."
            ) from None
        raise HomeError(f"The home {home.path} cannot be written: Permission denied.") from None
    try:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise UnreachableError(
                        f"Another command has been starting the server for too long: look into {home.start_log}."
                    ) from None
                time.sleep(_POLL)
        yield
    finally:
        os.close(lock)


def _spawn(home: Home) -> "Popen[bytes]":
    """The server in a process session of its own, so that it outlives the terminal."""
    from subprocess import DEVNULL, Popen

    log = os.open(home.start_log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        return Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-P", "-m", "core.serve", str(home.path)],
            cwd="/",
            stdin=DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    finally:
        os.close(log)


def _await_ready(home: Home, server: "Popen[bytes]", deadline: float) -> None:
    _wait_until(lambda: probe(home.socket) or server.poll() is not None, deadline, home)
    if server.poll() is not None and not probe(home.socket):
        said = home.start_log.read_text(errors="replace").strip().splitlines()
        raise HomeError(said[-1] if said else _why_silent(home))
    server.returncode = 0  # it lives on, and is nobody's to wait for


def _why_silent(home: Home) -> str:
    free = os.statvfs(home.path)
    if not free.f_bavail or (free.f_files and not free.f_favail):
        return f"The server could not start: there is no space left on the disk of {home.path}."
    return f"The server ended as it started: look into {home.logs}."


def _wait_until(happened: Callable[[], bool], deadline: float, home: Home) -> None:
    while not happened():
        if time.monotonic() > deadline:
            raise UnreachableError(f"The server did not start in time: look into {home.start_log}.")
        time.sleep(_POLL)
