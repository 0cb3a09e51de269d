"""References to variables in the settings of channels, and what of a secret may be shown.

`${NAME}` stands for a variable of the server's environment, anywhere in a value and as often as one likes. It is
replaced once: what a variable contains is never looked at again."""

import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from core.text import storable

REFERENCE = re.compile(r"\$\{([A-Z_][A-Z0-9_]{0,63})\}")
HIDDEN = "***"
_SCHEME = re.compile(r"[A-Za-z]{1,12} (?:[a-z]{1,8}=)?")  # as `Bearer ` and `Token token=`, which keep no secret


class VariableError(Exception):
    """A variable that cannot be used, and why, as the end of a sentence."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}, {why}")
        self.name = name
        self.why = why


@dataclass(frozen=True, slots=True)
class Variables:
    """The variables that a channel may refer to: all of the environment, or those that are `allowed`."""

    environment: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    allowed: Collection[str] | None = None

    def filled(self, text: str) -> str:
        """The text with the values of what it refers to."""
        return REFERENCE.sub(lambda found: self._value(found[1]), text)

    def _value(self, name: str) -> str:
        if self.allowed is not None and name not in self.allowed:
            raise VariableError(
                name,
                "which channels made over the API may not use: add it to env under [secrets] in config.toml",
            )
        value = self.environment.get(name, "")
        if not value:
            why = "which is not set in the server's environment: set it there, and start the server again"
            raise VariableError(name, why)
        if storable(value) != value:
            raise VariableError(name, "which is not text in UTF-8")
        return value


def shown(secret: str) -> str:
    """A secret as it was written, without what is secret in it: its references, and stars for the rest."""
    parts, end = [], 0
    for found in REFERENCE.finditer(secret):
        parts += [_hidden(secret[end : found.start()], first=end == 0), found[0]]
        end = found.end()
    return "".join([*parts, _hidden(secret[end:], first=end == 0)])


def _hidden(literal: str, *, first: bool) -> str:
    return literal if not literal or (first and _SCHEME.fullmatch(literal)) else HIDDEN
