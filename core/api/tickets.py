"""Tickets and missions on the wire. There a ticket is a task: that vocabulary is a contract."""

from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import quote

from msgspec import UNSET, Meta, Struct, UnsetType, field

from core.api.rules import NewRule
from core.api.wire import Call, Done, Page

TicketState = Literal[
    "pending",
    "queued",
    "implementation",
    "developer-approval",
    "qa-approval",
    "pull-request",
    "completed",
    "failed",
    "cancelled",
    "merge-conflict",
]
MissionState = Literal["draft", "active", "paused", "completed", "failed", "cancelled"]
GateState = Literal["waiting", "passed", "failed"]
DeadlineState = Literal["none", "open", "warned", "violated", "met"]
Moment = Annotated[datetime, Meta(tz=True)]
"""A date and time that says its zone."""


class ScopedNotifications(Struct, frozen=True, forbid_unknown_fields=True):
    """The rules of one ticket or mission. They stand in the place of those above them for the events that they
    listen to; with `inherit`, beside them. `mute` silences it on purpose."""

    rules: list[NewRule] = []
    inherit: bool = False
    mute: bool = False


class Ticket(Struct, frozen=True, rename="camel"):
    """A unit of work."""

    id: str
    title: str
    description: str
    status: TicketState
    workspace: str
    mission_id: str | None
    creator: str | None
    assign_to: str | None  # the developer
    qa_reviewer: str | None
    score: float | None  # from 1 to 5
    weight: float  # how much its score counts in its mission
    reason: str  # what was said when it came to its state
    deadline: datetime | None
    deadline_state: DeadlineState
    blocked_by: str | None  # the quality gate that holds it
    notifications: ScopedNotifications | None
    created_at: datetime
    updated_at: datetime


