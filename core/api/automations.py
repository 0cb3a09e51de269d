"""Automations and their executions on the wire."""

from datetime import datetime
from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType

from core.api.sessions import Mode, SessionKind
from core.api.wire import Call, Done, Page

AutomationType = Literal["manual", "one-time", "recurring", "loop", "http"]
Trigger = Literal["schedule", "run-now", "webhook", "catch-up", "loop"]
ExecutionOutcome = Literal[
    "succeeded", "failed", "cancelled", "interrupted", "skipped", "missed", "superseded", "disabled"
]
Signature = Literal["github", "gitlab", "standard"]


class Automation(Struct, frozen=True):
    """What runs by itself. Fields that do not apply to its type are nothing."""

    id: int
    name: str
    type: AutomationType
    kind: SessionKind
    workspace: str
    creator: str
    prompt: str | None
    workflow: str | None
    bot: str | None
    parameters: dict[str, Any]
    provider: str | None
    model: str | None
    modes: list[Mode]
    ticket: str | None
    auto_complete: bool | None
    only_if_unchanged: bool | None
    run_missed: bool | None
    parallel: bool
    cron: str | None
    tz: str | None
    schedule: str | None  # in words
    at: datetime | None
    next_run: datetime | None
    enabled: bool
    disabled_reason: str | None
    disabled_at: datetime | None
    disabled_by: str | None
    failures: int  # in a row
    skips: int  # in a row
    last_outcome: ExecutionOutcome | None
    last_run: datetime | None
    session: int | None  # that is in flight
    url: str | None  # of its webhook, without the token
    fingerprint: str | None
    signature: Signature | None
    created_at: datetime
    updated_at: datetime
    revision: int


class NewAutomation(Automation, frozen=True, kw_only=True):
    """An automation just made, or its token just rotated. `token` is in this answer and never again, as is
    the `url` that ends with it."""

    token: str | None = None


