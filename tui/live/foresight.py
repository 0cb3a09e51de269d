"""What an action on a notification will come to, before the server says so."""

from msgspec.structs import replace

from core.api.inbox import InboxAction, InboxActionRequest, InboxItem
from core.clock import Clock, to_datetime


def leaves(action: InboxAction, filter: str) -> bool:
    """Whether what it is done to leaves the list that this filter shows."""
    words = filter.split()
    if "is:all" in words:
        return False
    match action:
        case "dismiss":
            return "is:dismissed" not in words
        case "restore":
            return "is:dismissed" in words
        case "snooze":
            return "is:snoozed" not in words
        case "unsnooze":
            return "is:snoozed" in words
        case _:
            return False


def foreseen(item: InboxItem, request: InboxActionRequest, clock: Clock) -> InboxItem:
    """The item as it will be."""
    now = to_datetime(clock.now())
    match request.action:
        case "read":
            return replace(item, read_at=item.read_at or now)
        case "unread":
            return replace(item, read_at=None)
        case "star":
            return replace(item, starred_at=item.starred_at or now)
        case "unstar":
            return replace(item, starred_at=None)
        case "dismiss":
            return replace(item, dismissed_at=item.dismissed_at or now)
        case "restore":
            return replace(item, dismissed_at=None)
        case "snooze":
            return replace(item, snoozed_until=request.until)
        case "unsnooze":
            return replace(item, snoozed_until=None)
