"""Muted sources on the wire: what comes from them arrives as read, and raises no alert."""

from datetime import datetime
from urllib.parse import quote

from msgspec import Struct

from core.api.wire import Call, Done, Page


class Mute(Struct, frozen=True):
    """`source` is what a notification comes from, as its item says: `automation/12`, `session/7`, `task`. `event`
    narrows it to events of that name."""

    id: int
    source: str
    event: str | None
    workspace: str | None
    until: datetime | None  # for good, where there is none
    created_at: datetime


class Muting(Struct, frozen=True, forbid_unknown_fields=True):
    source: str
    event: str | None = None
    workspace: str | None = None
    until: datetime | None = None


def mutes(*, limit: int = 50, cursor: str | None = None, filter: str = "") -> Call[Page[Mute]]:
    return Call("GET", "/mutes", Page[Mute], {"limit": limit, "cursor": cursor, "filter": filter})


def mute(muting: Muting) -> Call[Mute]:
    """The same source again has the new end."""
    return Call("POST", "/mutes", Mute, body=muting)


def unmute(number: int) -> Call[Done]:
    return Call("DELETE", f"/mutes/{quote(str(number))}", Done)
