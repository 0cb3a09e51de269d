"""The types of channels and what each can be told, as their adapters declare it. The module of a type is loaded
when a channel of that type is read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Annotated, Any, Literal, Protocol, get_args, get_origin

import msgspec
from msgspec import NODEFAULT, Meta, Struct

from core.api.channels import ChannelType
from core.secret import Secret

_KINDS: Mapping[ChannelType, tuple[str, str]] = {
    "slack": ("core.channels.adapters.slack", "SlackSettings"),
    "telegram": ("core.channels.adapters.telegram", "TelegramSettings"),
    "whatsapp": ("core.channels.adapters.whatsapp", "WhatsappSettings"),
    "email": ("core.channels.adapters.email.settings", "EmailSettings"),
    "webhook": ("core.channels.adapters.webhook", "WebhookSettings"),
    "pagerduty": ("core.channels.adapters.pagerduty", "PagerdutySettings"),
    "desktop": ("core.channels.adapters.desktop", "DesktopSettings"),
    "apprise": ("core.channels.adapters.apprise", "AppriseSettings"),
}


class SettingsOfType(Protocol):
    """What an adapter declares of its settings."""

    def wrong(self) -> tuple[str, str] | None:
        """The first key that is wrong, and why."""


@dataclass(frozen=True, slots=True)
class Key:
    """A setting of a type, and what it may be."""

    name: str
    attribute: str
    kind: Any
    needed: bool

    @property
    def secret(self) -> bool:
        return Secret in within(self.kind)

    @property
    def description(self) -> str:
        """What it is for, as its adapter says."""
        metas = (meta for kind in within(self.kind) for meta in get_args(kind)[1:] if isinstance(meta, Meta))
        return next((meta.description for meta in metas if meta.description), "")


def type_of(kind: ChannelType) -> type[Struct]:
    module, name = _KINDS[kind]
    found: type[Struct] = getattr(import_module(module), name)
    return found


@cache
def keys_of(kind: ChannelType) -> Mapping[str, Key]:
    return {
        field.encode_name: Key(
            field.encode_name,
            field.name,
            field.type,
            field.default is NODEFAULT and field.default_factory is NODEFAULT,
        )
        for field in msgspec.structs.fields(type_of(kind))
    }


def within(kind: Any) -> Iterator[Any]:
    """A type, and all that it is made of."""
    yield kind
    if get_origin(kind) is Literal:
        return
    for inner in get_args(kind)[:1] if get_origin(kind) is Annotated else get_args(kind):
        yield from within(inner)
