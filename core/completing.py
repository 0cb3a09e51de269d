"""What a filter that is being typed may go on with: fields where a word begins, and their values after the colon
and after each comma. It needs no server, and the app and the shell ask it with every key."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from core.filtering import ALIASES, Field, field_called, names_of

Values = Mapping[str, Iterable[str]]
"""What is known of the things that fields name: the workspaces, people and events that there are."""

MOST = 50
_FIELD = re.compile(r"([A-Za-z_]+):")
_PLAIN = re.compile(r'[^\s",]+')
_WITHIN = 2  # characters from which a value is found by any part of its name


class Completion(NamedTuple):
    """What can stand from `start` to the cursor, and what it means."""

    text: str
    start: int
    help: str = ""

    def taken(self, text: str, cursor: int) -> tuple[str, int]:
        """The filter with it, and where the cursor is then."""
        before = text[: self.start] + self.text
        return before + text[cursor:], len(before)


def complete(text: str, cursor: int, fields: Mapping[str, Field], values: Values) -> list[Completion]:
    """What can go on at the cursor, the likeliest first: nothing within a word, or among words to search for."""
    if cursor < len(text) and not (text[cursor].isspace() or text[cursor] == ","):
        return []
    start = _beginning(text[:cursor], str.isspace)
    word = text[start:cursor]
    if word.startswith("-"):
        start, word = start + 1, word[1:]
    named = _FIELD.match(word)
    if named is None:
        return list(_names(word, start, fields))[:MOST]
    field = field_called(named[1], fields)
    if field is None:
        return []
    value = word[named.end() :]
    piece = _beginning(value, ",".__eq__)
    others = {other.strip('"').lower() for other in value[:piece].split(",")}
    if field.only and piece:
        return []
    return list(_values(value[piece:], start + named.end() + piece, field, values, others))[:MOST]


def quoted(value: str) -> str:
    """The value as it is written in a filter: in quotes where it needs them."""
    if _PLAIN.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _names(word: str, start: int, fields: Mapping[str, Field]) -> Iterator[Completion]:
    for name in names_of(fields):
        field = field_called(name, fields)
        if field is not None and name.startswith(word.lower()) and (word or name not in ALIASES):
            yield Completion(f"{name}:", start, field.help)


def _values(piece: str, start: int, field: Field, values: Values, others: Iterable[str]) -> Iterator[Completion]:
    begun = _begun(piece)
    if begun is None:
        return
    known = (*field.choices, *values.get(field.names, ()), *field.suggested)
    fresh = [value for value in known if value and value.lower() not in others and value.lower() != begun]
    first = [value for value in fresh if value.lower().startswith(begun)]
    parts = [value for value in fresh if begun in value.lower()] if len(begun) >= _WITHIN else []
    for value in dict.fromkeys((*first, *parts)):
        yield Completion(quoted(value), start)


def _begun(piece: str) -> str | None:
    """What was typed of a value, without its quotes; nothing where no more can be added to it."""
    if not piece.startswith('"'):
        return None if '"' in piece else piece.lower()
    inner = re.fullmatch(r'"((?:[^"\\]|\\.)*)', piece, re.DOTALL)
    return re.sub(r"\\(.)", r"\1", inner[1], flags=re.DOTALL).lower() if inner else None


def _beginning(text: str, parts: Callable[[str], bool]) -> int:
    """Where the last part begins: after the last character outside quotes that parts it from what is before."""
    start, within, place = 0, False, 0
    while place < len(text):
        char = text[place]
        if within and char == "\\":
            place += 1
        elif char == '"':
            within = not within
        elif not within and parts(char):
            start = place + 1
        place += 1
    return start
