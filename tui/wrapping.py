"""Text broken into lines of so many cells, at spaces where there are any."""

import re
from collections.abc import Iterator

from core.graphemes import graphemes
from core.text import width

_WORDS = re.compile(r"\s*\S+|\s+")


def wrap(text: str, size: int) -> list[str]:
    """The lines of a clean text. What is indented stays so, and a word that is too long is broken."""
    size = max(1, size)
    return [piece for line in text.split("\n") for piece in (_wrapped(line, size) if line else [""])]


def _wrapped(line: str, size: int) -> Iterator[str]:
    if width(line) <= size:
        yield line
        return
    current, used = "", 0
    for word in _WORDS.findall(line):
        cells = width(word)
        if used + cells <= size:
            current += word
            used += cells
            continue
        if used:
            yield current
            word = word.lstrip()
            cells = width(word)
        if cells > size:
            *whole, word = _broken(word, size)
            yield from whole
            cells = width(word)
        current, used = word, cells
    if current:
        yield current


def _broken(word: str, size: int) -> Iterator[str]:
    current, used = [""], 0
    for grapheme in graphemes(word):
        cells = width(grapheme)
        if used + cells > size and used:
            yield "".join(current)
            current, used = [], 0
        current.append(grapheme)
        used += cells
    yield "".join(current)