class NewTicket(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """`assignTo` and `qaReviewer` are people of the workspace. Where `assignTo` names nobody, it is kept as the
    name of the agent that works on it."""

    title: str
    description: str = ""
    id: str | None = None
    assign_to: str | None = None
    qa_reviewer: str | None = None
    mission_id: str | None = None
    score: float | None = None
    weight: float = 1.0
    deadline: Moment | None = None
    notifications: ScopedNotifications | None = None


class TicketChange(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    title: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    assign_to: str | UnsetType | None = UNSET
    qa_reviewer: str | UnsetType | None = UNSET
    mission_id: str | UnsetType | None = UNSET
    score: float | UnsetType | None = UNSET
    weight: float | UnsetType = UNSET
    deadline: Moment | UnsetType | None = UNSET
    notifications: ScopedNotifications | UnsetType | None = UNSET


class TicketMove(Struct, frozen=True, forbid_unknown_fields=True):
    """To another state, and with `from` only out of that one. To approve and to reject are moves, too. A `score`
    that comes with it counts already for the gates that then look."""

    to: TicketState
    reason: str = ""
    summary: str = ""
    score: float | None = None
    from_: TicketState | None = field(default=None, name="from")


class NewGate(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """After these tickets, before those: by id or title. It is decided when all that are before it are over."""

    name: str
    after_tasks: list[str]
    blocks_tasks: list[str] = []
    min_score: float | None = None  # the mean of the tickets before it, from 1 to 5
    require_all_passed: bool = True
    notify_channels: list[str] = []


class Gate(Struct, frozen=True, rename="camel"):
    name: str
    state: GateState
    after_tasks: list[str]
    blocks_tasks: list[str]
    min_score: float | None
    require_all_passed: bool
    notify_channels: list[str]
    avg_score: float | None
    reason: str


class Mission(Struct, frozen=True, rename="camel"):
    """An approved plan, with its tickets."""

    id: str
    name: str
    status: MissionState
    workspace: str
    data: str | None  # left out in lists
    creator: str | None
    reason: str
    deadline: datetime | None
    deadline_state: DeadlineState
    quality_threshold: float | None
    avg_score: float | None  # of its completed tickets, by their weights
    tasks: dict[str, int]  # how many tickets in which state
    gates: list[Gate]
    notifications: ScopedNotifications | None
    created_at: datetime
    updated_at: datetime


class NewMission(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """`data` is the plan: text, or any JSON."""

    name: str
    data: Any = None
    id: str | None = None
    deadline: Moment | None = None
    quality_threshold: float | None = None
    quality_gates: list[NewGate] = []
    notifications: ScopedNotifications | None = None
    tasks: list[NewTicket] = []


class MissionChange(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    name: str | UnsetType = UNSET
    data: Any = UNSET
    deadline: Moment | UnsetType | None = UNSET
    quality_threshold: float | UnsetType | None = UNSET
    quality_gates: list[NewGate] | UnsetType = UNSET
    notifications: ScopedNotifications | UnsetType | None = UNSET


class MissionMove(Struct, frozen=True, forbid_unknown_fields=True):
    """Begin, pause, resume, complete, fail or cancel it, by the state that it then has."""

    to: MissionState
    reason: str = ""


def _path(workspace: str, kind: str, id: str | None = None) -> str:
    end = "" if id is None else f"/{quote(id, safe='')}"
    return f"/projects/{quote(workspace, safe='')}/{kind}{end}"


def tickets(*, limit: int = 50, cursor: str | None = None, filter: str = "") -> Call[Page[Ticket]]:
    """Those of all workspaces that one may see, newest first."""
    return Call("GET", "/tasks", Page[Ticket], {"limit": limit, "cursor": cursor, "filter": filter})


def tickets_of(
    workspace: str, *, limit: int = 50, cursor: str | None = None, filter: str = ""
) -> Call[Page[Ticket]]:
    query = {"limit": limit, "cursor": cursor, "filter": filter}
    return Call("GET", _path(workspace, "tasks"), Page[Ticket], query)


def ticket(workspace: str, id: str) -> Call[Ticket]:
    return Call("GET", _path(workspace, "tasks", id), Ticket)


def create_ticket(workspace: str, new: NewTicket) -> Call[Ticket]:
    return Call("POST", _path(workspace, "tasks"), Ticket, body=new)


def change_ticket(workspace: str, id: str, change: TicketChange) -> Call[Ticket]:
    return Call("PATCH", _path(workspace, "tasks", id), Ticket, body=change)


def move_ticket(workspace: str, id: str, move: TicketMove) -> Call[Ticket]:
    return Call("POST", f"{_path(workspace, 'tasks', id)}/transitions", Ticket, body=move)


def delete_ticket(workspace: str, id: str) -> Call[Done]:
    return Call("DELETE", _path(workspace, "tasks", id), Done)


def missions(*, limit: int = 50, cursor: str | None = None, filter: str = "") -> Call[Page[Mission]]:
    return Call("GET", "/missions", Page[Mission], {"limit": limit, "cursor": cursor, "filter": filter})


def missions_of(
    workspace: str, *, limit: int = 50, cursor: str | None = None, filter: str = ""
) -> Call[Page[Mission]]:
    query = {"limit": limit, "cursor": cursor, "filter": filter}
    return Call("GET", _path(workspace, "missions"), Page[Mission], query)


def mission(workspace: str, id: str) -> Call[Mission]:
    return Call("GET", _path(workspace, "missions", id), Mission)


def create_mission(workspace: str, new: NewMission) -> Call[Mission]:
    return Call("POST", _path(workspace, "missions"), Mission, body=new)


def change_mission(workspace: str, id: str, change: MissionChange) -> Call[Mission]:
    return Call("PATCH", _path(workspace, "missions", id), Mission, body=change)


def move_mission(workspace: str, id: str, move: MissionMove) -> Call[Mission]:
    return Call("POST", f"{_path(workspace, 'missions', id)}/transitions", Mission, body=move)


def delete_mission(workspace: str, id: str) -> Call[Done]:
    return Call("DELETE", _path(workspace, "missions", id), Done)
