"""Channels on the wire: where alerts can go. A secret is never in here, only whether there is one."""

from datetime import datetime
from typing import Literal
from urllib.parse import quote

from msgspec import UNSET, Struct, UnsetType

from core.api.wire import Call, Done, Page

ChannelType = Literal["slack", "telegram", "whatsapp", "email", "webhook", "pagerduty", "desktop", "apprise"]
ChannelSource = Literal["file", "api"]
ChannelState = Literal["working", "paused", "disabled", "broken"]
"""`paused` until the service wants to hear more; `disabled` because the service says that it is gone, or by
hand; `broken` where its settings cannot be used."""
Setting = str | int | bool | list[str] | dict[str, str]


DAYS = 14
"""So many days back it is told what became of a channel's deliveries."""


class Day(Struct, frozen=True):
    """What became of a day's deliveries, by the day in UTC."""

    day: str  # 2026-03-02
    sent: int
    failed: int
    dropped: int


class Channel(Struct, frozen=True, rename="camel"):
    """A channel and how it does. `settings` is for those who may manage channels: a reference to a variable as it
    was written, a secret as `***`."""

    name: str
    type: ChannelType
    state: ChannelState
    source: ChannelSource
    reason: str | None = None  # why it is paused, disabled or broken
    paused_until: datetime | None = None
    pending: int = 0
    last_state: Literal["sent", "failed"] | None = None
    last_at: datetime | None = None
    last_error: str | None = None
    place: str | None = None
    settings: dict[str, Setting] | None = None
    days: list[Day] = []  # the last fourteen, today last
    created_at: datetime | None = None
    updated_at: datetime | None = None


class NewChannel(Struct, frozen=True, forbid_unknown_fields=True):
    """A channel as somebody makes it: its settings are those of the configuration."""

    name: str
    type: ChannelType
    settings: dict[str, Setting] = {}


class ChannelChange(Struct, frozen=True, forbid_unknown_fields=True):
    """New settings as a whole: a secret given as `***` stays what it is. `enabled` sets one going again that was
    disabled, or disables it."""

    settings: dict[str, Setting] | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET


class ChannelTesting(Struct, frozen=True, forbid_unknown_fields=True):
    """Whether it can be reached; with `send`, whether it delivers."""

    send: bool = False


class ChannelTest(Struct, frozen=True, rename="camel"):
    """`sent` is whether something was delivered for it; `took_ms` how long the service took."""

    channel: str
    ok: bool
    sentence: str
    sent: bool = False
    took_ms: int = 0


def channels(*, limit: int = 50, cursor: str | None = None, filter: str = "") -> Call[Page[Channel]]:
    return Call("GET", "/channels", Page[Channel], {"limit": limit, "cursor": cursor, "filter": filter})


def channel(name: str) -> Call[Channel]:
    return Call("GET", f"/channels/{quote(name, safe='')}", Channel)


def add_channel(new: NewChannel) -> Call[Channel]:
    return Call("POST", "/channels", Channel, body=new)


def change_channel(name: str, change: ChannelChange) -> Call[Channel]:
    return Call("PATCH", f"/channels/{quote(name, safe='')}", Channel, body=change)


def delete_channel(name: str) -> Call[Done]:
    return Call("DELETE", f"/channels/{quote(name, safe='')}", Done)


def try_channel(name: str, *, send: bool = False) -> Call[ChannelTest]:
    return Call("POST", f"/channels/{quote(name, safe='')}/test", ChannelTest, body=ChannelTesting(send))
