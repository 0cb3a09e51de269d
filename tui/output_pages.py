"""A page of output as rows of a width, and the line at its end that has no end yet."""

from collections.abc import Sequence
from typing import NamedTuple

from core.text import clean
from tui.words.sessions import size
from tui.wrapping import wrap

_LONGEST_LINE = 8 * 1024  # characters: what is longer is broken here, wherever that is


class Row(NamedTuple):
    """A line as it is shown. A note is ours: it says what is missing."""

    text: str
    note: bool = False


class Part:
    """A page of output with its rows. The last of them are open while their line has no end."""

    def __init__(self, begin: int, end: int, text: str, missing: int, width: int) -> None:
        self.begin = begin
        self.end = end
        self.text = text
        self.missing = missing  # bytes between the page before and this one that were not kept
        self.rows: list[Row] = []
        self.open_rows = 0
        self.lay_out(width)

    def lay_out(self, width: int) -> None:
        self.rows = [Row(_missing(self.missing), True)] if self.missing else []
        whole, _, rest = self.text.rpartition("\n")
        if "\n" in self.text:
            self._add(whole, width)
        self._add_open(rest, width)

    def grow(self, text: str, end: int, width: int) -> None:
        """What came after the end of it. Only that is laid out."""
        rest = self.take_open()
        self.end = end
        self.text += rest + text
        whole, ended, open_line = (rest + text).rpartition("\n")
        if ended:
            self._add(whole, width)
        self._add_open(open_line, width)

    def take_open(self) -> str:
        """The line without an end, which belongs to what comes now."""
        whole, ended, rest = self.text.rpartition("\n")
        if self.open_rows:
            del self.rows[-self.open_rows :]
        self.open_rows = 0
        if len(rest) > _LONGEST_LINE:
            return ""
        self.text = whole + ended
        return rest

    def _add(self, text: str, width: int) -> None:
        for line in text.split("\n"):
            self.rows += _rows(line, width)

    def _add_open(self, line: str, width: int) -> None:
        made = _rows(line, width) if line else []
        self.rows += made
        self.open_rows = 0 if len(line) > _LONGEST_LINE else len(made)


def _missing(octets: int) -> str:
    return f"⋯ {size(octets)} of output are not here: there was more than is kept ⋯"


def _rows(line: str, width: int) -> Sequence[Row]:
    line = line.rstrip("\r")
    if len(line) <= width and line.isascii() and line.isprintable():
        return (Row(line),)
    pieces = [line[at : at + _LONGEST_LINE] for at in range(0, len(line), _LONGEST_LINE)] or [""]
    return [Row(shown) for piece in pieces for shown in wrap(clean(_last_said(piece)), width)]


def _last_said(line: str) -> str:
    """A progress bar writes its line again and again: what it said last is what a terminal would show."""
    return line.rpartition("\r")[2] or line
