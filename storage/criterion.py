"""One thing that a list is narrowed to, as a parsed filter says it: the word between the language and storage."""

import re
from typing import NamedTuple

from storage.ids import Instant

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class Criterion(NamedTuple):
    """One thing that a row must be, or must not be: any of the `values` of `what`."""

    what: str
    values: tuple[str | int, ...]
    negated: bool = False

    @property
    def texts(self) -> tuple[str, ...]:
        """The values as they can be stored: what cannot, NUL and lone surrogates, no database can look for."""
        return tuple(_UNSTORABLE.sub("\ufffd", str(value)) for value in self.values)

    @property
    def instant(self) -> Instant:
        return Instant(int(self.values[0]))
