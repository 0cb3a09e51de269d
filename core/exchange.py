"""A call as the bytes of an HTTP request, and an answer from the bytes of a response: pure, for both clients.

The server behind the socket is our own, so this speaks no more of HTTP/1.1 than it answers with."""

from functools import cache
from typing import Generic, TypeVar, cast
from urllib.parse import quote

import msgspec

from core.api.wire import API, Call, Failure
from core.errors import (
    CallboardError,
    ConflictError,
    HomeError,
    InvalidError,
    NotAllowedError,
    NotAuthenticatedError,
    NotFoundError,
    SlowDownError,
    TooLargeError,
    UnavailableError,
    UnreachableError,
)

T = TypeVar("T")

_LONGEST_HEAD = 64 * 1024
_LONGEST_TARGET = 8000  # the server's parser takes 8190 bytes in a line
_ERRORS: dict[str, type[CallboardError]] = {
    error.code: error
    for error in (
        ConflictError,
        HomeError,
        NotAllowedError,
        NotAuthenticatedError,
        NotFoundError,
        TooLargeError,
        UnavailableError,
    )
}


class _Answer(msgspec.Struct, Generic[T]):
    data: T


@cache
def _decoder(answer: object) -> msgspec.json.Decoder[_Answer[object]]:
    return msgspec.json.Decoder(_Answer[answer])  # type: ignore[valid-type]


_encode = msgspec.json.Encoder().encode


def request(call: Call[T], *, host: str = "callboard", key: str | None = None, more: str = "") -> bytes:
    """The whole request; `more` is further header lines."""
    target = API + call.path
    asked = "&".join(
        f"{name}={quote(_scalar(value), safe='')}" for name, value in call.query.items() if value is not None
    )
    if asked:
        target += "?" + asked
    if len(target) > _LONGEST_TARGET:
        raise InvalidError("This is too long to be asked: make it shorter than 8,000 characters.")
    body = b"" if call.body is None else _encode(call.body)
    head = f"{call.method} {target} HTTP/1.1\r\nHost: {host}\r\n{more}"
    if key is not None:
        head += f"Authorization: Bearer {key}\r\n"
    if body or call.method != "GET":
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode("latin-1") + b"\r\n" + body


def answer(call: Call[T], response: "Response", body: bytes) -> T:
    """The call's answer, or the error that the server answered with."""
    if response.status >= 400:
        raise failure(response, body)
    try:
        kind: object = call.answer
        return cast(T, _decoder(kind).decode(body).data)
    except msgspec.MsgspecError as error:
        raise UnavailableError(
            f"The server's answer could not be understood ({error}): it may be of another version; restart it."
        ) from None


def failure(response: "Response", body: bytes) -> CallboardError:
    """The error of the core that the server answered with."""
    try:
        said = msgspec.json.decode(body, type=Failure)
    except msgspec.MsgspecError:
        return UnavailableError(f"The server answered with status {response.status} and no reason.")
    if said.code == InvalidError.code:
        return InvalidError(said.error)
    if said.code == SlowDownError.code:
        return SlowDownError(said.error, int(response.headers.get("retry-after", "1")))
    error = _ERRORS.get(said.code)
    if error is not None:
        return error(said.error)
    unnamed = CallboardError(said.error)
    unnamed.code = said.code
    return unnamed


class Response:
    """Reads one response from the pieces in which it arrives."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.done = False
        self._rest = b""
        self._left = 0  # bytes of the body, or of the current chunk, that have not come yet
        self._chunked = False
        self._in_chunk = False

    @property
    def keeps_alive(self) -> bool:
        return self.done and self.headers.get("connection", "").lower() != "close"

    def feed(self, piece: bytes) -> bytes:
        """Take a piece, and give the part of the body that is complete with it."""
        self._rest += piece
        if not self.status and not self._read_head():
            return b""
        return self._chunks() if self._chunked else self._plain()

    def _read_head(self) -> bool:
        head, end, rest = self._rest.partition(b"\r\n\r\n")
        if not end:
            if len(head) > _LONGEST_HEAD:
                raise UnreachableError("What answers there is not a Callboard server.")
            return False
        first, *lines = head.decode("latin-1").split("\r\n")
        words = first.split(" ", 2)
        if len(words) < 2 or not words[0].startswith("HTTP/1.") or not words[1].isdecimal():
            raise UnreachableError("What answers there is not a Callboard server.")
        self.status = int(words[1])
        for line in lines:
            name, _, value = line.partition(":")
            self.headers[name.lower()] = value.strip()
        self._rest = rest
        self._chunked = self.headers.get("transfer-encoding", "").lower() == "chunked"
        self._left = int(self.headers.get("content-length", "0"))
        return True

    def _plain(self) -> bytes:
        body, self._rest = self._rest[: self._left], b""
        self._left -= len(body)
        self.done = self._left == 0
        return body

    def _chunks(self) -> bytes:
        complete = []
        while not self.done:
            if self._in_chunk:
                part = self._rest[: self._left]
                self._rest = self._rest[len(part) :]
                self._left -= len(part)
                complete.append(part)
                if self._left or len(self._rest) < 2:
                    break
                self._rest = self._rest[2:]
                self._in_chunk = False
            line, end, rest = self._rest.partition(b"\r\n")
            if not end:
                break
            self._left = int(line.split(b";")[0], 16)
            if self._left == 0:  # our server sends no trailers: the blank line is the end
                self.done = rest.startswith(b"\r\n")
                if not self.done:
                    break
                self._rest = b""
            else:
                self._rest = rest
                self._in_chunk = True
        return b"".join(complete)


def _scalar(value: str | int | bool | None) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
