"""The inbox on the wire."""

from datetime import datetime
from typing import Literal
from urllib.parse import quote

from msgspec import Struct

from core.api.wire import Call, Page, Scalar

Severity = Literal["info", "warning", "critical"]
InboxAction = Literal["read", "unread", "star", "unstar", "dismiss", "restore", "snooze", "unsnooze"]
InboxGrouping = Literal["none", "day", "source", "severity"]


class InboxItem(Struct, frozen=True):
    """One event as one person's notification. Texts are as they were sent: whoever shows them cleans them."""

    id: int
    title: str
    body: str
    severity: Severity
    event: str
    reason: str
    link: str | None
    link_label: str | None
    workspace: str | None
    created_at: datetime
    read_at: datetime | None
    starred_at: datetime | None
    dismissed_at: datetime | None
    snoozed_until: datetime | None
    source: str = ""  # what it comes from: `automation/12`, or the first part of its event's name
    ticket: str | None = None
    leaves_at: datetime | None = None  # when it is cleared away, if nothing happens to it; starred, never


class InboxGroup(Struct, frozen=True):
    """So many items, one after the other, that have the same day (`2026-03-02`), source or severity."""

    key: str
    count: int


class InboxIndex(Struct, frozen=True):
    """All matching items in order, by id alone: the first `starred` of them are the starred ones. The groups, if
    they are asked for, are those of the others."""

    ids: list[int]
    starred: int
    seq: int  # the change feed's position that this index is no older than
    groups: list[InboxGroup] = []


class InboxCounts(Struct, frozen=True):
    unread: int
    starred: int
    total: int  # in the inbox: neither dismissed nor snoozed
    snoozed: int = 0
    failed: int = 0  # unread failed deliveries


class InboxQuery(Struct, frozen=True):
    """`ids` (comma-separated) asks for these alone, in that order, without those that the filter leaves out."""

    limit: int = 50
    cursor: str | None = None
    filter: str = ""
    ids: str = ""


class InboxActionRequest(Struct, frozen=True):
    """Do this to these items, 5,000 at most, or to all that the filter matches: to all of them or to none."""

    action: InboxAction
    ids: list[int] = []
    filter: str | None = None
    until: datetime | None = None  # for snooze
    upto: int | None = None  # with a filter: none of a higher id than this, the highest that the person has seen
    undoable: bool = True  # false for what is no deed of its own, as to be read by being opened


class InboxActionResult(Struct, frozen=True):
    changed: list[int]  # of more than 5,000, none are named
    undo: int | None  # the step that takes it back; nothing when nothing changed
    count: int = 0  # how many changed


class UndoRequest(Struct, frozen=True):
    step: int | None = None  # the latest when absent


class UndoResult(Struct, frozen=True):
    action: str
    changed: list[int]  # of more than 5,000, none are named
    count: int = 0  # how many changed


class Leaving(Struct, frozen=True):
    """What goes within so many days if nothing happens to it: of those that were read, and of the others."""

    days: int
    read: int
    unread: int
    oldest: datetime | None


class RetentionPlan(Struct, frozen=True):
    """What would go now and later: the person's own, and for an admin, everybody's in one number."""

    read_days: int
    unread_days: int
    own: list[Leaving]
    home: list[Leaving] | None = None


class Tidying(Struct, frozen=True):
    """When old things were cleared away; and, for an admin, how many of what."""

    began_at: datetime
    ended_at: datetime
    removed: dict[str, int] | None


class RetentionState(Struct, frozen=True):
    """Whether old things are being cleared away now, and what was the last time."""

    running: bool
    last: Tidying | None


def page(*, limit: int = 50, cursor: str | None = None, filter: str = "") -> Call[Page[InboxItem]]:
    return Call("GET", "/inbox", Page[InboxItem], {"limit": limit, "cursor": cursor, "filter": filter})


def these(ids: list[int], filter: str = "") -> Call[Page[InboxItem]]:
    query: dict[str, Scalar] = {"ids": ",".join(map(str, ids)), "limit": max(1, len(ids)), "filter": filter}
    return Call("GET", "/inbox", Page[InboxItem], query)


def index(filter: str = "", group: InboxGrouping = "none") -> Call[InboxIndex]:
    return Call("GET", "/inbox/index", InboxIndex, {"filter": filter, "group": group})


def counts() -> Call[InboxCounts]:
    return Call("GET", "/inbox/counts", InboxCounts)


def show(item: int) -> Call[InboxItem]:
    """The item, without marking it read."""
    return Call("GET", f"/inbox/{quote(str(item))}", InboxItem)


def act(request: InboxActionRequest) -> Call[InboxActionResult]:
    return Call("POST", "/inbox/actions", InboxActionResult, body=request)


def undo(step: int | None = None) -> Call[UndoResult]:
    return Call("POST", "/inbox/undo", UndoResult, body=UndoRequest(step))


def retention() -> Call[RetentionState]:
    return Call("GET", "/inbox/retention", RetentionState)


def retention_plan() -> Call[RetentionPlan]:
    """What would go now, in a week and in a month."""
    return Call("GET", "/inbox/retention/plan", RetentionPlan)


def tidy() -> Call[RetentionState]:
    """Clear away now what is old. Whether it is still running says the answer, which is not long in coming."""
    return Call("POST", "/inbox/retention", RetentionState)
