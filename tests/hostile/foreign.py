"""Finds in what a program wrote whatever it did not mean: the judge of every test on hostile text.

It knows the few sequences that the app and the commands write themselves, each in the one form and the one phase
of a session in which they write it. Anything else that is not ordinary text is foreign."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from core.characters import SUBDIVISIONS, is_assigned, is_mark


class Manner(Enum):
    """Where the program wrote."""

    PIPE = "pipe"
    TTY = "tty"
    APP = "app"


@dataclass(frozen=True)
class Foreign:
    """Something at a character of the stream that the program cannot have meant."""

    offset: int
    what: str
    nearby: str

    def __str__(self) -> str:
        return f"{self.what} at {self.offset}: {self.nearby!r}"


_TOKEN = re.compile(
    r"\r\x1b\[K"  # a line of progress, wiped
    r"|\x1b\[[0-?]*[ -/]*[@-~]"  # a control sequence
    r"|\x1b[PX\]^_k](?:[^\x07\x1b]|\x1b(?!\\))*(?:\x07|\x1b\\)?"  # a string: OSC, DCS, APC, PM, SOS, title
    r"|\x1b[ -/]*[0-~]?"  # any other escape
    r"|[^\x1b]+?(?=\r?\x1b|\Z)|\r"
)
_BENEATH_ANY_FRAME = re.compile(
    r"\x1b\[\?(?:1000|1003|1015|1006|1004|1049|2004)h|\x1b\[\?(?:25|7)l|\x1b\[>25u|\x1b\[\?(?:2026|2048)\$p"
)
_POINTERS = frozenset(f"\x1b]22;{shape}\x07" for shape in ("default", "pointer", "text"))
_AFTER_THE_LAST = re.compile(
    r"\x1b\[\?(?:1000|1003|1015|1006|1004|1049|2004|2048)l|\x1b\[\?(?:25|7)h|\x1b\[<u|\x1b\[\?2026[hl]"
)
_END_BEGINS = "\x1b[?2004l"
_BACK_IN_THE_SHELL = "\x1b[?1049l"
_IN_A_FRAME = re.compile(r"\x1b\[\?2026[hl]|\x1b\[\?2048h|\x1b\[H")
_POSITION = re.compile(r"\x1b\[(\d+);(\d+)H")
_STYLE = re.compile(r"\x1b\[([0-9;]*)m")
_WIPE = "\r\x1b[K"
_PLAIN_STYLES = frozenset((*range(10), *range(21, 26), *range(27, 30), *range(30, 38), 39, *range(40, 48), 49))
_PLAIN_STYLES |= frozenset((*range(90, 98), *range(100, 108), 51, 52, 53, 54, 55))
_LINE_END = re.compile(r"\r\n\Z")
_ALLOWED_FORMATS = frozenset("\u200c\u200d")
_ODD_CATEGORIES = frozenset(("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
_MOST_MARKS = 4


def foreign(
    stream: bytes, manner: Manner = Manner.APP, *, columns: int = 1000, rows: int = 1000
) -> list[Foreign]:
    """All that is foreign in the bytes. `columns` and `rows` are the largest size that the terminal had."""
    try:
        text = stream.decode("utf-8")
    except UnicodeDecodeError as error:
        return [Foreign(error.start, "not UTF-8", repr(stream[max(0, error.start - 20) : error.start + 20]))]
    reader = _Reader(manner, columns, rows)
    return [
        Foreign(offset, what, text[max(0, offset - 20) : offset + 40])
        for found in _TOKEN.finditer(text)
        for offset, what in reader.judge(found.group(), found.start())
    ]


def without_sequences(stream: bytes) -> str:
    """The text alone, in the order in which it was written."""
    pieces = _TOKEN.findall(stream.decode("utf-8", "replace"))
    return "".join(piece for piece in pieces if not piece.startswith("\x1b"))


class _Reader:
    def __init__(self, manner: Manner, columns: int, rows: int) -> None:
        self._manner = manner
        self._columns = columns
        self._rows = rows
        self._drawn = False
        self._ending = False
        self._left = False

    def judge(self, token: str, offset: int) -> Iterator[tuple[int, str]]:
        if not token.startswith(("\x1b", _WIPE)):
            self._drawn = self._drawn or not token.isspace()
            if self._ending and not self._left:
                yield offset, "text between the end and the way back to the shell"
            yield from _odd_characters(token, offset, self._manner)
        elif not self._is_own(token):
            yield offset, f"a foreign sequence {token[:30]!r}"

    def _is_own(self, token: str) -> bool:
        if self._manner is Manner.PIPE:
            return False
        if self._manner is Manner.TTY:
            return token == _WIPE or _is_style(token)
        if not self._drawn and _BENEATH_ANY_FRAME.fullmatch(token):
            return True
        if token == _END_BEGINS:
            self._ending = True
        if self._ending:
            self._left = self._left or token == _BACK_IN_THE_SHELL
            return bool(_AFTER_THE_LAST.fullmatch(token) or _is_style(token))
        if token in _POINTERS:
            return True
        return bool(_IN_A_FRAME.fullmatch(token) or _is_style(token) or self._is_position(token))

    def _is_position(self, token: str) -> bool:
        found = _POSITION.fullmatch(token)
        return found is not None and int(found[1]) <= self._rows and int(found[2]) <= self._columns


def _is_style(token: str) -> bool:
    found = _STYLE.fullmatch(token)
    if found is None:
        return False
    numbers = [int(number or 0) for number in found[1].split(";")]
    while numbers:
        first = numbers.pop(0)
        if first in (38, 48, 58):
            if not numbers:
                return False
            taken = {2: 3, 5: 1}.get(numbers.pop(0), 0)
            if not taken or len(numbers) < taken or max(numbers[:taken]) > 255:
                return False
            del numbers[:taken]
        elif first not in _PLAIN_STYLES:
            return False
    return True


def _odd_characters(text: str, offset: int, manner: Manner) -> Iterator[tuple[int, str]]:
    if text.isascii() and text.isprintable():
        return
    allowed = {Manner.PIPE: "\n", Manner.TTY: "\n", Manner.APP: ""}[manner]
    if manner is Manner.APP:  # the only line ends are those between the lines of a frame
        text = _LINE_END.sub("  ", text)
    elif manner is Manner.TTY:
        text = text.replace("\r\n", " \n")
    for run in SUBDIVISIONS:  # the only tags in use, blanked in place to keep the offsets
        text = text.replace("\U0001f3f4" + run, "x" * (len(run) + 1))
    marks = 0
    for position, char in enumerate(text):
        category = unicodedata.category(char)
        marks = marks + 1 if is_mark(char) and char not in "\ufe0e\ufe0f" else 0
        if category in _ODD_CATEGORIES and char not in allowed and char not in _ALLOWED_FORMATS:
            yield offset + position, f"a foreign character U+{ord(char):04X}"
        elif not is_assigned(char):
            yield offset + position, f"a character that is none, U+{ord(char):04X}"
        elif marks == _MOST_MARKS + 1:
            yield offset + position, "a heap of combining marks"
