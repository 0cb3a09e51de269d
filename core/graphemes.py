"""Text in cells: how wide it is, and how to cut it between what a reader sees as letters.

Expects cleaned text. Counts as Rich does, which draws the screen: an emoji that is joined to another adds
nothing, and a picture in emoji style is two cells."""

from collections.abc import Iterator

from core.characters import (
    EMOJI_STYLE,
    TWO_STYLES,
    ZWJ,
    cells,
    is_flag_letter,
    is_mark,
    is_skin_tone,
)

ELLIPSIS = "…"
_MAX_CONJUNCTS = 3
_CONJUNCT_VIRAMAS = frozenset("\u094d\u09cd\u0acd\u0b4d\u0c4d\u0d4d")
_SPACING_VOWELS = frozenset("\u0e33\u0eb3")


class _Cells(dict[str, int]):
    def __missing__(self, char: str) -> int:
        self[char] = width = cells(char)
        return width


class _Extends(dict[str, bool]):
    """Whether a character belongs to what stands before it."""

    def __missing__(self, char: str) -> bool:
        self[char] = extends = (
            is_mark(char)
            or is_skin_tone(char)
            or char in _SPACING_VOWELS
            or (cells(char) == 0 and char not in "\n\t" and not char.isascii())
        )
        return extends


_cells = _Cells()
_extends = _Extends()


def width(text: str) -> int:
    """The cells that the text takes on one line."""
    if text.isascii():
        return len(text) if text.isprintable() else sum(map(_cells.__getitem__, text))
    if ZWJ not in text and EMOJI_STYLE not in text:
        return sum(map(_cells.__getitem__, text))
    return _width_of_joined(text)


def _width_of_joined(text: str) -> int:
    total = 0
    styled: str | None = None  # the last character with a width, which an emoji style can still widen
    joined = False
    for char in text:
        if joined:
            joined = False
        elif char == ZWJ:
            joined = True
        elif char == EMOJI_STYLE:
            total += styled in TWO_STYLES
            styled = None
        elif size := _cells[char]:
            total += size
            styled = char
    return total


def graphemes(text: str) -> Iterator[str]:
    """The text in pieces that must not be cut: letters with their marks, flags, joined emoji."""
    start = 0
    flag_letters = conjuncts = 0
    previous = ""
    for index, char in enumerate(text):
        if previous:
            if is_flag_letter(char) and flag_letters == 1:
                flag_letters = 2
            elif (
                previous == ZWJ
                or _extends[char]
                or (previous in _CONJUNCT_VIRAMAS and conjuncts < _MAX_CONJUNCTS and char.isalpha())
            ):
                conjuncts += previous in _CONJUNCT_VIRAMAS
            else:
                yield text[start:index]
                start = index
                flag_letters, conjuncts = int(is_flag_letter(char)), 0
        else:
            flag_letters = int(is_flag_letter(char))
        previous = char
    if text:
        yield text[start:]


def cut(text: str, size: int) -> str:
    """The text in at most so many cells, with an ellipsis when some of it is left out."""
    if size <= 0:
        return ""
    if text.isascii():
        return text if len(text) <= size else text[: size - 1] + ELLIPSIS
    used = kept = end = 0  # `kept` is where the text ends when an ellipsis must follow
    for piece in graphemes(text):
        used += width(piece)
        if used > size:
            return text[:kept] + ELLIPSIS
        end += len(piece)
        if used < size:
            kept = end
    return text


def pad(text: str, size: int) -> str:
    """The text in exactly so many cells: cut, or followed by spaces."""
    text = cut(text, size)
    return text + " " * (size - width(text))
