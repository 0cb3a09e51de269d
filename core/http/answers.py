"""How answers and errors leave: the envelope, and the one table from errors to statuses."""

import logging
from collections.abc import Callable, Mapping

import msgspec
from aiohttp.web import Response

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
from core.http.envelopes import OF_API, Envelope
from core.http.routes import WrongMethodError
from core.ids import SystemEntropy

STATUSES: Mapping[type[CallboardError], int] = {
    InvalidError: 400,
    NotAuthenticatedError: 401,
    NotAllowedError: 403,
    NotFoundError: 404,
    WrongMethodError: 405,
    ConflictError: 409,
    TooLargeError: 413,
    SlowDownError: 429,
    HomeError: 500,
    UnavailableError: 503,
    UnreachableError: 503,
}

_log = logging.getLogger("callboard.http")
_encode = msgspec.json.Encoder(decimal_format="number").encode
_HEADERS = {
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Server": "callboard",
}


def headers(media: str, **more: str) -> dict[str, str]:
    """The headers of every answer, with those of this one."""
    return {**_HEADERS, "Content-Type": media, **more}


def answered(value: object, status: int = 200) -> Response:
    return Response(body=b'{"ok":true,"data":' + _encode(value) + b"}", status=status, headers=_HEADERS)


def plain(body: bytes, media: str) -> Response:
    """A document that has no envelope."""
    return Response(body=body, headers=headers(media))


def refused(error: CallboardError, envelope: Envelope = OF_API) -> Response:
    """The answer to what a person can act on."""
    said = headers("application/json")
    if isinstance(error, NotAuthenticatedError):
        said["WWW-Authenticate"] = envelope.challenge
    elif isinstance(error, SlowDownError):
        said["Retry-After"] = str(error.retry_after)
    elif isinstance(error, WrongMethodError):
        said["Allow"] = error.allow
    status = next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), 500)
    return _failed(status, error.sentence, error.code, said, envelope)


def unexpected(error: BaseException, where: str, envelope: Envelope = OF_API) -> Response:
    """The answer to a fault of ours: the log has it all, under a reference that the answer names."""
    reference = f"{SystemEntropy().bits(32):08x}"
    _log.error("Unexpected error %s at %s", reference, where, exc_info=error)
    sentence = f"Something went wrong in the server; its log says more under {reference}."
    return _failed(500, sentence, "unexpected", _HEADERS, envelope)


def malformed(envelope: Envelope = OF_API) -> Response:
    """The answer to what is not HTTP. It repeats nothing of it."""
    response = _failed(400, "This is not a request that can be read.", "invalid", _HEADERS, envelope)
    response.force_close()
    return response


Translate = Callable[[Exception], CallboardError | None]
"""Makes an error of a lower layer one of the core, where it is one that a person can act on."""


def _failed(status: int, sentence: str, code: str, said: Mapping[str, str], envelope: Envelope) -> Response:
    sentence = sentence.encode("utf-8", "replace").decode("utf-8")
    return Response(body=envelope.failure(sentence, code), status=status, headers=said)