class AutomationCreation(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    workspace: str
    type: AutomationType
    kind: SessionKind = "develop"
    prompt: str | None = None
    workflow: str | None = None
    bot: str | None = None
    parameters: dict[str, Any] = {}
    provider: str | None = None
    model: str | None = None
    modes: list[Mode] = []
    ticket: str | None = None
    auto_complete: bool | None = None
    only_if_unchanged: bool | None = None
    run_missed: bool | None = None
    parallel: bool = False
    cron: str | None = None
    tz: str | None = None
    at: str | None = None  # an instant, or a wall time in `tz`
    signature: Signature | None = None
    signature_secret: str | None = None
    enabled: bool = True


class AutomationChange(Struct, frozen=True, forbid_unknown_fields=True):
    """`revision` is what the change was made of: where it is another one by now, nothing is changed."""

    revision: int | UnsetType = UNSET
    name: str | UnsetType = UNSET
    type: AutomationType | UnsetType = UNSET
    kind: SessionKind | UnsetType = UNSET
    prompt: str | UnsetType | None = UNSET
    workflow: str | UnsetType | None = UNSET
    bot: str | UnsetType | None = UNSET
    parameters: dict[str, Any] | UnsetType = UNSET
    provider: str | UnsetType | None = UNSET
    model: str | UnsetType | None = UNSET
    modes: list[Mode] | UnsetType = UNSET
    ticket: str | UnsetType | None = UNSET
    auto_complete: bool | UnsetType | None = UNSET
    only_if_unchanged: bool | UnsetType | None = UNSET
    run_missed: bool | UnsetType | None = UNSET
    parallel: bool | UnsetType = UNSET
    cron: str | UnsetType | None = UNSET
    tz: str | UnsetType | None = UNSET
    at: str | UnsetType | None = UNSET
    signature: Signature | UnsetType | None = UNSET
    signature_secret: str | UnsetType | None = UNSET


class RunRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Run it now, with these parameters over its own."""

    parameters: dict[str, Any] = {}


class SwitchRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Enable or disable these, or all that the filter matches. Automations of type http are passed over."""

    ids: list[int] = []
    filter: str | None = None


class SwitchResult(Struct, frozen=True):
    changed: list[int]
    passed_over: list[int]


class Execution(Struct, frozen=True):
    """One occurrence: a run, or the reason why there was none. A trigger that was not recorded is nothing."""

    id: int
    automation: int
    automation_name: str
    workspace: str
    trigger: Trigger | None
    actor: str | None
    fingerprint: str | None
    scheduled_for: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    outcome: ExecutionOutcome | None  # nothing while it runs
    reason: str
    session: int | None  # that it started, or that was in its way
    missed_count: int
    iteration: int | None
    created_at: datetime


class ScheduleQuery(Struct, frozen=True):
    """A schedule as it is being written, or the instant of a one-time run."""

    cron: str | None = None
    at: str | None = None
    tz: str = "UTC"
    viewer_tz: str = "UTC"
    n: int = 5


class PlannedRun(Struct, frozen=True):
    """One run of a schedule: as an instant, and as the wall says it in both zones."""

    at: datetime
    there: str
    here: str
    note: str | None  # what a clock change does to it


class SchedulePreview(Struct, frozen=True):
    words: str
    runs: list[PlannedRun]
    notes: list[str]  # what the next clock changes do to it


class DayQuery(Struct, frozen=True):
    """The runs of the hours that come."""

    hours: int = 24
    limit: int = 500


class DayRun(Struct, frozen=True):
    automation: int
    name: str
    at: datetime


class Day(Struct, frozen=True):
    """What is planned, in order. `more` says that there is more than was asked for."""

    runs: list[DayRun]
    more: bool


def automations(*, limit: int = 50, cursor: str | None = None, filter: str = "") -> Call[Page[Automation]]:
    return Call("GET", "/automations", Page[Automation], {"limit": limit, "cursor": cursor, "filter": filter})


def automation(number: int) -> Call[Automation]:
    return Call("GET", f"/automations/{number}", Automation)


def create(creation: AutomationCreation) -> Call[NewAutomation]:
    return Call("POST", "/automations", NewAutomation, body=creation)


def change(number: int, changing: AutomationChange) -> Call[NewAutomation]:
    """A change to type http makes a token, which is in this answer alone."""
    return Call("PATCH", f"/automations/{number}", NewAutomation, body=changing)


def delete(number: int) -> Call[Done]:
    return Call("DELETE", f"/automations/{number}", Done)


def run(number: int, request: RunRequest) -> Call[Execution]:
    return Call("POST", f"/automations/{number}/run", Execution, body=request)


def rotate(number: int) -> Call[NewAutomation]:
    return Call("POST", f"/automations/{number}/rotate-token", NewAutomation)


def enable(request: SwitchRequest) -> Call[SwitchResult]:
    return Call("POST", "/automations/enable", SwitchResult, body=request)


def disable(request: SwitchRequest) -> Call[SwitchResult]:
    return Call("POST", "/automations/disable", SwitchResult, body=request)


def executions(*, limit: int = 50, cursor: str | None = None, filter: str = "") -> Call[Page[Execution]]:
    """Newest first; `automation:12` narrows to one's history."""
    return Call("GET", "/executions", Page[Execution], {"limit": limit, "cursor": cursor, "filter": filter})


def execution(number: int) -> Call[Execution]:
    return Call("GET", f"/executions/{number}", Execution)


def preview(query: ScheduleQuery) -> Call[SchedulePreview]:
    asked = {"cron": query.cron, "at": query.at, "tz": query.tz, "viewer_tz": query.viewer_tz, "n": query.n}
    return Call("GET", "/automations/preview", SchedulePreview, asked)


def day(hours: int = 24, limit: int = 500) -> Call[Day]:
    return Call("GET", "/automations/day", Day, {"hours": hours, "limit": limit})
