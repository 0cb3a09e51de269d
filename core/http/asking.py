"""What was asked, parsed at the door into its types: the body, the query and their limits.

Whatever is sent, the answer is the value or an error that names the place."""

import asyncio
import re
from collections.abc import Callable
from difflib import get_close_matches
from typing import TypeVar
from urllib.parse import unquote

import msgspec
from aiohttp.web import BaseRequest, HTTPRequestEntityTooLarge
from msgspec import Struct

from core.api.wire import DEEPEST
from core.errors import InvalidError, TooLargeError

T = TypeVar("T")

LARGEST_BODY = 1024 * 1024
BODY_SECONDS = 30.0

_LONG_NUMBER = re.compile(rb"\d{19}")
_INT64 = 2**63
_AT = re.compile(r"^(.*) - at `(?:key in )?\$\.?(.*)`$", re.S)
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.S)
_NUL = re.compile(rb"((?<!\\)(?:\\\\)*)\\u0000")  # no database keeps it in a text
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


async def read_body(request: BaseRequest) -> bytes:
    """The whole body, within its size and its time."""
    headers = request.headers
    if headers.get("Content-Encoding", "identity").lower() != "identity":
        raise InvalidError("Encoded bodies are not accepted: send it without Content-Encoding.")
    length = request.content_length
    if length is not None and length > LARGEST_BODY:
        raise _too_large()
    if "Expect" in headers:
        await _continue(request, headers["Expect"])
    try:
        if request.content.is_eof():
            return await request.read()
        async with asyncio.timeout(BODY_SECONDS):
            return await request.read()
    except HTTPRequestEntityTooLarge:
        raise _too_large() from None
    except TimeoutError:
        raise InvalidError(f"The body did not come within {BODY_SECONDS:.0f} seconds.") from None


def body_parser(kind: type[T]) -> Callable[[bytes], T]:
    """A function from a body to its type."""
    decode = msgspec.json.Decoder(kind).decode

    def parse(body: bytes) -> T:
        if b"\\u0000" in body:
            body = _NUL.sub(rb"\1\\ufffd", body)
        if body.count(b"[") + body.count(b"{") > DEEPEST:
            _refuse_depth(body)
        try:
            parsed = decode(body)
        except msgspec.ValidationError as error:
            raise _misfit(str(error)) from None
        except (msgspec.DecodeError, UnicodeDecodeError):
            sentence = "The body is not JSON in UTF-8." if body else "A JSON body is missing."
            raise InvalidError(sentence) from None
        except (RecursionError, ValueError, OverflowError):
            raise InvalidError("The body has a value that cannot be accepted.") from None
        if _LONG_NUMBER.search(body):
            _refuse_long_numbers(parsed, "")
        return parsed

    return parse


def query_parser(kind: type[Struct] | None) -> Callable[[str], Struct | None]:
    """A function from the text after the question mark to its type."""
    names = {} if kind is None else {f.encode_name: f for f in msgspec.structs.fields(kind)}
    plain = None if kind is None or any(f.required for f in names.values()) else kind()

    def parse(text: str) -> Struct | None:
        if not text:
            if plain is None and kind is not None:
                raise InvalidError(f"Give {', '.join(n for n, f in names.items() if f.required)} in the query.")
            return plain
        given: dict[str, str] = {}
        for pair in text.split("&"):
            name, _, value = pair.partition("=")
            name = decoded(name.replace("+", " "), "query")
            if name not in names:
                near = get_close_matches(name, names, 1, 0.5)
                raise InvalidError(
                    "There is no such parameter" + (f"; did you mean {near[0]}?" if near else "."), name
                )
            if name in given:
                raise InvalidError("This is given twice; give it once.", name)
            given[name] = decoded(value.replace("+", " "), name)
        if kind is None:
            return None
        try:
            parsed = msgspec.convert(given, kind, strict=False)
        except msgspec.ValidationError as error:
            raise _misfit(str(error)) from None
        _refuse_long_numbers(parsed, "")
        return parsed

    return parse


def decoded(text: str, place: str) -> str:
    """A part of a URL as text."""
    try:
        plain = unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise InvalidError("It is not UTF-8.", place) from None
    if _CONTROL.search(plain):
        raise InvalidError("It has control characters.", place)
    return plain


def _misfit(message: str) -> InvalidError:
    found = _AT.match(message)
    sentence, place = (found[1], found[2].replace("[...]", "").lstrip(".")) if found else (message, "")
    return InvalidError(sentence.replace("`", "'") + ".", place)


def _refuse_depth(body: bytes) -> None:
    """Count what is open at once, outside of strings."""
    depth = 0
    for token in _TOKEN.finditer(body):
        first = token[0][:1]
        if first in (b"[", b"{"):
            depth += 1
            if depth > DEEPEST:
                raise InvalidError(f"The body is nested deeper than {DEEPEST} levels.")
        elif first != b'"':
            depth -= 1


def _refuse_long_numbers(value: object, place: str) -> None:
    """What is declared a number must be one that the database holds; free data may have any."""
    if isinstance(value, int):
        if not -_INT64 <= value < _INT64:
            raise InvalidError("The number is too large.", place)
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            _refuse_long_numbers(getattr(value, name), f"{place}.{name}" if place else name)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _refuse_long_numbers(item, f"{place}[{index}]")


async def _continue(request: BaseRequest, expectation: str) -> None:
    if expectation.lower() != "100-continue":
        raise InvalidError("The only expectation that is understood is 100-continue.")
    if request.transport is not None and not request.content.is_eof():
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")


def _too_large() -> TooLargeError:
    return TooLargeError(f"A body can have {LARGEST_BODY // 1024} KiB at most.")
