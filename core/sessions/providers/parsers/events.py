"""Reads a stream of JSON lines, each an event of the agent. What is no event is shown when it is text, and passed
over when it is JSON of a kind that is not known: agents learn new kinds every month.

An event's type names only what is looked at. The rest is skipped without being built, so that no line, however
nested or long, takes more memory than its own length."""

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

import msgspec
from msgspec import Raw, Struct

from core.sessions.providers.parsers.findings import Findings
from core.sessions.providers.parsers.lines import Splitter
from core.sessions.providers.parsers.page import Page
from core.sessions.supervision.command import Exit
from core.sessions.turns import TurnResult

E = TypeVar("E", bound=Struct)
T = TypeVar("T")

NOTHING = Raw(b"null")
_LONGEST_LIST = 2 * 1024 * 1024


class Parser(Protocol):
    """Reads what a program writes. `out` and `err` answer with what people are to see of it."""

    def out(self, chunk: bytes) -> bytes: ...

    def err(self, chunk: bytes) -> bytes: ...

    def close(self) -> bytes:
        """Nothing more comes: what the last line says, if it had no end."""

    def result(self, ended: Exit) -> TurnResult: ...


class EventParser(Generic[E]):
    """`read` is told each event, and writes down what it says."""

    def __init__(self, kind: type[E], read: Callable[[E, Findings, Page], None]) -> None:
        self._decode = msgspec.json.Decoder(kind).decode
        self._read = read
        self._lines = Splitter()
        self._dropped = 0
        self._found = Findings()
        self._page = Page()

    def out(self, chunk: bytes) -> bytes:
        for line in self._lines.feed(chunk):
            self._take(line)
        if self._lines.dropped > self._dropped:
            self._dropped = self._lines.dropped
            self._page.bad("A line of more than 64 MiB was left out.")
        return self._page.take()

    def err(self, chunk: bytes) -> bytes:
        self._found.words.add(chunk)
        return chunk

    def close(self) -> bytes:
        line = self._lines.rest()
        if line is not None:
            self._take(line)
        return self._page.take()

    def result(self, ended: Exit) -> TurnResult:
        return self._found.result(ended)

    def _take(self, line: bytes) -> None:
        try:
            event = self._decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            if line.strip() and not line.lstrip().startswith((b"{", b"[")):
                self._found.words.add(line[-2048:] + b"\n")
                self._page.paragraph(line.decode("utf-8", "replace"))
            return
        self._read(event, self._found, self._page)


def fitted(raw: Raw, decoder: "msgspec.json.Decoder[T]") -> T | None:
    """A part of an event as this type, or nothing when it is something else."""
    try:
        return decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def all_of(raw: Raw, decoder: "msgspec.json.Decoder[list[T]]") -> list[T]:
    """The members of a list, of which there must not be millions."""
    return [] if len(memoryview(raw)) > _LONGEST_LIST else fitted(raw, decoder) or []


_TEXT = msgspec.json.Decoder(str)
_NUMBER = msgspec.json.Decoder(float)


def text_of(raw: Raw) -> str:
    return fitted(raw, _TEXT) or ""


def number_of(raw: Raw) -> float | None:
    return fitted(raw, _NUMBER)


class _Input(Struct):
    """What tools are called with, by the names in use."""

    command: Raw = NOTHING
    cmd: Raw = NOTHING
    file_path: Raw = NOTHING
    filePath: Raw = NOTHING  # noqa: N815 - the wire's name
    path: Raw = NOTHING
    pattern: Raw = NOTHING
    query: Raw = NOTHING
    url: Raw = NOTHING
    description: Raw = NOTHING


_INPUT = msgspec.json.Decoder(_Input)


def what_for(input: Raw) -> str:
    """What a tool was called for, in its own words: the command, the file, the question."""
    found = fitted(input, _INPUT)
    if found is None:
        return text_of(input)
    return next((said for name in found.__struct_fields__ if (said := text_of(getattr(found, name)))), "")
