"""`{{name}}` in a template, filled in one pass: nothing in a value is ever looked at again.

A name without a value stays as it is written, and `{{{{` is how a template says `{{`."""

import json
import re
from collections.abc import Mapping
from typing import NamedTuple

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}", re.ASCII)

_OPENING = "{{"
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_PLACE = re.compile(rf"\{{{{\{{{{|\{{{{\s*+({NAME.pattern})\s*+\}}}}", re.ASCII)


class Filled(NamedTuple):
    """The text, and the names in the template that had no value: each once, in their order."""

    text: str
    unresolved: list[str]


def fill(template: str, values: Mapping[str, object]) -> Filled:
    unresolved: dict[str, None] = {}

    def put_in(place: re.Match[str]) -> str:
        name = place[1]
        if name is None:
            return _OPENING
        if name in values:
            return written(values[name])
        unresolved[name] = None
        return place[0]

    text = _PLACE.sub(put_in, template)
    return Filled(text, list(unresolved))


def names(template: str) -> list[str]:
    """The names in a template, each once, in their order."""
    return list(dict.fromkeys(place[1] for place in _PLACE.finditer(template) if place[1] is not None))


def written(value: object) -> str:
    """A value as text: itself where it is text, and JSON otherwise."""
    if isinstance(value, str):
        return value
    return _encode(value)
