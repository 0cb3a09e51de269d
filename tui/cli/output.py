"""What a command prints: small aligned tables and pages of a thing's parts for people, ASCII JSON for programs.

Everything passes the sanitiser here. A pipe gets whole texts and exact times; a terminal gets what fits its
width, ages, and colours unless `NO_COLOR` is set."""

import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from core.text import clean, cut, json_ascii, pad, width
from tui.words.times import absolute, age

Style = Literal["", "bold", "dim", "red", "yellow", "green", "cyan"]

_CODES: dict[Style, str] = {"bold": "1", "dim": "2", "red": "31", "yellow": "33", "green": "32", "cyan": "36"}
_GAP = "  "
_NARROWEST = 12


@dataclass(frozen=True, slots=True)
class Cell:
    """A text in a table, and how it looks where there are colours."""

    text: str
    style: Style = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. On a terminal that is too narrow, the one that `gives` becomes narrower."""

    title: str
    right: bool = False
    gives: bool = False


Row = Sequence[str | Cell]


def on_terminal() -> bool:
    return sys.stdout.isatty()


def coloured() -> bool:
    return on_terminal() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def say(text: str = "", *, multiline: bool = False) -> None:
    """Print one line, or, where the text may have several, each of them."""
    sys.stdout.write(_printable(clean(text, multiline=multiline)) + "\n")


def print_text(text: str) -> None:
    """Print a piece of a text that goes on: its lines, and no end of its own."""
    sys.stdout.write(_printable(clean(text, multiline=True)))
    sys.stdout.flush()


def print_json(value: object) -> None:
    """Print the value, a wire type or plain data, as JSON in ASCII."""
    sys.stdout.write(json_ascii(value, indent=2) + "\n")


def print_table(columns: Sequence[Column], rows: Iterable[Row], *, empty: str) -> None:
    """Print the rows under their titles; of no rows, say `empty` on a terminal and nothing in a pipe."""
    cells = [[_cleaned(cell) for cell in row] for row in rows]
    if not cells:
        if on_terminal():
            say(empty)
        return
    widths = [
        max(width(column.title), *(width(row[index].text) for row in cells))
        for index, column in enumerate(columns)
    ]
    if on_terminal():
        _narrow(columns, widths)
    _print_row(columns, widths, [Cell(column.title, "bold") for column in columns])
    for row in cells:
        _print_row(columns, widths, row)


def print_parts(parts: Iterable[tuple[str, str | Cell | None]]) -> None:
    """Print names and values, one under the other, without those that have no value."""
    shown = [(name, _cleaned(value)) for name, value in parts if value is not None]
    longest = max((width(name) for name, _ in shown), default=0)
    for name, cell in shown:
        sys.stdout.write(f"{_styled(Cell(pad(name, longest), 'dim'))}{_GAP}{_styled(cell)}\n".rstrip(" "))


def when(moment: datetime | None, now: datetime) -> str:
    """A time: its age on a terminal, itself in a pipe."""
    if moment is None:
        return ""
    return distance(moment, now) if on_terminal() else exact(moment)


def exact(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def local(moment: datetime | None) -> str | None:
    """A time in full: in the zone of this machine, or in UTC for a pipe."""
    if moment is None:
        return None
    return absolute(moment, moment.astimezone().tzinfo or UTC) if on_terminal() else exact(moment)


def distance(moment: datetime, now: datetime) -> str:
    """How long ago, or in how long."""
    return age(moment, now) if moment <= now else f"in {age(now, moment)}"


def _cleaned(cell: str | Cell) -> Cell:
    return Cell(clean(cell)) if isinstance(cell, str) else Cell(clean(cell.text), cell.style)


def _narrow(columns: Sequence[Column], widths: list[int]) -> None:
    too_wide = sum(widths) + len(_GAP) * (len(widths) - 1) - shutil.get_terminal_size().columns
    for index, column in enumerate(columns):
        if column.gives and too_wide > 0:
            narrowed = max(min(_NARROWEST, widths[index]), widths[index] - too_wide)
            too_wide -= widths[index] - narrowed
            widths[index] = narrowed


def _print_row(columns: Sequence[Column], widths: Sequence[int], row: Sequence[Cell]) -> None:
    parts = []
    for column, cells, cell in zip(columns, widths, row, strict=True):
        text = cut(cell.text, cells)
        text = " " * (cells - width(text)) + text if column.right else pad(text, cells)
        parts.append((text, cell.style))
    last, style = parts[-1]
    parts[-1] = (last.rstrip(" "), style)
    sys.stdout.write(_GAP.join(_styled(Cell(text, style)) for text, style in parts).rstrip(" ") + "\n")


def _styled(cell: Cell) -> str:
    text = _printable(cell.text)
    if not cell.style or not text.strip() or not coloured():
        return text
    return f"\x1b[{_CODES[cell.style]}m{text}\x1b[0m"


def _printable(text: str) -> str:
    """The text as standard output's encoding can say it."""
    encoding = sys.stdout.encoding or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)
