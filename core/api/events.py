"""Events and notices on the wire. The names of an event's parts are a contract with other programs."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from msgspec import Struct, field

from core.api.inbox import Severity
from core.api.wire import Call, Page


class EventRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """An event from outside. The same `id` in the same workspace is recorded once, and answered alike."""

    event: str
    data: dict[str, Any] = {}
    id: str | None = None
    mission_id: str | None = field(default=None, name="missionId")
    task_id: str | None = field(default=None, name="taskId")
    recipients: list[str] | None = None


class EventRecorded(Struct, frozen=True):
    id: str


class Event(Struct, frozen=True):
    """A recorded event."""

    id: str
    seq: int
    event: str
    data: dict[str, Any]
    workspace: str | None
    recorded_at: datetime
    mission_id: str | None = field(default=None, name="missionId")
    task_id: str | None = field(default=None, name="taskId")


class NoticeRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A word from one person to another. Without a workspace, only an admin may send it."""

    person: str
    title: str
    body: str = ""
    severity: Severity = "info"
    link: str | None = None
    workspace: str | None = None
    id: str | None = None


def post(workspace: str, request: EventRequest) -> Call[EventRecorded]:
    return Call("POST", f"/projects/{quote(workspace, safe='')}/events", EventRecorded, body=request)


def page(workspace: str, *, limit: int = 50, cursor: str | None = None, filter: str = "") -> Call[Page[Event]]:
    query = {"limit": limit, "cursor": cursor, "filter": filter}
    return Call("GET", f"/projects/{quote(workspace, safe='')}/events", Page[Event], query)


def notify(request: NoticeRequest) -> Call[EventRecorded]:
    return Call("POST", "/notices", EventRecorded, body=request)
