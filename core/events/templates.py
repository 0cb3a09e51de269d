"""Filling texts with the values of a payload: `{{path}}`, one pass, and nothing is ever evaluated."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from urllib.parse import quote

import msgspec

_PLACE = re.compile(r"\{\{([^{}]*)\}\}")
_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


def render(template: str, payload: Mapping[str, object], enough: int | None = None) -> str:
    """The template with its places filled. What is missing is empty; an object or a list is JSON. Where so many
    characters are enough, what comes after them may be left out."""
    written: list[str] = []
    size = 0
    for index, part in enumerate(_parts(template)):
        text = part if index % 2 == 0 else text_of(look_up(payload, part))
        written.append(text)
        size += len(text)
        if enough is not None and size > enough:
            break
    return "".join(written)


def first_filled(templates: Iterable[str], payload: Mapping[str, object], *, in_path: bool = False) -> str | None:
    """The first template that the payload fills without a gap. `in_path` keeps a value one segment of a path."""
    for template in templates:
        filled = _filled(template, payload, in_path)
        if filled is not None:
            return filled
    return None


def look_up(payload: object, path: str) -> object:
    """What is at the dotted path, with `a.0.b` and `a[0].b` for lists; nothing where the path leads nowhere."""
    steps = _steps(path)
    found = payload if steps else None
    for step in steps:
        if isinstance(found, Mapping):
            found = found.get(step)
        elif isinstance(found, list) and step.isascii() and step.isdigit():
            found = found[int(step)] if len(step) < 10 and int(step) < len(found) else None
        else:
            return None
    return found


def text_of(value: object) -> str:
    """A value as it reads in a text."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, int | float):
        return str(value)
    return msgspec.json.encode(value).decode()


def _filled(template: str, payload: Mapping[str, object], in_path: bool) -> str | None:
    parts = []
    for index, part in enumerate(_parts(template)):
        if index % 2 == 0:
            parts.append(part)
            continue
        text = text_of(look_up(payload, part))
        if not text:
            return None
        parts.append(quote(text, safe="", errors="replace") if in_path else text)
    return "".join(parts)


@lru_cache(maxsize=1024)
def _parts(template: str) -> tuple[str, ...]:
    """Text and place by turns, beginning and ending with text."""
    parts = _PLACE.split(template)
    return tuple(part if index % 2 == 0 else part.strip() for index, part in enumerate(parts))


@lru_cache(maxsize=1024)
def _steps(path: str) -> tuple[str, ...]:
    return tuple(index or name for index, name in _STEP.findall(path))
