"""Bots on the wire, and what a person has pinned for a quick launch."""

from datetime import datetime
from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from core.api.wire import Call, Done, Page

PinKind = Literal["automation", "bot"]


class Bot(Struct, frozen=True):
    """A named persona."""

    id: int
    name: str
    workspace: str
    provider: str
    model: str | None
    instructions: str
    creator: str
    created_at: datetime
    updated_at: datetime


class BotCreation(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    workspace: str
    provider: str
    model: str | None = None
    instructions: str = ""


class BotChange(Struct, frozen=True, forbid_unknown_fields=True):
    name: str | UnsetType = UNSET
    provider: str | UnsetType = UNSET
    model: str | UnsetType | None = UNSET
    instructions: str | UnsetType = UNSET


class Pin(Struct, frozen=True):
    """One place of the quick-launch row."""

    kind: PinKind
    id: int
    name: str
    workspace: str


class PinnedThing(Struct, frozen=True, forbid_unknown_fields=True):
    kind: PinKind
    id: int


class Pinning(Struct, frozen=True, forbid_unknown_fields=True):
    """All that is pinned, in its order: what is not named is pinned no longer."""

    pins: list[PinnedThing]


class PinList(Struct, frozen=True):
    pins: list[Pin]


def bots(*, limit: int = 50, cursor: str | None = None, filter: str = "") -> Call[Page[Bot]]:
    return Call("GET", "/bots", Page[Bot], {"limit": limit, "cursor": cursor, "filter": filter})


def bot(number: int) -> Call[Bot]:
    return Call("GET", f"/bots/{number}", Bot)


def create_bot(creation: BotCreation) -> Call[Bot]:
    return Call("POST", "/bots", Bot, body=creation)


def change_bot(number: int, change: BotChange) -> Call[Bot]:
    return Call("PATCH", f"/bots/{number}", Bot, body=change)


def delete_bot(number: int) -> Call[Done]:
    return Call("DELETE", f"/bots/{number}", Done)


def pins() -> Call[PinList]:
    return Call("GET", "/me/pins", PinList)


def pin(pinning: Pinning) -> Call[PinList]:
    return Call("PUT", "/me/pins", PinList, body=pinning)
