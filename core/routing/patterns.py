"""Patterns of event names: `*` alone is every event, elsewhere any run without `:`, and `**` any run at all.

A name is matched by the set of places that a pattern can have come to, as the bits of one number: the time grows
with the length of the pattern, whatever the name."""

import re
from collections.abc import Callable
from typing import Final

ROUTER: Final = "notification:"
"""How the names of the router's own events begin, which only a pattern that begins so too may match."""

_WILDCARDS = re.compile(r"\*+")
_SEGMENT, _ANY = "*", "**"


class Pattern:
    """A pattern, made ready once. `covers` says whether it fits a name."""

    __slots__ = ("covers", "exact", "own", "text")

    text: str
    exact: bool  # it has no wildcard
    own: bool  # it names the router's own events
    covers: Callable[[str], bool]

    def __init__(self, text: str) -> None:
        self.text = text
        self.exact = "*" not in text
        self.own = text.startswith(ROUTER)
        self.covers = _matcher(text)

    def routes(self, name: str) -> bool:
        """Whether a rule with this pattern hears of the event: of the router's own, only if it names them."""
        return (self.own or not name.startswith(ROUTER)) and self.covers(name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pattern) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Pattern({self.text!r})"


def _matcher(text: str) -> Callable[[str], bool]:
    if text == "*":
        return lambda name: True
    pieces = _pieces(text)
    match pieces:
        case [] | [_] if "*" not in text:
            return text.__eq__
        case [literal, ("*" | "**") as wildcard] if "*" not in literal:
            return _prefixed(literal, wildcard)
        case [("*" | "**") as wildcard, literal] if "*" not in literal:
            return _suffixed(literal, wildcard)
        case _:
            return lambda name: _walk(pieces, name)


def _prefixed(literal: str, wildcard: str) -> Callable[[str], bool]:
    if wildcard == _ANY:
        return lambda name: name.startswith(literal)
    length = len(literal)
    return lambda name: name.startswith(literal) and name.find(":", length) < 0


def _suffixed(literal: str, wildcard: str) -> Callable[[str], bool]:
    if wildcard == _ANY:
        return lambda name: name.endswith(literal)
    length = len(literal)
    return lambda name: name.endswith(literal) and name.find(":", 0, len(name) - length) < 0


def _pieces(text: str) -> list[str]:
    """Literal texts and wildcards, in order. Three stars or more are as good as two."""
    pieces: list[str] = []
    at = 0
    for found in _WILDCARDS.finditer(text):
        if found.start() > at:
            pieces.append(text[at : found.start()])
        pieces.append(_SEGMENT if found.end() - found.start() == 1 else _ANY)
        at = found.end()
    if at < len(text):
        pieces.append(text[at:])
    return pieces


def _walk(pieces: list[str], name: str) -> bool:
    """Bit n of `places` says that the pieces so far can have taken the first n characters."""
    end = len(name)
    within = _without_colons(name)
    places = 1
    for piece in pieces:
        if piece == _ANY:
            places = (2 << end) - (places & -places)  # from the first of them to the end
        elif piece == _SEGMENT:
            # A sum carries each place through the characters that are no colon, to the first that is one.
            places |= ((places & within) + within) ^ within
        else:
            places = (places & _places_of(piece, name)) << len(piece)
        if not places:
            return False
    return bool(places >> end & 1)


def _without_colons(name: str) -> int:
    bits = 0
    for index, char in enumerate(name):
        if char != ":":
            bits |= 1 << index
    return bits


def _places_of(literal: str, name: str) -> int:
    bits, at = 0, name.find(literal)
    while at >= 0:
        bits |= 1 << at
        at = name.find(literal, at + 1)
    return bits
