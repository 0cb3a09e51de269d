"""Reads what a home's files say of notifications: `[notifications]` of config.toml, and notifications.json, whose
words are the same, as they are elsewhere too."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path as File
from typing import Any

from core.api.rules import Problem
from core.channels.configuring.places import Path, dotted, in_json, in_toml
from core.channels.outbound.policy import Allowed
from core.config import Settings
from core.errors import InvalidError
from core.home import Home
from core.routing.configuration import KEYS, Configuration, Notifications, configured
from core.text import storable

_ABOVE: Path = ("settings", "notifications")
_DEEPEST = 100
_TOO_DEEP = "The values are nested too deeply."
_LARGEST = 2**63


def read_files(home: Home, settings: Settings) -> Configuration:
    """Both files as one configuration. `settings` are what the same config.toml says."""
    problems: list[Problem] = []
    tables = [*_of_toml(home.config, settings, problems), *_of_json(home.notifications, problems)]
    unread = bool(problems)
    lost = len(tables) < bool(settings.notifications) + home.notifications.exists()
    allow = _allowed(home.config, settings, problems)
    found = configured(tables)
    return replace(
        found,
        allow=allow,
        env=frozenset(settings.secrets.env),
        unusable=None if unread else found.unusable,
        lost=lost,
        problems=(*problems, *found.problems),
    )


def read_json(text: str, name: str, problems: list[Problem]) -> Notifications | None:
    """What a JSON file of this name says: `channels` and `rules`, alone or below `settings.notifications`."""
    twice: list[str] = []
    try:
        found = json.loads(text, object_pairs_hook=lambda pairs: _once(pairs, twice), parse_constant=_no_number)
        found = _tidy(found)
    except json.JSONDecodeError as error:
        problems.append(
            Problem(f"{name}:{error.lineno}", f"This is not JSON: {error.msg} (column {error.colno}).")
        )
        return None
    except ValueError as error:
        problems.append(Problem(name, f"This cannot be read: {error}."))
        return None
    except RecursionError:
        problems.append(Problem(name, _TOO_DEEP))
        return None
    problems += (Problem(name, f"The key {key} is in one table twice; only the later counts.") for key in twice)
    return _notifications(found, name, problems)


def _allowed(path: File, settings: Settings, problems: list[Problem]) -> tuple[str, ...]:
    """The entries of `[outbound] allow` that say something."""
    entries = []
    for entry in settings.outbound.allow:
        try:
            Allowed.parse(entry)
        except InvalidError as error:
            place = in_toml(path.name, _text(path) or "", ("outbound",))
            problems.append(Problem(place(("allow",)), error.sentence))
        else:
            entries.append(entry)
    return tuple(entries)


def _of_toml(path: File, settings: Settings, problems: list[Problem]) -> Iterator[Notifications]:
    if not settings.notifications:
        return
    place = in_toml(path.name, _text(path) or "", ("notifications",))
    try:
        yield Notifications(_tidy(settings.notifications), place)
    except ValueError as error:
        problems.append(Problem(place(()), f"This cannot be read: {error}."))
    except RecursionError:
        problems.append(Problem(place(()), _TOO_DEEP))


def _of_json(path: File, problems: list[Problem]) -> Iterator[Notifications]:
    try:
        text = _text(path)
    except InvalidError as error:
        problems.append(Problem(path.name, error.sentence))
        return
    found = None if text is None else read_json(text, path.name, problems)
    if found is not None:
        yield found


def _text(path: File) -> str | None:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise InvalidError("The file is not UTF-8 text.") from None
    except OSError as error:
        raise InvalidError(f"The file cannot be read: {error.strerror}.") from None


def _notifications(found: Any, name: str, problems: list[Problem]) -> Notifications | None:
    """The table that has the channels and the rules, whichever way it is nested."""
    if not isinstance(found, dict):
        problems.append(Problem(name, "It is an object with channels and rules."))
        return None
    if "settings" not in found:
        return Notifications(found, in_json(name))
    said = f"Put this into {dotted(_ABOVE)}, which the file has too."
    problems += (Problem(f"{name}: {key}", said) for key in KEYS if key in found)
    table: Any = found
    for depth, key in enumerate(_ABOVE):
        if not isinstance(table.get(key, {}), dict):
            problems.append(Problem(f"{name}: {dotted(_ABOVE[: depth + 1])}", "This is an object."))
            return None
        table = table.get(key, {})
    return Notifications(table, in_json(name, _ABOVE))


def _once(pairs: list[tuple[str, Any]], twice: list[str]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                twice.append(json.dumps(key[:100]))
            seen.add(key)
    return found


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number of JSON")


def _tidy(value: Any, depth: int = 0) -> Any:
    """The value with nothing in it that could not be stored: dates of TOML become text."""
    if depth > _DEEPEST:
        raise RecursionError
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(key): _tidy(entry, depth + 1) for key, entry in value.items()}
    if isinstance(value, list):
        return [_tidy(entry, depth + 1) for entry in value]
    if isinstance(value, int) and abs(value) >= _LARGEST:
        return _as_float(value)
    return value.isoformat() if isinstance(value, datetime | date | time) else value


def _as_float(number: int) -> float:
    try:
        return float(number)
    except OverflowError:
        raise ValueError("a number is too large") from None
