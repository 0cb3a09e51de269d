"""The blocking client of the API, for the command line: one connection, kept alive, nothing heavy imported."""

import select
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from core.api.wire import Call
from core.errors import InvalidError, UnreachableError
from core.exchange import Response, answer, failure, request

T = TypeVar("T")

_PIECE = 64 * 1024
_POLL = 0.02
LOST = "The server went away before it answered: check whether it was done before you try again."


class Address:
    """Where a server is: the socket of a home, or a URL and the API key to use there."""

    def __init__(self, path: str | Path | None = None, url: str = "", key: str | None = None) -> None:
        self.path = None if path is None else str(path)
        self.key = key
        parts = urlsplit(url)
        self.tls = parts.scheme == "https"
        try:
            self.host = parts.hostname or ""
            self.port = parts.port or (443 if self.tls else 80)
        except ValueError:
            self.host, self.port = "", 0
        if self.path is None and (parts.scheme not in ("http", "https") or not self.host):
            raise InvalidError("A server's address looks like http://host:port.")
        self.authority = parts.netloc.rpartition("@")[2] or "callboard"

    def unreachable(self, error: OSError) -> UnreachableError:
        where = self.path or self.authority
        if isinstance(error, FileNotFoundError | ConnectionRefusedError):
            return UnreachableError(f"No server answers at {where}: start it with `callboard up`.")
        return UnreachableError(f"The server at {where} cannot be reached: {error.strerror or error}.")


class Client:
    """Sends calls one after another."""

    def __init__(self, path: str | Path, *, timeout: float = 60.0) -> None:
        self._address = Address(path)
        self._timeout = timeout
        self._connection: socket.socket | None = None

    @classmethod
    def to(cls, url: str, key: str, *, timeout: float = 60.0) -> "Client":
        """A client of the TCP door."""
        client = cls("", timeout=timeout)
        client._address = Address(url=url, key=key)
        return client

    def send(self, call: Call[T]) -> T:
        """The call's answer. Raises the error of the core that the server answered with."""
        response = Response()
        body = b"".join(self._exchange(call, response))
        return answer(call, response, body)

    def download(self, call: Call[T]) -> Iterator[bytes]:
        """The body of the answer, piece by piece as it comes."""
        response = Response()
        pieces = self._exchange(call, response)
        for piece in pieces:
            if response.status >= 400:
                raise failure(response, piece + b"".join(pieces))
            yield piece

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _exchange(self, call: Call[T], response: Response) -> Iterator[bytes]:
        """Send the request and give the body's pieces. The connection is kept only after a whole answer."""
        asked = request(call, host=self._address.authority, key=self._address.key)
        connection = self._open()
        try:
            connection.sendall(asked)
            while not response.done:
                piece = connection.recv(_PIECE)
                if not piece:
                    raise UnreachableError(LOST)
                if body := response.feed(piece):
                    yield body
        except TimeoutError:
            raise UnreachableError(f"The server did not answer within {self._timeout:.0f} seconds.") from None
        except OSError:
            raise UnreachableError(LOST) from None
        finally:
            if not response.keeps_alive:
                self.close()

    def _open(self) -> socket.socket:
        if self._connection is not None and _was_closed(self._connection):
            self.close()
        if self._connection is None:
            try:
                self._connection = self._connect()
            except OSError as error:
                raise self._address.unreachable(error) from None
        return self._connection

    def _connect(self) -> socket.socket:
        address = self._address
        if address.path is not None:
            connection = socket.socket(socket.AF_UNIX)
            connection.settimeout(self._timeout)
            try:
                _connect(connection, address.path, time.monotonic() + self._timeout)
            except OSError:
                connection.close()
                raise
            return connection
        connection = socket.create_connection((address.host, address.port), self._timeout)
        if address.tls:
            import ssl

            return ssl.create_default_context().wrap_socket(connection, server_hostname=address.host)
        return connection


def _connect(connection: socket.socket, path: str, deadline: float) -> None:
    """Connect, and wait for room where so many wait to be let in that there is none."""
    while True:
        try:
            connection.connect(path)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise
            time.sleep(_POLL)
        else:
            return


def _was_closed(connection: socket.socket) -> bool:
    """An idle connection has nothing to read, unless it is its end."""
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(0))
