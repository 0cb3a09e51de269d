"""A message in Telegram's HTML: its own tags, balanced, and all else escaped; in as many parts as it needs.

A part holds 4096 UTF-16 units once its tags are read. It is cut between paragraphs, lines, words or letters, in
that order, and what is open there is closed and opened again."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape, unescape

from core.channels.adapters.footer import browsable, footer
from core.channels.message import Message
from core.channels.outbound.scrubbing import shortened
from core.graphemes import ELLIPSIS, graphemes
from core.text import clean

LIMIT = 4096
_TITLE = 300
_BODY = 40_000  # units; what is longer is no alert any more
_LOOKED_AT = 200_000
_DEEPEST = 12
_LONG_WORD = 200
_PLAIN = frozenset({"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "tg-spoiler", "pre"})

_TAG = re.compile(
    r"<(/?)(tg-spoiler|tg-emoji|blockquote|strong|strike|span|code|pre|del|ins|em|a|b|i|s|u)"
    r"((?:\s++[a-z-]++(?:\s*+=\s*+(?:\"[^\"<>]*+\"|'[^'<>]*+'))?+)*+)\s*+>",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"([a-z-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'))?", re.IGNORECASE)
_LANGUAGE = re.compile(r"language-[\w+#.-]{1,64}", re.ASCII)
_EMOJI = re.compile(r"[1-9][0-9]{0,18}")
_USER = re.compile(r"tg://user\?id=[0-9]{1,20}")
_INVISIBLE = re.compile(r"[\s\u1680\u180e\u2000-\u200f\u202e\u202f\u205f\u2800\u3000\ufeff\ufffc\xa0]*")


@dataclass(frozen=True, slots=True)
class Part:
    """One message: as HTML, and as the plain text that is left when Telegram cannot read that."""

    html: str
    plain: str


@dataclass(frozen=True, slots=True)
class _Text:
    text: str
    gap: int = (
        0  # how good it is to go on after it in another message: 1 a space, 2 a line's end, 3 a paragraph's
    )

    @property
    def units(self) -> int:
        return utf16(self.text)


@dataclass(frozen=True, slots=True)
class _Open:
    name: str
    html: str


@dataclass(frozen=True, slots=True)
class _Close:
    """Closes what was opened last."""


_Token = _Text | _Open | _Close
_BOLD, _ITALIC, _CLOSE = _Open("b", "<b>"), _Open("i", "<i>"), _Close()


def utf16(text: str) -> int:
    """The length as Telegram counts it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "replace")) // 2


def parts_of(message: Message, limit: int = LIMIT) -> list[Part]:
    """What is sent for a message: its title in bold, its body, and where it comes from."""
    tokens: list[_Token] = []
    if title := shortened(clean(message.title[: 4 * _TITLE]), _TITLE).strip():
        tokens += [_BOLD, _Text(title), _CLOSE, _Text("\n\n")]
    if body := clean(message.body[:_LOOKED_AT], multiline=True).strip():
        tokens += [*_within(_BODY, _tokens(body)), _Text("\n\n")]
    tokens += [_ITALIC, _Text(footer(message)), _CLOSE]
    if link := browsable(message.link):
        tokens += [_Text("\n"), _Open("a", f'<a href="{escape(link)}">'), _Text("Open"), _CLOSE]
    if sum(token.units for token in tokens if isinstance(token, _Text)) <= limit:
        return [_rendered(tokens, [])[0]]
    return list(_split([piece for token in tokens for piece in _pieces(token)], limit))


def _tokens(body: str) -> Iterator[_Token]:
    """The body's text and tags. A tag that closes nothing is text; one that closes several does so in order."""
    opened: list[str] = []
    closed_before: list[str] = []  # closed by what was around them: their own end says nothing any more
    position = 0
    for found in _TAG.finditer(body):
        closes, name = found[1], found[2].lower()
        tag: _Open | None = None
        if closes:
            if name not in opened and name not in closed_before:
                continue
        else:
            tag = _opening(name, found[3])
            if tag is None or len(opened) >= _DEEPEST:
                continue
        if position < found.start():
            yield _Text(body[position : found.start()])
        position = found.end()
        if tag is not None:
            opened.append(name)
            yield tag
        elif name in opened:
            while (inner := opened.pop()) != name:
                closed_before.append(inner)
                yield _CLOSE
            yield _CLOSE
        else:
            closed_before.remove(name)
    if position < len(body):
        yield _Text(body[position:])
    yield from (_CLOSE for _ in opened)


