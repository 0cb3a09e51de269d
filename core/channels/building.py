"""Makes the adapter of a channel. Each is loaded when the first channel of its service is made."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, cast

import msgspec
from msgspec import Struct

from core.api.channels import ChannelType
from core.channels.adapter import Adapter, Rate
from core.channels.outbound.http_client import HttpClient

_ADAPTERS: Mapping[ChannelType, tuple[str, str]] = {
    "slack": ("core.channels.adapters.slack", "Slack"),
    "telegram": ("core.channels.adapters.telegram", "Telegram"),
    "whatsapp": ("core.channels.adapters.whatsapp", "whatsapp_adapter"),
    "email": ("core.channels.adapters.email.building", "email_adapter"),
    "webhook": ("core.channels.adapters.webhook", "Webhook"),
    "pagerduty": ("core.channels.adapters.pagerduty", "Pagerduty"),
    "desktop": ("core.channels.adapters.desktop", "Desktop"),
    "apprise": ("core.channels.adapters.apprise", "AppriseAdapter"),
}
_BURST_SECONDS = 5.0
Make = Callable[[Any, HttpClient], Adapter]


def service_of(kind: ChannelType, settings: Struct) -> str:
    """The service that a channel sends by: its type, or who sends the mail."""
    return str(getattr(settings, "provider", "smtp")) if kind == "email" else kind


def build(
    kind: ChannelType,
    settings: Struct,
    client: HttpClient,
    base_urls: Mapping[str, str],
    rate_per_minute: int | None = None,
    here: Mapping[ChannelType, Make] | None = None,
) -> Adapter:
    """The adapter of settings that have been read. `here` makes those that need more of a server."""
    module, name = _ADAPTERS[kind]
    base = base_urls.get(service_of(kind, settings))
    make = (here or {}).get(kind) or getattr(import_module(module), name)
    made: Any = make(_based(settings, base), client)
    if rate_per_minute is not None:
        made.rate = _rate(rate_per_minute)
    return cast(Adapter, made)


def _based(settings: Struct, base: str | None) -> Struct:
    """With the service's address for all channels, where the channel has none of its own."""
    if base is None or getattr(settings, "base_url", base) is not None:
        return settings
    return msgspec.structs.replace(settings, base_url=base)


def _rate(per_minute: int) -> Rate:
    """As many as that in a minute, and no more at once than in a few seconds."""
    return Rate(per_minute, 60.0, max(1, int(per_minute / 60 * _BURST_SECONDS)))
