"""My Work on the wire: sessions, draft plans, round tables and notifications as one list."""

from datetime import datetime
from typing import Final, Literal, NamedTuple
from urllib.parse import quote

from msgspec import Struct

from core.api.inbox import Severity, UndoRequest
from core.api.wire import Call, Page

WorkType = Literal["session", "plan", "roundtable", "notification"]
WorkSort = Literal["updated", "created", "title", "state", "type", "workspace"]
WorkAction = Literal["hide", "show"]


class TypeOfWork(NamedTuple):
    """A type, for people and for clients."""

    name: str
    section: str  # what many of them are called
    topics: frozenset[str]  # of the change feed: after these a list of them must be looked at again


TYPES: Final[dict[WorkType, TypeOfWork]] = {
    "session": TypeOfWork("Session", "Sessions", frozenset({"sessions", "approvals"})),
    "plan": TypeOfWork("Draft plan", "Draft plans", frozenset({"plans"})),
    "roundtable": TypeOfWork("Round table", "Round tables", frozenset({"roundtables"})),
    "notification": TypeOfWork("Notification", "Notifications", frozenset({"inbox"})),
}
"""All types, in the order of the sidebar. Those that this server has are the `KINDS` of `core/mywork/`."""

HIDING: Final = "work"
"""The topic for what this person has hidden or shown, and what came back. Its subject is a ref, or nothing."""


class WorkItem(Struct, frozen=True):
    """One thing that somebody may have to act on. `ref` is its type and its number, as in `session/12`."""

    ref: str
    type: WorkType
    id: int
    title: str
    state: str
    doing: str  # what it is doing now, at which stage it stands, or why it is where it is
    needs: bool  # a person has to do something
    over: bool  # finished: it is in the table, and not in the sidebar
    workspace: str | None
    link: str | None
    created_at: datetime
    updated_at: datetime
    since: datetime  # when it came to be where it is: "for how long"
    severity: Severity = "info"
    starred: bool = False
    hidden: bool = False  # for a notification: dismissed


class WorkQuery(Struct, frozen=True):
    """`sort` is how the table is ordered: times with the newest first, words from A, types as in the sidebar; or,
    where `order` is up, the other way round."""

    limit: int = 50
    cursor: str | None = None
    filter: str = ""
    sort: WorkSort = "updated"
    order: Literal["down", "up"] = "down"


class WorkSection(Struct, frozen=True):
    """One section of the sidebar: how many there are, how many of them need the person, and the first."""

    type: WorkType
    count: int
    needing: int
    items: list[WorkItem]


class Sidebar(Struct, frozen=True):
    """What the sidebar shows. A section that has nothing is there with a count of 0."""

    sections: list[WorkSection]
    seq: int  # the change feed's position that this is no older than


class SidebarQuery(Struct, frozen=True):
    limit: int = 20  # items in each section


class WorkActionRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Hide or show these, or all that the filter matches. Notifications among them are dismissed or restored, in
    the same step. All of them or none are changed."""

    action: WorkAction
    refs: list[str] = []
    filter: str | None = None


class WorkActionResult(Struct, frozen=True):
    changed: list[str]
    undo: int | None  # the step that takes it back; nothing when nothing changed


class WorkUndone(Struct, frozen=True):
    """What was taken back: an action on notifications, or on the other things of My Work. Of very many there is
    only the count."""

    action: str
    changed: list[str]
    count: int = 0


def work(
    *, limit: int = 50, cursor: str | None = None, filter: str = "", sort: str = "updated", order: str = "down"
) -> Call[Page[WorkItem]]:
    query = {"limit": limit, "cursor": cursor, "filter": filter, "sort": sort, "order": order}
    return Call("GET", "/work", Page[WorkItem], query)


def sidebar(limit: int = 20) -> Call[Sidebar]:
    return Call("GET", "/work/sidebar", Sidebar, {"limit": limit})


def one(kind: str, number: int) -> Call[WorkItem]:
    """One thing that the person may see, their own or not."""
    return Call("GET", f"/work/{quote(kind, safe='')}/{number}", WorkItem)


def act(request: WorkActionRequest) -> Call[WorkActionResult]:
    return Call("POST", "/work/actions", WorkActionResult, body=request)


def undo(step: int | None = None) -> Call[WorkUndone]:
    """The latest step, of notifications as of anything else, or this one."""
    return Call("POST", "/work/undo", WorkUndone, body=UndoRequest(step))
