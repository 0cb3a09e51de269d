"""The sockets that the server listens on: made with their modes in place, or inherited from systemd.

A socket is bound before the database is opened, so that what cannot work fails at once, and listens only when
the server can answer."""

import errno
import fcntl
import grp
import os
import socket
import stat
import time
from collections.abc import Mapping
from pathlib import Path

from core.errors import HomeError
from core.home import Home

_FIRST_INHERITED = 3
_LOCK_SECONDS = 2.0


class Lock:
    """The lock that one server holds on its home for life. The file says who holds it."""

    def __init__(self, home: Home) -> None:
        self._file = os.open(home.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self._take(home)
        except BaseException:
            os.close(self._file)
            raise

    def release(self) -> None:
        os.ftruncate(self._file, 0)
        os.close(self._file)

    def _take(self, home: Home) -> None:
        """A client that looks whether there is a server holds the lock for an instant: so try more than once."""
        until = time.monotonic() + _LOCK_SECONDS
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                holder = os.pread(self._file, 32, 0).decode("ascii", "replace").strip()
                if _lives(holder) or time.monotonic() > until:
                    who = f" (process {holder})" if holder else ""
                    raise HomeError(
                        f"A server is already running on {home.path}{who}: stop it with `callboard down`."
                    ) from None
                time.sleep(0.02)
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)


def _lives(process: str) -> bool:
    """Whether there is such a process: the last server may have been killed, and its number is still there."""
    if not process.isdigit():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def unix_listener(path: Path, gid: int | None) -> socket.socket:
    """A bound socket that only the owner may use, or the group as well. The home's lock must be held."""
    _remove_stale(path)
    listener = socket.socket(socket.AF_UNIX)
    try:
        before = os.umask(0o177)
        try:
            listener.bind(str(path))
        finally:
            os.umask(before)
        if gid is not None:
            os.chown(path, -1, gid)
            path.chmod(0o660)
    except OSError as error:
        listener.close()
        raise HomeError(f"The socket {path} cannot be created: {error.strerror}.") from None
    return listener


def share_folder(folder: Path, gid: int | None) -> None:
    """Let the group pass through the socket's folder, and nobody else; without a group, only the owner."""
    try:
        if gid is not None:
            os.chown(folder, -1, gid)
        if stat.S_IMODE(folder.stat().st_mode) & 0o077 != (0o010 if gid is not None else 0):
            folder.chmod(0o710 if gid is not None else 0o700)
    except OSError as error:
        raise HomeError(f"The folder {folder} cannot be opened to the group: {error.strerror}.") from None


def group_id(name: str | None) -> int | None:
    if name is None:
        return None
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        raise HomeError(f"There is no group '{name}' on this machine: correct [server] group.") from None


def tcp_listener(host: str, port: int) -> socket.socket:
    """A bound socket of the TCP door."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise HomeError(f"There is no address {host} to listen on: {error.strerror}.") from None
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            sentence = f"Port {port} on {host} is in use: choose another one, or stop what listens there."
        else:
            sentence = f"The server cannot listen on {host}:{port}: {error.strerror}."
        raise HomeError(sentence) from None
    return listener


def inherited(environment: Mapping[str, str] = os.environ) -> tuple[socket.socket | None, socket.socket | None]:
    """The Unix and the TCP socket that systemd opened for us, if it did."""
    if environment.get("LISTEN_PID") != str(os.getpid()):
        return None, None
    local, remote = None, None
    for descriptor in range(_FIRST_INHERITED, _FIRST_INHERITED + int(environment.get("LISTEN_FDS", "0"))):
        os.set_inheritable(descriptor, False)
        listener = socket.socket(fileno=descriptor)
        if listener.family == socket.AF_UNIX:
            local = listener
        else:
            remote = listener
    return local, remote


def _remove_stale(path: Path) -> None:
    if path.exists() and not path.is_socket():
        raise HomeError(f"{path} is in the way: it is not a socket.")
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except FileNotFoundError:
            return
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
            return
        except OSError as error:
            raise HomeError(f"{path} is in the way: {error.strerror}.") from None
    raise HomeError(f"Something already answers at {path}: stop it, or choose another home.")