def _opening(name: str, written: str) -> _Open | None:
    """The tag as Telegram takes it, or nothing where it would not."""
    values = {found[1].lower(): unescape(found[2] or found[3] or "") for found in _ATTRIBUTE.finditer(written)}
    if name in _PLAIN:
        return _Open(name, f"<{name}>")
    match name:
        case "a" if (url := values.get("href", "")) and (browsable(url) or _USER.fullmatch(url)):
            return _Open(name, f'<a href="{escape(url)}">')
        case "span" if values.get("class") == "tg-spoiler":
            return _Open(name, '<span class="tg-spoiler">')
        case "blockquote":
            return _Open(name, "<blockquote expandable>" if "expandable" in values else "<blockquote>")
        case "code":
            language = values.get("class", "")
            return _Open(name, f'<code class="{language}">' if _LANGUAGE.fullmatch(language) else "<code>")
        case "tg-emoji" if _EMOJI.fullmatch(values.get("emoji-id", "")):
            return _Open(name, f'<tg-emoji emoji-id="{values["emoji-id"]}">')
    return None


def _within(room: int, tokens: Iterator[_Token]) -> Iterator[_Token]:
    """The tokens up to so much text, with all closed that was opened."""
    depth = 0
    for token in tokens:
        if isinstance(token, _Text):
            if token.units > room:
                yield _Text(shortened_units(token.text, room) + ELLIPSIS)
                yield from (_CLOSE for _ in range(depth))
                return
            room -= token.units
        else:
            depth += 1 if isinstance(token, _Open) else -1
        yield token


def shortened_units(text: str, room: int) -> str:
    """The beginning of a text in at most so many units, cut between letters."""
    kept: list[str] = []
    for letter in graphemes(text[:room]):
        room -= utf16(letter)
        if room < 0:
            break
        kept.append(letter)
    return "".join(kept)


def _pieces(token: _Token) -> Iterator[_Token]:
    """A text in words and the gaps between them; long words in letters."""
    if not isinstance(token, _Text):
        yield token
        return
    word: list[str] = []
    gap: list[str] = []
    for letter in graphemes(token.text):
        if letter.isspace():
            if word:
                yield from _word("".join(word))
                word = []
            gap.append(letter)
        else:
            if gap:
                yield _gap("".join(gap))
                gap = []
            word.append(letter)
    if word:
        yield from _word("".join(word))
    if gap:
        yield _gap("".join(gap))


def _word(word: str) -> Iterator[_Text]:
    return iter([_Text(word)]) if len(word) <= _LONG_WORD else map(_Text, graphemes(word))


def _gap(gap: str) -> _Text:
    """A gap that is longer than any text needs would let a message begin and end in nothing."""
    lines = gap.count("\n")
    return _Text(gap if len(gap) <= _LONG_WORD else "\n\n" if lines else " ", 1 + min(lines, 2))


def _split(pieces: Sequence[_Token], limit: int) -> Iterator[Part]:
    start = 0
    opened: list[_Open] = []
    while start < len(pieces):
        end = _end(pieces, start, limit)
        part, opened = _rendered(pieces[start:end], opened)
        if not _INVISIBLE.fullmatch(part.plain):
            yield part
        start = end


def _end(pieces: Sequence[_Token], start: int, limit: int) -> int:
    """Where the part ends that begins here: at the best gap in its second half, or where it is full."""
    used = 0
    best = {1: 0, 2: 0, 3: 0}
    for index in range(start, len(pieces)):
        piece = pieces[index]
        if not isinstance(piece, _Text):
            continue
        used += piece.units
        if used > limit:
            return best[3] or best[2] or best[1] or max(index, start + 1)
        if piece.gap and used > limit // 2:
            best[piece.gap] = index + 1
    return len(pieces)


def _rendered(tokens: Sequence[_Token], opened: Sequence[_Open]) -> tuple[Part, list[_Open]]:
    """One part, and what is open at its end. A tag is written when there is text within it."""
    stack = list(opened)
    written = 0  # how many of the stack are in the HTML
    html: list[str] = []
    plain: list[str] = []
    texts = [index for index, token in enumerate(tokens) if isinstance(token, _Text) and not token.text.isspace()]
    first, last = (texts[0], texts[-1]) if texts else (0, -1)
    for index, token in enumerate(tokens):
        match token:
            case _Open():
                stack.append(token)
            case _Close():
                name = stack.pop().name
                if written > len(stack):
                    html.append(f"</{name}>")
                    written -= 1
            case _Text() if first <= index <= last:
                html += [tag.html for tag in stack[written:]]
                written = len(stack)
                html.append(escape(token.text, quote=False))
                plain.append(token.text)
    html += [f"</{tag.name}>" for tag in reversed(stack[:written])]
    return Part("".join(html), "".join(plain)), stack
