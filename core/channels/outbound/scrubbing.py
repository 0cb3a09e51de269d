"""What a service said, as it may be kept and shown: without our secrets, cleaned, and short.

Secrets are known by their values, in every form in which a service or a library gives them back: as part of a
URL, percent-encoded, within JSON, escaped for HTML."""

import html
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, unquote

from core.graphemes import ELLIPSIS, graphemes
from core.secret import Secret
from core.text import clean, cut, storable

MAX_SENTENCE = 500
_LOOKED_AT = 8 * MAX_SENTENCE
_SHORTEST = 4  # anything shorter is in ordinary words, and no secret
_SHORTEST_PART = 8
_BETWEEN_PARTS = re.compile(r"[\s=:,;/?&\"']+")
_NOT_SECRET = frozenset({"services", "sendmessage", "application", "application/json"})


class Scrubber:
    """Takes secrets out of sentences. A secret that is a URL is also known by its path."""

    def __init__(self, secrets: Iterable[Secret | str] = ()) -> None:
        values = {form for secret in secrets for form in _forms(_revealed(secret))}
        longest_first = sorted(values, key=len, reverse=True)
        self._known = (
            re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE) if longest_first else None
        )

    def hide(self, text: str) -> str:
        """The text with stars where a secret was."""
        return text if self._known is None else self._known.sub("***", text)

    def __call__(self, text: str) -> str:
        """One line of at most 500 characters. What cleaning joins is looked at once more."""
        hidden = self.hide(storable(text))
        return shortened(self.hide(clean(hidden[:_LOOKED_AT])), MAX_SENTENCE)


def shortened(text: str, size: int) -> str:
    """Cleaned text in at most so many characters, and at most so many cells."""
    text = cut(text, size)
    if len(text) <= size:
        return text
    kept: list[str] = []
    room = size - len(ELLIPSIS)
    for piece in graphemes(text):
        room -= len(piece)
        if room < 0:
            break
        kept.append(piece)
    return "".join(kept) + ELLIPSIS


def _revealed(secret: Secret | str) -> str:
    return secret.reveal() if isinstance(secret, Secret) else secret


def _forms(value: str) -> Iterator[str]:
    for part in {value, *_parts(value)}:
        for form in (
            part,
            quote(part, safe=""),
            quote(part),
            unquote(part),
            json.dumps(part)[1:-1],
            html.escape(part),
        ):
            if len(form) >= _SHORTEST:
                yield form


def _parts(value: str) -> Iterator[str]:
    """A URL's path and query, and each long word of a value, as the token in `Bearer token`."""
    if value.startswith(("http://", "https://")):
        value = path = value.partition("://")[2].partition("/")[2]
        if len(path) >= _SHORTEST_PART:
            yield path
    for word in _BETWEEN_PARTS.split(value):
        if len(word) >= _SHORTEST_PART and word.lower() not in _NOT_SECRET:
            yield word
