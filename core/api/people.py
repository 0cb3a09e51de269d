"""People, workspaces, API keys and the audit record on the wire."""

from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote

from msgspec import UNSET, Struct, UnsetType

from core.api.wire import Call, Done, Page

DesktopAlerts = Literal["never", "away", "always"]
AlertWords = Literal["full", "title", "count"]
"""What an alert says: all of it, the title alone, or only how many there are."""
KeyState = Literal["active", "rotated", "expired", "revoked"]


class Person(Struct, frozen=True):
    name: str
    display_name: str
    admin: bool
    time_zone: str
    permissions: list[str]
    workspaces: list[str]
    left: bool
    uid: int | None = None


class Me(Struct, frozen=True):
    """Who is asking, as the server sees it."""

    name: str
    display_name: str
    admin: bool
    time_zone: str
    desktop_alerts: DesktopAlerts
    quiet_from: str | None
    quiet_to: str | None
    permissions: list[str]
    workspaces: list[str]
    via: str
    alert_words: AlertWords = "full"


class ProfileChange(Struct, frozen=True, forbid_unknown_fields=True):
    display_name: str | UnsetType = UNSET
    time_zone: str | UnsetType = UNSET
    desktop_alerts: DesktopAlerts | UnsetType = UNSET
    quiet_from: str | UnsetType | None = UNSET
    quiet_to: str | UnsetType | None = UNSET
    alert_words: AlertWords | UnsetType = UNSET


class PersonCreation(Struct, frozen=True, forbid_unknown_fields=True):
    """A person who will connect with an account of this name, or only with API keys."""

    name: str
    display_name: str = ""
    permissions: list[str] = []
    admin: bool = False


class PersonChange(Struct, frozen=True, forbid_unknown_fields=True):
    admin: bool | UnsetType = UNSET
    permissions: list[str] | UnsetType = UNSET  # all of them, not only the new ones
    left: bool | UnsetType = UNSET
    display_name: str | UnsetType = UNSET


class Workspace(Struct, frozen=True):
    slug: str
    name: str
    members: list[str]
    created_at: datetime


class WorkspaceCreation(Struct, frozen=True, forbid_unknown_fields=True):
    slug: str
    name: str = ""
    members: list[str] = []  # whoever creates it is a member too


class Member(Struct, frozen=True, forbid_unknown_fields=True):
    person: str


class Key(Struct, frozen=True):
    """An API key, recognisable by its prefix: the key itself is shown once, when it is made."""

    id: str
    name: str
    owner: str
    prefix: str
    permissions: list[str]
    state: KeyState
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class NewKey(Struct, frozen=True):
    """A key just made. `key` is the secret, in this answer and never again."""

    id: str
    name: str
    owner: str
    prefix: str
    permissions: list[str]
    created_at: datetime
    expires_at: datetime | None
    key: str


class KeyCreation(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    permissions: list[str] = []
    owner: str | None = None  # whoever asks, when absent
    expires_at: datetime | None = None


class KeyRotation(Struct, frozen=True, forbid_unknown_fields=True):
    grace_seconds: int = 86_400  # how long the old key goes on working


class AuditRecord(Struct, frozen=True):
    id: int
    at: datetime
    actor: str
    via: str
    action: str
    target: str
    outcome: Literal["done", "refused"]
    detail: dict[str, Any]


def _listed(limit: int, cursor: str | None, filter: str) -> dict[str, str | int | bool | None]:
    return {"limit": limit, "cursor": cursor, "filter": filter}


def me() -> Call[Me]:
    return Call("GET", "/me", Me)


def change_me(change: ProfileChange) -> Call[Me]:
    return Call("PATCH", "/me", Me, body=change)


def people(*, limit: int = 50, cursor: str | None = None, filter: str = "") -> Call[Page[Person]]:
    return Call("GET", "/people", Page[Person], _listed(limit, cursor, filter))


def person(name: str) -> Call[Person]:
    return Call("GET", f"/people/{quote(name, safe='')}", Person)


def add_person(creation: PersonCreation) -> Call[Person]:
    return Call("POST", "/people", Person, body=creation)


def change_person(name: str, change: PersonChange) -> Call[Person]:
    return Call("PATCH", f"/people/{quote(name, safe='')}", Person, body=change)


def workspaces(*, limit: int = 50, cursor: str | None = None, filter: str = "") -> Call[Page[Workspace]]:
    return Call("GET", "/workspaces", Page[Workspace], _listed(limit, cursor, filter))


def workspace(slug: str) -> Call[Workspace]:
    return Call("GET", f"/workspaces/{quote(slug, safe='')}", Workspace)


def add_workspace(creation: WorkspaceCreation) -> Call[Workspace]:
    return Call("POST", "/workspaces", Workspace, body=creation)


def add_member(slug: str, person_name: str) -> Call[Workspace]:
    return Call("POST", f"/workspaces/{quote(slug, safe='')}/members", Workspace, body=Member(person_name))


def remove_member(slug: str, person_name: str) -> Call[Workspace]:
    path = f"/workspaces/{quote(slug, safe='')}/members/{quote(person_name, safe='')}"
    return Call("DELETE", path, Workspace)


def keys(*, limit: int = 50, cursor: str | None = None, filter: str = "") -> Call[Page[Key]]:
    return Call("GET", "/keys", Page[Key], _listed(limit, cursor, filter))


def create_key(creation: KeyCreation) -> Call[NewKey]:
    return Call("POST", "/keys", NewKey, body=creation)


def rotate_key(key: str, rotation: KeyRotation) -> Call[NewKey]:
    return Call("POST", f"/keys/{quote(key, safe='')}/rotate", NewKey, body=rotation)


def revoke_key(key: str) -> Call[Done]:
    return Call("POST", f"/keys/{quote(key, safe='')}/revoke", Done)


def audit(*, limit: int = 50, cursor: str | None = None, filter: str = "") -> Call[Page[AuditRecord]]:
    return Call("GET", "/audit", Page[AuditRecord], _listed(limit, cursor, filter))
