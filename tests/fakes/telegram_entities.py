"""Telegram's HTML as its server reads it, errors and their offsets included."""

import re
from dataclasses import dataclass

_NAMES = {
    "strong": "bold", "b": "bold", "i": "italic", "em": "italic", "s": "strikethrough", "strike": "strikethrough",
    "del": "strikethrough", "u": "underline", "ins": "underline", "tg-spoiler": "spoiler", "span": "spoiler",
    "a": "text_link", "pre": "pre", "code": "code", "blockquote": "blockquote", "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}  # fmt: skip
_CHARACTER = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|(lt|gt|amp|quot)(?![a-zA-Z]));?")
_LITERALS = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_SPACE = " \t\r\n\0\v"


class UnreadableError(Exception):
    """What follows `can't parse entities:`."""


@dataclass
class _Open:
    name: str
    argument: str
    offset: int


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class _Reader:
    def __init__(self, html: str) -> None:
        self.html = html
        self.at = 0
        self.text = ""
        self.opened: list[_Open] = []
        self.entities: list[dict[str, object]] = []

    def read(self) -> tuple[str, list[dict[str, object]]]:
        while self.at < len(self.html):
            char = self.html[self.at]
            if char == "&" and (found := _CHARACTER.match(self.html, self.at)):
                self.text += _character(found)
                self.at = found.end()
            elif char != "<":
                self.text += char
                self.at += 1
            elif self.html[self.at + 1 : self.at + 2] == "/":
                self._end()
            else:
                self._start()
        if self.opened:
            name = self.opened[-1].name
            raise UnreadableError(f'Can\'t find end tag corresponding to start tag "{name}"')
        return self.text, self.entities

    def _offset(self, at: int) -> str:
        return f"at byte offset {len(self.html[:at].encode())}"

    def _peek(self) -> str:
        """The next character, or NUL at the end."""
        return self.html[self.at] if self.at < len(self.html) else "\0"

    def _skip_space(self) -> None:
        while self.at < len(self.html) and self.html[self.at] in _SPACE:
            self.at += 1

    def _until(self, stops: str) -> str:
        start = self.at
        while self._peek() not in stops and self._peek() != "\0":
            self.at += 1
        return self.html[start : self.at]

    def _start(self) -> None:
        begin = self.at
        self.at += 1
        name = self._until(_SPACE + ">").lower()
        if self._peek() == "\0":
            raise UnreadableError(f"Unclosed start tag {self._offset(begin)}")
        if name not in _NAMES:
            raise UnreadableError(f'Unsupported start tag "{name}" {self._offset(begin)}')
        argument = ""
        while True:
            self._skip_space()
            if self._peek() == ">":
                break
            key, value = self._attribute(name, begin)
            argument = _argument(name, key, value) or argument
        self.at += 1
        if name == "span" and argument != "spoiler":
            raise UnreadableError(f'Tag "span" must have class "tg-spoiler" {self._offset(begin)}')
        self.opened.append(_Open(name, argument, utf16(self.text)))

    def _attribute(self, name: str, begin: int) -> tuple[str, str]:
        key = self._until(_SPACE + "=>/\"'")
        if not key:
            raise UnreadableError(f'Empty attribute name in the tag "{name}" {self._offset(begin)}')
        self._skip_space()
        if self._peek() != "=":
            if self._peek() == "\0":
                raise UnreadableError(f'Unclosed start tag "{name}" {self._offset(begin)}')
            return key, ""
        self.at += 1
        self._skip_space()
        quote = self._peek()
        if quote == "\0":
            raise UnreadableError(f'Unclosed start tag "{name}" {self._offset(begin)}')
        if quote not in "\"'":
            token = self.at
            while (char := self._peek()).isascii() and (char.isalnum() or char in ".-"):
                self.at += 1
            if self._peek() not in _SPACE + ">":
                raise UnreadableError(f"Unexpected end of name token {self._offset(token)}")
            value = self.html[token : self.at].lower()
        else:
            self.at += 1
            value = _CHARACTER.sub(_character, self._until(quote))
            if self._peek() == quote:
                self.at += 1
        if self._peek() == "\0":
            raise UnreadableError(f"Unclosed start tag {self._offset(begin)}")
        return key, value

    def _end(self) -> None:
        begin = self.at
        if not self.opened:
            raise UnreadableError(f"Unexpected end tag {self._offset(begin)}")
        self.at += 2
        name = self._until(_SPACE + ">").lower()
        self._skip_space()
        if self._peek() != ">":
            raise UnreadableError(f"Unclosed end tag {self._offset(begin)}")
        self.at += 1
        tag = self.opened.pop()
        if name and name != tag.name:
            raise UnreadableError(
                f'Unmatched end tag {self._offset(begin)}, expected "</{tag.name}>", found "</{name}>"'
            )
        if length := utf16(self.text) - tag.offset:
            self._add(tag, length)

    def _add(self, tag: _Open, length: int) -> None:
        if tag.name == "tg-emoji" and not tag.argument.isdigit():
            raise UnreadableError("Invalid custom emoji identifier specified")
        entity: dict[str, object] = {"type": _NAMES[tag.name], "offset": tag.offset, "length": length}
        named = {"a": "url", "code": "language", "tg-emoji": "custom_emoji_id"}.get(tag.name)
        if named == "url" or (named and tag.argument):
            entity[named] = tag.argument
        self.entities.append(entity)


def read_html(html: str) -> tuple[str, list[dict[str, object]]]:
    """The text without its tags, and what they say of it. Raises `UnreadableError`."""
    return _Reader(html).read()


def _character(found: "re.Match[str]") -> str:
    hexadecimal, decimal, literal = found.groups()
    if literal:
        return _LITERALS[literal]
    number = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return chr(number) if 0 < number < 0x10FFFF else found[0]


def _argument(name: str, key: str, value: str) -> str:
    match name, key:
        case "a", "href":
            return value
        case "code", "class" if value.startswith("language-"):
            return value.removeprefix("language-")
        case "span", "class" if value.startswith("tg-"):
            return value.removeprefix("tg-")
        case "tg-emoji", "emoji-id":
            return value
        case "blockquote", "expandable":
            return "1"
    return ""
