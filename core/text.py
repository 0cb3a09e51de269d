"""Text from outside on its way to a screen, a log, a table or an alert.

Stored as it came, it passes `clean` whenever it is shown: what could move a cursor, reorder a row or hide becomes
a visible glyph or goes; ordinary text of every script stays as it is. Sequences are never parsed: only their
introducers are replaced, so that nothing can be joined into a new one."""

import re
from enum import Enum, auto
from functools import cache
from json import dumps

from msgspec import Raw, json, to_builtins

from core.characters import (
    ARABIC,
    BLACK_FLAG,
    DIGITS_OF_KEYCAPS,
    DOTTED_CIRCLE,
    EMOJI_STYLE,
    INDIC,
    KEYCAP,
    REPLACEMENT,
    SUBDIVISIONS,
    TEXT_STYLE,
    ZWJ,
    ZWNJ,
    has_styles,
    is_assigned,
    is_emoji,
    is_format,
    is_mark,
    is_skin_tone,
    is_virama,
    within,
)
from core.graphemes import ELLIPSIS, cut, pad, width

__all__ = ["clean", "csv_cell", "cut", "excerpt", "json_ascii", "pad", "storable", "width"]

MAX_MARKS = 4
MAX_JOINS = 3
_LOOK_AHEAD = 8  # the longest emoji in use needs five characters for a cell

# Letters and signs of common scripts that are always shown as they are, and the marks that go onto them.
PLAIN = (
    " -~\xa0-\xac\xae-\u02ff\u0370-\u0377\u037a-\u037f\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u0482\u048a-\u052f"
    "\u0531-\u0556\u0559-\u058a\u05d0-\u05ea\u05ef-\u05f4\u0606-\u060f\u061b\u061d-\u064a\u0660-\u066f"
    "\u0671-\u06d3\u06d5\u06de\u06e5\u06e6\u06e9\u06ee-\u06ff\u0904-\u0939\u093d\u0950\u0958-\u0961\u0964-\u0980"
    "\u0e01-\u0e30\u0e32\u0e33\u0e3f-\u0e46\u0e4f-\u0e5b\u1e00-\u1eff\u2010-\u2027\u202f-\u205e\u20a0-\u20c0"
    "\u2100-\u218b\u2190-\u2426\u2460-\u2b73\u3000-\u3029\u3030-\u303f\u3041-\u3096\u309b-\u30ff\u3105-\u312f"
    "\u3131-\u3163\u31f0-\u321e\u3220-\ua48c\uac00-\ud7a3\uf900-\ufa6d\uff01-\uff9f\uffe0-\uffe6\ufffd"
    "\U0001f1e6-\U0001f1ff\U0001f300-\U0001f3fa\U0001f400-\U0001f64f\U0001f680-\U0001f6c5\U0001f900-\U0001f9ff"
    "\U00020000-\U0002a6df"
)
MARKS = (
    "\u0300-\u034e\u0350-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0900-\u0903\u093a-\u093c"
    "\u093e-\u094f\u0951-\u0957\u0962\u0963\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u3099\u309a"
)


@cache
def _unsuspicious() -> re.Pattern[str]:
    """Compiled when the first text asks for it, as the two below: that takes longer than all else of this module,
    and most starts see nothing but ASCII."""
    return re.compile(f"(?:[{PLAIN}]++[{MARKS}]{{0,{MAX_MARKS}}}+)*+")


@cache
def _suspicious() -> re.Pattern[str]:
    return re.compile(f"(?:[^{PLAIN}]++[{PLAIN}]?+)++")


@cache
def _one_mark() -> re.Pattern[str]:
    return re.compile(f"[{MARKS}]")


_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_TAB = {False: " ", True: "    "}

_FORMULA_SIGNS = frozenset("=+-@\t\r\uff1d\uff0b\uff0d\uff20")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*(?:[eE][+-]?\d+)?%?")


class Kind(Enum):
    """What is done with a character."""

    PLAIN = auto()
    MARK = auto()
    SKIN_TONE = auto()
    STYLE = auto()
    JOINER = auto()
    DROPPED = auto()


_DROPPED_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u3164\uffa0")


def glyph(char: str) -> str:
    """What is shown in the place of a character: mostly itself."""
    number = ord(char)
    if number < 0x20:
        return chr(0x2400 + number)
    if number == 0x7F:
        return "\u2421"
    if 0x80 <= number <= 0x9F or 0xD800 <= number <= 0xF8FF or 0x202A <= number <= 0x202E:
        return REPLACEMENT
    if 0x2066 <= number <= 0x2069 or number >= 0xF0000 or not is_assigned(char):
        return REPLACEMENT
    return char


def kind(char: str) -> Kind:
    if char in (ZWJ, ZWNJ):
        return Kind.JOINER
    if char in (TEXT_STYLE, EMOJI_STYLE):
        return Kind.STYLE
    if is_skin_tone(char):
        return Kind.SKIN_TONE
    if char in _DROPPED_LETTERS or "\ufe00" <= char <= "\ufe0d" or 0xE0000 <= ord(char) <= 0xE0FFF:
        return Kind.DROPPED
    if glyph(char) != char:
        return Kind.PLAIN
    if is_mark(char):
        return Kind.MARK
    return Kind.DROPPED if is_format(char) else Kind.PLAIN


