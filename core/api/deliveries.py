"""Deliveries on the wire: one time that an alert went out, or was to."""

from datetime import datetime
from typing import Literal
from urllib.parse import quote

from msgspec import Raw, Struct

from core.api.inbox import Severity
from core.api.wire import Call, Page, Scalar

DeliveryStatus = Literal["pending", "sent", "failed", "dropped", "cancelled"]
"""`dropped` by a cooldown, and `cancelled` by a person before it was sent."""
DIRECT = "direct"
"""The rule of what was sent by hand."""


class Delivery(Struct, frozen=True, rename="camel"):
    """One rule's alert of one event to one channel. Texts are as they were made: whoever shows them cleans
    them."""

    id: str
    status: DeliveryStatus
    channel: str
    channel_type: str
    rule_id: str
    rule_name: str
    event: str
    event_id: str | None
    workspace: str | None
    title: str
    body: str
    severity: Severity
    attempts: int
    error: str | None
    reason: str | None  # why it was dropped or cancelled, or is late
    sender: str | None  # who sent it by hand
    scheduled_at: datetime  # when it was accepted
    fires_at: datetime  # when it is, or was, first to be sent
    next_attempt_at: datetime | None  # of one that is pending
    settled_at: datetime | None


class Attempt(Struct, frozen=True, rename="camel"):
    """One try to send it."""

    number: int
    began_at: datetime
    took_ms: int | None
    outcome: str  # sent, retry, transient, refused, gone, ambiguous; `interrupted` where the server died in it
    sentence: str


class DeliveryDetail(Struct, frozen=True, rename="camel"):
    """A delivery with all that was tried, and the payload of its event."""

    delivery: Delivery
    attempts: list[Attempt]
    data: Raw


class DeliveryStats(Struct, frozen=True):
    total: int
    sent: int
    failed: int
    pending: int
    dropped: int
    cancelled: int = 0


class DeliveryQuery(Struct, frozen=True):
    """All of them combine."""

    limit: int = 50
    status: str = ""
    channel: str = ""
    rule: str = ""
    cursor: str | None = None
    filter: str = ""


class Sending(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A message straight to a channel. The same `id` in the same workspace is sent once."""

    channel: str
    title: str
    body: str
    severity: Severity = "info"
    delay_ms: int = 0
    id: str | None = None


class Scheduled(Struct, frozen=True, rename="camel"):
    id: str
    scheduled_at: datetime
    fires_at: datetime


class DesktopAlert(Struct, frozen=True):
    """What an app that is connected shows on its person's desktop, as they like it."""

    id: str
    title: str
    body: str
    severity: Severity


def _filtered(
    limit: int, status: str, channel: str, rule: str, cursor: str | None, filter: str
) -> dict[str, Scalar]:
    return {
        "limit": limit,
        "status": status,
        "channel": channel,
        "rule": rule,
        "cursor": cursor,
        "filter": filter,
    }


def notifications(
    workspace: str,
    *,
    limit: int = 50,
    status: str = "",
    channel: str = "",
    rule: str = "",
    cursor: str | None = None,
    filter: str = "",
) -> Call[Page[Delivery]]:
    """The deliveries of a workspace, newest first."""
    query = _filtered(limit, status, channel, rule, cursor, filter)
    return Call("GET", f"/projects/{quote(workspace, safe='')}/notifications", Page[Delivery], query)


def stats(workspace: str) -> Call[DeliveryStats]:
    return Call("GET", f"/projects/{quote(workspace, safe='')}/notifications/stats", DeliveryStats)


def send(workspace: str, sending: Sending) -> Call[Scheduled]:
    return Call("POST", f"/projects/{quote(workspace, safe='')}/notifications/send", Scheduled, body=sending)


def deliveries(
    *,
    limit: int = 50,
    status: str = "",
    channel: str = "",
    rule: str = "",
    cursor: str | None = None,
    filter: str = "",
) -> Call[Page[Delivery]]:
    """Those of all workspaces that one may see, newest first."""
    query = _filtered(limit, status, channel, rule, cursor, filter)
    return Call("GET", "/deliveries", Page[Delivery], query)


def delivery_stats() -> Call[DeliveryStats]:
    return Call("GET", "/deliveries/stats", DeliveryStats)


def delivery(id: str) -> Call[DeliveryDetail]:
    return Call("GET", f"/deliveries/{quote(id, safe='')}", DeliveryDetail)


def retry(id: str) -> Call[Delivery]:
    """Send again what failed, or was dropped or cancelled; at once, what is pending."""
    return Call("POST", f"/deliveries/{quote(id, safe='')}/retry", Delivery)


def cancel(id: str) -> Call[Delivery]:
    """Take back what is pending."""
    return Call("POST", f"/deliveries/{quote(id, safe='')}/cancel", Delivery)


def desktop_alert(id: str) -> Call[DesktopAlert]:
    return Call("GET", f"/desktop-alerts/{quote(id, safe='')}", DesktopAlert)
