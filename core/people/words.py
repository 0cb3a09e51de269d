"""What people, workspaces and keys may be called, and what a profile may say: checked here, once."""

import re
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from core.caller import Permission
from core.errors import InvalidError
from core.text import clean, cut, storable

_PERSON = re.compile(r"[a-z_][a-z0-9_.-]{0,63}", re.ASCII)
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)
_HOUR = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+/-]{0,63}", re.ASCII)
_RESERVED = {"server"}
"""The audit record calls the server so."""


def person_name(name: str) -> str:
    if _PERSON.fullmatch(name) is None:
        raise InvalidError(
            "A person is named like their account: at most 64 of a–z, 0–9, _, . and -, "
            "beginning with a letter or _.",
            "name",
        )
    if name in _RESERVED:
        raise InvalidError(f"Nobody can be called {name}; take another name.", "name")
    return name


def name_of_login(login: str) -> str:
    """What the account of this login is called here, where logins may hold more than our names do."""
    name = re.sub(r"[^a-z0-9_.-]", "-", login.lower())[:64]
    if _PERSON.fullmatch(name) is None or name in _RESERVED:
        name = f"_{name}"[:64]
    return name


def quoted(text: str) -> str:
    """A name that somebody gave, fit for a sentence."""
    return cut(clean(text[:200]), 64)


def slug(text: str) -> str:
    if _SLUG.fullmatch(text) is None:
        raise InvalidError(
            "A workspace's slug is at most 63 of a–z, 0–9 and -, beginning with a letter or a digit.", "slug"
        )
    return text


def line(text: str, place: str, most: int) -> str:
    """A name for people to read: some text of a bounded length, kept as it came but for what cannot be stored."""
    if len(text) > most:
        raise InvalidError(f"This is longer than {most} characters; shorten it.", place)
    return storable(text).strip()


def needed_line(text: str, place: str, most: int) -> str:
    found = line(text, place, most)
    if not found:
        raise InvalidError("This cannot be empty; give it a name.", place)
    return found


def time_zone(name: str) -> str:
    """The name of a zone that this machine has. It is looked up as a file, with all that can go wrong."""
    try:
        if _ZONE.fullmatch(name) is None:
            raise ValueError(name)
        ZoneInfo(name)
    except (ValueError, KeyError, OSError):
        raise InvalidError(
            "This is not a time zone; name one like Europe/Berlin, America/New_York or UTC.", "time_zone"
        ) from None
    return name


def quiet_hours(begin: str | None, end: str | None) -> tuple[str, str] | tuple[None, None]:
    """From when to when a person's desktop stays quiet: both or neither."""
    if begin is None and end is None:
        return None, None
    for place, hour in (("quiet_from", begin), ("quiet_to", end)):
        if hour is None:
            raise InvalidError("Quiet hours need a beginning and an end; give both or neither.", place)
        if _HOUR.fullmatch(hour) is None:
            raise InvalidError("Give the hour as HH:MM, from 00:00 to 23:59.", place)
    if begin is None or end is None or begin == end:
        raise InvalidError("Quiet hours end when they begin; give two different hours.", "quiet_to")
    return begin, end


def permissions(names: Iterable[str]) -> frozenset[Permission]:
    found = set()
    for place, name in enumerate(names):
        try:
            found.add(Permission(name))
        except ValueError:
            known = ", ".join(Permission)
            raise InvalidError(
                f"There is no such permission; there are {known}.", f"permissions[{place}]"
            ) from None
    return frozenset(found)