_INTRODUCERS = {
    number: glyph(chr(number))
    for number in (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
    if number != 0x0A
}


class _Kinds(dict[str, tuple[Kind, str]]):
    def __missing__(self, char: str) -> tuple[Kind, str]:
        self[char] = known = (kind(char), glyph(char))
        return known


_kinds = _Kinds()


def clean(text: str, multiline: bool = False) -> str:
    """The text as it may be shown, on one line unless told otherwise. Cleaning twice changes nothing more."""
    if (text.isascii() and text.isprintable()) or _unsuspicious().fullmatch(text):
        return text
    text = _LINE_ENDS.sub("\n", text).replace("\t", _TAB[multiline]).translate(_INTRODUCERS)
    if multiline:
        return "\n".join(map(_clean_line, text.split("\n")))
    return _clean_line(text.replace("\n", " "))


def excerpt(text: str, size: int) -> str:
    """The beginning of a text on one line of so many cells, at a cost that does not grow with the text."""
    looked_at = max(size, 1) * _LOOK_AHEAD
    if len(text) <= looked_at:
        return cut(clean(text), size)
    shown = clean(text[:looked_at])
    return cut(shown + ELLIPSIS, size)


def first_of(text: str, longest: int) -> str:
    """The beginning of a text of so many characters, as it stands."""
    return text if len(text) <= longest else text[: longest - 1] + ELLIPSIS


def storable(text: str) -> str:
    """The text without what no database and no JSON can carry: NUL and lone surrogates."""
    return text if text.isascii() and "\0" not in text else _UNSTORABLE.sub(REPLACEMENT, text)


def json_ascii(value: object, indent: int | None = None) -> str:
    """JSON in printable ASCII: a control character or a reordering mark is an escape, never itself."""
    return dumps(to_builtins(value, enc_hook=_of_raw), indent=indent).replace("\x7f", "\\u007f")


def _of_raw(value: object) -> object:
    """What stands in a part of an answer that nobody has read."""
    if isinstance(value, Raw):
        return json.decode(value)
    raise TypeError(f"This is nothing that JSON can say: {type(value).__name__}.")


def csv_cell(text: str) -> str:
    """A cell of a CSV file, which no spreadsheet takes for a formula."""
    shown = clean(text)
    begins = text[:1], shown.lstrip()[:1]
    if not _FORMULA_SIGNS.isdisjoint(begins) and not _NUMBER.fullmatch(shown):
        shown = "'" + shown
    if any(sign in shown for sign in '",'):
        return '"' + shown.replace('"', '""') + '"'
    return shown


def _clean_line(line: str) -> str:
    if _unsuspicious().fullmatch(line):
        return line
    pieces: list[str] = []
    position = 0
    while position < len(line):
        start = _plain_until(line, position)
        pieces.append(line[position:start])
        suspicious = _suspicious().match(line, start + (start < len(line) and _is_plain(line[start])))
        position = suspicious.end() if suspicious else len(line)
        pieces.append(_clean_suspicious(line[start:position]))
    return "".join(pieces)


def _plain_until(line: str, position: int) -> int:
    """Where the next suspicious stretch begins, with the letter that its marks belong to."""
    found = _unsuspicious().match(line, position)
    end = found.end() if found else position
    if end == len(line):
        return end
    while end > position and _one_mark().match(line, end - 1):
        end -= 1
    return max(end - 1, position)


def _is_plain(char: str) -> bool:
    return _kinds[char][0] is Kind.PLAIN and _unsuspicious().fullmatch(char) is not None


def _clean_suspicious(text: str) -> str:
    line = _Line()
    for position, char in enumerate(text):
        what, shown = _kinds[char]
        if what is Kind.PLAIN:
            line.add(shown, text, position)
        elif what is Kind.MARK:
            line.add_mark(char)
        elif what is Kind.JOINER:
            line.joiner = line.joiner or char
        elif what is Kind.STYLE:
            line.add_style(char, text[position + 1 : position + 2])
        elif what is Kind.SKIN_TONE:
            line.add_skin_tone(char)
    return "".join(line.out)


class _Line:
    """What is shown so far, and what the next character may be joined to. A joiner waits for what it joins."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.last = ""
        self.picture = False  # the last thing shown is an emoji, with its tone and style
        self.marks = 0
        self.joins = 0
        self.joiner = ""

    def add(self, char: str, text: str = "", position: int = 0) -> None:
        if not self._join(char):
            self.joins = 0
        self.out.append(char)
        if char == BLACK_FLAG:
            self.out.extend(run for run in SUBDIVISIONS if text.startswith(run, position + 1))
        self.last = char
        self.picture = is_emoji(char)
        self.marks = 0

    def add_mark(self, char: str) -> None:
        if not self.out:
            self.out.append(DOTTED_CIRCLE)
        if self.marks < MAX_MARKS:
            self._join(char)
            self.out.append(char)
            self.last = char
            self.marks += 1
        self.picture = False

    def add_style(self, char: str, following: str) -> None:
        if self.last and has_styles(self.last) and (self.last not in DIGITS_OF_KEYCAPS or following == KEYCAP):
            self._put(char)

    def add_skin_tone(self, char: str) -> None:
        if self.last and is_emoji(self.last):
            self._put(char)
        else:
            self.add(REPLACEMENT)

    def _put(self, char: str) -> None:
        self.joiner = ""
        self.out.append(char)
        self.last = char

    def _join(self, char: str) -> bool:
        joiner, self.joiner = self.joiner, ""
        if not joiner or not self.last:
            return False
        if joiner == ZWNJ:
            joins = any(within(self.last, script) and within(char, script) for script in (ARABIC, INDIC))
        else:
            joins = self.joins < MAX_JOINS and (self._joins_pictures(char) or self._joins_letters(char))
            self.joins += joins
        if joins:
            self.out.append(joiner)
        return joins

    def _joins_pictures(self, char: str) -> bool:
        return self.picture and is_emoji(char)

    def _joins_letters(self, char: str) -> bool:
        """In Indic scripts a joiner stands between a virama and a letter, on either side."""
        if not (within(self.last, INDIC) and within(char, INDIC)):
            return False
        return is_virama(self.last) != is_virama(char) and (is_virama(char) or not is_mark(char))
