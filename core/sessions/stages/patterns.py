"""Patterns that values must fit: regular expressions whose matching takes a time that is bounded by the length of
the value, whatever the pattern is. A webhook's caller chooses the value, and nobody may stop the server with one.

The signs are those of Python's `re`, without what looks around or back. A pattern always fits the whole value."""

import re
from typing import NamedTuple

LONGEST_PATTERN = 200
LONGEST_VALUE = 8_192

_MOST_STATES = 1_000
_MOST_REMEMBERED = 2_000
_COUNT = re.compile(r"\{(\d{1,6})?(,(\d{1,6})?)?\}")
_SET_SIGN = re.compile(r"(?<!\\)[\[&|~]")  # what `re` warns of in a set
_DEEPEST = 20
_ESCAPES = "dDwWsS"
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v"}
_Edges = list[tuple["re.Pattern[str] | None", int]]


class PatternError(ValueError):
    """The pattern cannot be used; the sentence says why."""


class Pattern:
    """A pattern as an automaton: each state has edges to others, over one character or over none."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST_PATTERN:
            raise PatternError(f"a pattern has at most {LONGEST_PATTERN} characters")
        self._edges: list[_Edges] = []
        reader = _Reader(text.removeprefix("^"), self._edges)
        piece = reader.whole()
        self._end = piece.end
        self._start = self._closure({piece.start})
        self._known: dict[tuple[frozenset[int], str], frozenset[int]] = {}

    def fits(self, value: str) -> bool:
        """Whether the whole value is as the pattern says."""
        if len(value) > LONGEST_VALUE:
            return False
        states = self._start
        for char in value:
            states = self._after(states, char)
            if not states:
                return False
        return self._end in states

    def _after(self, states: frozenset[int], char: str) -> frozenset[int]:
        known = self._known.get((states, char))
        if known is None:
            reached = {
                target
                for state in states
                for over, target in self._edges[state]
                if over is not None and over.match(char)
            }
            known = self._closure(reached)
            if len(self._known) < _MOST_REMEMBERED:
                self._known[states, char] = known
        return known

    def _closure(self, states: set[int]) -> frozenset[int]:
        left = list(states)
        while left:
            for over, target in self._edges[left.pop()]:
                if over is None and target not in states:
                    states.add(target)
                    left.append(target)
        return frozenset(states)


class _Piece(NamedTuple):
    """A part of the automaton: the way in, the way out, and where its text is, to make it again."""

    start: int
    end: int


class _Reader:
    """Reads a pattern from left to right, and makes its states on the way."""

    def __init__(self, text: str, edges: list[_Edges]) -> None:
        self._text = text
        self._edges = edges
        self._place = 0
        self._depth = 0

    def whole(self) -> _Piece:
        piece = self._choice()
        if self._next(")"):
            raise PatternError("a ')' has no '(' before it; write \\) for the sign itself")
        return piece

    def _choice(self) -> _Piece:
        branches = [self._sequence()]
        while self._next("|"):
            self._place += 1
            branches.append(self._sequence())
        if len(branches) == 1:
            return branches[0]
        start, end = self._state(), self._state()
        for branch in branches:
            self._join(start, branch.start)
            self._join(branch.end, end)
        return _Piece(start, end)

    def _sequence(self) -> _Piece:
        start = end = self._state()
        while self._place < len(self._text) and self._text[self._place] not in "|)":
            if self._text[self._place :] == "$":
                self._place += 1
                break
            piece = self._repeated()
            self._join(end, piece.start)
            end = piece.end
        return _Piece(start, end)

    def _repeated(self) -> _Piece:
        begin = self._place
        piece = self._atom()
        least, most = self._counts()
        if (least, most) == (1, 1):
            return piece
        after = self._place
        start = end = self._state()
        for number in range(max(least, most or 0, 1)):
            if number:
                self._place = begin
                piece = self._atom()
            self._join(end, piece.start)
            if number >= least:
                self._join(end, piece.end)
            end = piece.end
        if most is None:
            self._join(piece.end, piece.start)
        self._place = after
        if most == 0:
            return _Piece(start, start)
        return _Piece(start, end)

    def _counts(self) -> tuple[int, int | None]:
        sign = self._text[self._place : self._place + 1]
        counted = _COUNT.match(self._text, self._place)
        if sign and sign in "*+?":
            self._place += 1
            least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
        elif counted and counted[0] not in ("{}", "{,}"):
            self._place = counted.end()
            least = int(counted[1] or 0)
            most = (int(counted[3]) if counted[3] else None) if counted[2] else least
            if most is not None and most < least:
                raise PatternError(f"{counted[0]} asks for more than it allows")
        else:
            return 1, 1
        if self._next("?"):  # the shortest fit is a fit
            self._place += 1
        if self._text[self._place : self._place + 1] in ("*", "+", "?"):
            raise PatternError("one repetition follows another; put the first into (?:…)")
        return least, most

    def _atom(self) -> _Piece:
        char = self._text[self._place]
        if char == "(":
            return self._group()
        if char == "[":
            return self._one_of()
        self._place += 1
        if char == "\\":
            return self._escaped()
        if char == ".":
            return self._over(".")
        if char in "*+?":
            raise PatternError(f"there is nothing before '{char}' that it could repeat; write \\{char}")
        if char in "^$":
            raise PatternError(f"'{char}' stands only at an end of a pattern; write \\{char} for the sign itself")
        return self._over(re.escape(char))

    def _group(self) -> _Piece:
        self._place += 1
        if self._next("?"):
            if not self._text.startswith("?:", self._place):
                raise PatternError("of the groups that begin with '(?' only (?:…) can be used")
            self._place += 2
        self._depth += 1
        if self._depth > _DEEPEST:
            raise PatternError(f"groups may be nested {_DEEPEST} deep at most")
        piece = self._choice()
        self._depth -= 1
        if not self._next(")"):
            raise PatternError("a '(' is not closed")
        self._place += 1
        return piece

    def _one_of(self) -> _Piece:
        begin = self._place
        self._place += 1
        if self._next("^"):
            self._place += 1
        first = self._place
        while self._place < len(self._text) and (self._text[self._place] != "]" or self._place == first):
            self._place += 2 if self._text[self._place] == "\\" else 1
        if self._place >= len(self._text):
            raise PatternError("a '[' is not closed; write \\[ for the sign itself")
        self._place += 1
        inner = _SET_SIGN.sub(r"\\\g<0>", self._text[begin + 1 : self._place])
        return self._over(f"[{inner}")

    def _escaped(self) -> _Piece:
        char = self._text[self._place : self._place + 1]
        self._place += 1
        if char in _ESCAPES and char:
            return self._over(f"\\{char}")
        if char in _CONTROLS:
            return self._over(re.escape(_CONTROLS[char]))
        if not char or char.isalnum():
            raise PatternError(f"'\\{char}' cannot be used here; there are \\d \\w \\s \\n \\r \\t and signs")
        return self._over(re.escape(char))

    def _over(self, one: str) -> _Piece:
        """One character of this kind. It is asked with `match` of one character, so nothing repeats."""
        try:
            kind = re.compile(one)
        except re.error as error:
            raise PatternError(f"{one} cannot be read: {error.msg}") from None
        start, end = self._state(), self._state()
        self._edges[start].append((kind, end))
        return _Piece(start, end)

    def _state(self) -> int:
        if len(self._edges) >= _MOST_STATES:
            raise PatternError("the pattern repeats too much; ask for fewer repetitions")
        self._edges.append([])
        return len(self._edges) - 1

    def _join(self, start: int, end: int) -> None:
        self._edges[start].append((None, end))

    def _next(self, sign: str) -> bool:
        return self._text.startswith(sign, self._place)
