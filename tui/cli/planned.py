"""What tickets and missions say in files: notifications of their own, or a mission as a whole. JSON or TOML, in
the words of the API."""

import tomllib
from typing import Any, TypeVar

import click
import msgspec

from core.api.tickets import NewMission, ScopedNotifications
from core.errors import InvalidError
from tui.cli.rules_offline import text_of

T = TypeVar("T")

notify_option = click.option(
    "--notify-file",
    "notify",
    type=click.File("rb"),
    metavar="FILE",
    help='Where its events go instead: a file with {"rules": [...], "inherit": false, "mute": false}.',
)


def notifications_in(file: Any) -> ScopedNotifications | None:
    """The notifications in the file, if one was named; also those of a whole ticket or mission."""
    if file is None:
        return None
    found = _read(file)
    return _fitted(found.get("notifications", found), ScopedNotifications, file.name)


def mission_in(file: Any, name: str | None) -> NewMission:
    """The mission in the file, under this name if it has none of its own or another was given."""
    found = _read(file)
    return _fitted(found if name is None else {**found, "name": name}, NewMission, file.name)


def alerts_shown(own: ScopedNotifications | None) -> str | None:
    """How many rules of its own a ticket or a mission has."""
    if own is None:
        return None
    rules = f"{len(own.rules)} {'rule' if len(own.rules) == 1 else 'rules'} of its own"
    return "muted" if own.mute else rules


def _read(file: Any) -> dict[str, Any]:
    text = text_of(file)
    try:
        found = tomllib.loads(text) if str(file.name).lower().endswith(".toml") else msgspec.json.decode(text)
    except (tomllib.TOMLDecodeError, msgspec.DecodeError, RecursionError) as error:
        raise InvalidError(f"It cannot be read: {error}.", file.name) from None
    if not isinstance(found, dict):
        raise InvalidError("It is not an object with names and values.", file.name)
    return found


def _fitted(found: object, kind: type[T], name: str) -> T:
    try:
        return msgspec.convert(found, kind)
    except msgspec.ValidationError as error:
        sentence, _, place = str(error).partition(" - at `$")
        where = place.rstrip("`").lstrip(".")
        raise InvalidError(f"{sentence}.", f"{name}: {where}" if where else name) from None
