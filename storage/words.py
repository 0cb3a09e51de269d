"""Words, as a search takes them: the same for what is stored and for what is asked, and the same on each engine.

Capitals and accents do not count. A word is a run of letters and digits, of which the first twenty count; scripts
that put no space between words give each of their characters, and so do pictures."""

import itertools
import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache

LONGEST = 20
"""So many letters of a word count."""

READ = 4_000
"""So many characters of a text are read: nobody looks for a word on the tenth page of a log."""

SHORT = 2
"""What is typed of a word is found as it stands up to so many letters; more of it by all words that begin so."""

_SINGLE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Japanese, Chinese
)
_PICTURES = "\u2190-\u2bff\U0001f000-\U0001faff"
_WORD = re.compile(f"[{_SINGLE}{_PICTURES}]|[^\\W_{_SINGLE}]+")
_PLAIN = re.compile(r"[a-z0-9]+")


def fold(text: str) -> str:
    """The text without what does not count: capitals, accents, and other ways to write the same letters."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join([char for char in apart if unicodedata.category(char)[0] != "M"])


def words(text: str) -> list[str]:
    """The words of a text, in its order and in full length."""
    if text.isascii():
        return _PLAIN.findall(text.lower())
    return _WORD.findall(fold(text))


@lru_cache(maxsize=512)
def indexed(text: str) -> frozenset[str]:
    """The words under which this text is found. Many people may be sent the same."""
    return frozenset([word[:LONGEST] for word in words(text[:READ])])


@lru_cache(maxsize=512)
def pairs(text: str) -> frozenset[str]:
    """Its words by twos, as they follow each other."""
    return frozenset(_pairs(words(text[:READ])))


def terms(text: str) -> list[str]:
    """Its words, their short beginnings, and what says where to look for two words that follow each other. A term
    may come twice: to see to that takes longer."""
    found = words(text)
    if max(map(len, found), default=0) > LONGEST:
        found = [word[:LONGEST] for word in found]
    letters = [word[:SHORT] for word in found]
    return [*found, *letters, *{word[0] for word in letters}, *map("_".join, itertools.pairwise(letters))]


def follows(one: str, other: str) -> str:
    """The term of a word and of the beginning of the next, of SHORT letters or more. Others may share it."""
    return f"{one[:SHORT]}_{other[:SHORT]}"


def _pairs(found: Sequence[str]) -> list[str]:
    return [f"{one[:LONGEST]}_{next_one[:LONGEST]}" for one, next_one in itertools.pairwise(found)]


class Wanted:
    """What somebody looks for. Its words must each begin a word of what is found, and follow each other there:
    whole words, but that the last one may not be typed to its end. Where it is more than one word, it must stand
    there as it was typed, too, in capitals or not."""

    def __init__(self, text: str) -> None:
        found = words(text)
        self.text = text
        self.words = tuple(dict.fromkeys(word[:LONGEST] for word in found))
        self.pairs = tuple(dict.fromkeys(_pairs(found[:-1])))
        self.last = tuple(_pairs(found[-2:]))
        self.whole = tuple(dict.fromkeys(word[:LONGEST] for word in found[:-1]))
        self.together = (*self.pairs, *(f"{pair}*" for pair in self.last))
        self.exact = found != [fold(text)] or len(found[0]) > LONGEST


def lowered(text: str) -> str:
    """In small letters, each character by itself, as databases do it."""
    return text.lower() if text.isascii() else "".join([char.lower() for char in text])


def says(text: str | None, small: str) -> bool:
    """Whether a text contains another, which is given in small letters."""
    return text is not None and small in lowered(text)


def worded(title: str, body: str, event: str, source: str, needed: str, refused: str) -> bool:
    """Whether an item is found by all words and pairs of words that are needed, and by none that is refused."""
    texts = (title, body, event, source)
    found = _plainly(texts) or _thoroughly(texts)
    return all(map(found, needed.split())) and not any(map(found, refused.split()))


def _plainly(texts: Sequence[str]) -> Callable[[str], bool] | None:
    """What finds a word or a pair in texts of plain letters, without taking them apart."""
    small = [text[:READ].lower() for text in texts]
    if not all(map(str.isascii, small)):
        return None
    return lambda wanted: any(map(_plain(wanted).search, small))


def _thoroughly(texts: Sequence[str]) -> Callable[[str], bool]:
    def found(wanted: str) -> bool:
        if wanted.endswith("*"):
            return any(pair.startswith(wanted[:-1]) for text in texts for pair in pairs(text))
        if "_" in wanted:
            return any(wanted in pairs(text) for text in texts)
        return any(word.startswith(wanted) for text in texts for word in indexed(text))

    return found


@lru_cache(maxsize=512)
def _plain(wanted: str) -> re.Pattern[str]:
    one, _, other = wanted.partition("_")
    if not other:
        return re.compile(f"(?<![a-z0-9]){re.escape(one)}")
    last = other.endswith("*")
    first, second = (re.escape(word) + "[a-z0-9]*" * (len(word) == LONGEST) for word in (one, other.rstrip("*")))
    return re.compile(f"(?<![a-z0-9]){first}[^a-z0-9]+{second}" + "(?![a-z0-9])" * (not last))
