"""Sessions on the wire, with their stages, turns and output."""

from datetime import datetime
from typing import Any, Final, Literal

from msgspec import Struct

from core.api.wire import Call, Page

SessionKind = Literal["develop", "chat", "bot"]
SessionState = Literal["queued", "running", "asking", "waiting", "done", "failed", "cancelled"]
RunOutcome = Literal["succeeded", "failed", "cancelled", "timed_out", "interrupted"]
Mode = Literal["architecture", "ux", "edge-cases", "tests", "docs", "review", "verification"]
StageKind = Literal["prompt", "phase", "command", "approval", "plan", "complete"]
StageState = Literal[
    "pending", "running", "waiting", "passed", "failed", "inconclusive", "skipped", "interrupted", "cancelled"
]
RequestState = Literal["open", "merged", "closed", "unknown"]

KINDS: Final[dict[SessionKind, str]] = {"develop": "Develop", "chat": "Chat", "bot": "Bot"}
MODES: Final[dict[Mode, str]] = {
    "architecture": "Code Architecture",
    "ux": "UX Enhancement",
    "edge-cases": "Edge Cases",
    "tests": "Update Tests",
    "docs": "Update Docs",
    "review": "Code Review",
    "verification": "Verification",
}
"""What they are called."""


class Session(Struct, frozen=True):
    """One run of an agent, or of any command. `cost` is in dollars, and nothing where none is known; `unmetered`
    counts the turns whose cost is unknown."""

    id: int
    kind: SessionKind
    state: SessionState
    outcome: RunOutcome | None  # of the last run
    detail: str  # what it is doing, or why it is where it is
    title: str
    workspace: str
    owner: str
    creator: str
    ticket: str | None
    bot: str | None
    provider: str
    model: str | None
    workflow: str | None
    modes: list[Mode]
    auto_complete: bool
    only_if_unchanged: bool
    automation: int | None
    execution: int | None
    workdir: str | None
    branch: str | None
    base: str | None
    pull_request: str | None
    pull_request_state: RequestState | None
    denied_tools: int
    failed_tools: int
    cost: float | None
    unmetered: int
    approvals: int  # that are open
    can_resume: bool
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    updated_at: datetime


class Stage(Struct, frozen=True):
    """A step of a workflow, a phase, or the main prompt."""

    number: int
    attempt: int
    name: str
    kind: StageKind
    title: str
    state: StageState
    detail: str
    started_at: datetime | None
    ended_at: datetime | None


class Turn(Struct, frozen=True):
    """One prompt to a provider, and its answer. Figures that nobody reported are nothing, never 0."""

    number: int
    stage: int | None  # the number of its stage
    purpose: str
    author: str | None  # the person who wrote the prompt, where a person did
    prompt: str
    provider: str
    model: str | None
    outcome: RunOutcome | None
    detail: str
    text: str
    exit_code: int | None
    denied_tools: int
    failed_tools: int
    cost: float | None
    input_tokens: int | None
    output_tokens: int | None
    output_bytes: int
    started_at: datetime | None
    ended_at: datetime | None


class SessionDetail(Session, frozen=True, kw_only=True):
    """A session with all that it is made of."""

    prompt: str
    parameters: dict[str, Any]
    stages: list[Stage]
    turns: list[Turn]
    changes: list["FileChange"] | None  # since it began; nothing where that is unknown


class FileChange(Struct, frozen=True):
    path: str
    added: int | None  # nothing for a file that is no text
    removed: int | None


class SessionCreation(Struct, frozen=True, forbid_unknown_fields=True):
    """Either a prompt or the name of a workflow."""

    workspace: str
    kind: SessionKind = "chat"
    prompt: str | None = None
    workflow: str | None = None
    parameters: dict[str, Any] = {}
    provider: str | None = None
    model: str | None = None
    bot: str | None = None
    title: str = ""
    ticket: str | None = None
    modes: list[Mode] = []
    auto_complete: bool = False
    only_if_unchanged: bool = False
    notify: bool = False  # its owner is told how it ended


class CommandCreation(Struct, frozen=True, forbid_unknown_fields=True):
    """Any command as a session. `argv` is an argument list, never a shell line."""

    workspace: str
    argv: list[str]
    title: str = ""
    folder: str | None = None  # where it runs; the workspace's folder otherwise


class Message(Struct, frozen=True, forbid_unknown_fields=True):
    """What a person says next."""

    prompt: str


class Resumption(Struct, frozen=True, forbid_unknown_fields=True):
    """Go on where a session was interrupted, failed or was stopped. `skip` leaves out the stage it ended in."""

    skip: bool = False


class MergeRequest(Struct, frozen=True, forbid_unknown_fields=True):
    dry_run: bool = False


class MergeResult(Struct, frozen=True):
    merged: bool  # for a dry run, whether it could be
    branch: str
    base: str
    commit: str | None
    files: list[str]  # in conflict
    detail: str


class RequestBinding(Struct, frozen=True, forbid_unknown_fields=True):
    """A pull request that is there already; without a URL, one is opened with the `gh` program."""

    url: str | None = None
    title: str | None = None


class OutputQuery(Struct, frozen=True):
    """`at` counts bytes of the turn's whole output; nothing means its end, read backwards."""

    turn: int | None = None  # the last one when absent
    at: int | None = None
    size: int = 65_536
    backwards: bool = False


class Output(Struct, frozen=True):
    """A part of what a turn printed, as it came. What was from `gap_from` to `gap_to` was too much to keep."""

    turn: int
    offset: int
    text: str
    next: int  # the offset after it
    total: int
    gap_from: int | None
    gap_to: int | None
    running: bool


def sessions(*, limit: int = 50, cursor: str | None = None, filter: str = "") -> Call[Page[Session]]:
    return Call("GET", "/sessions", Page[Session], {"limit": limit, "cursor": cursor, "filter": filter})


def session(number: int) -> Call[SessionDetail]:
    return Call("GET", f"/sessions/{number}", SessionDetail)


def create_session(creation: SessionCreation) -> Call[SessionDetail]:
    return Call("POST", "/sessions", SessionDetail, body=creation)


def run_command(creation: CommandCreation) -> Call[SessionDetail]:
    return Call("POST", "/sessions/commands", SessionDetail, body=creation)


def say(number: int, message: Message) -> Call[SessionDetail]:
    return Call("POST", f"/sessions/{number}/messages", SessionDetail, body=message)


def stop(number: int) -> Call[SessionDetail]:
    return Call("POST", f"/sessions/{number}/stop", SessionDetail)


def resume(number: int, resumption: Resumption) -> Call[SessionDetail]:
    return Call("POST", f"/sessions/{number}/resume", SessionDetail, body=resumption)


def complete(number: int) -> Call[SessionDetail]:
    return Call("POST", f"/sessions/{number}/complete", SessionDetail)


def merge(number: int, request: MergeRequest) -> Call[MergeResult]:
    return Call("POST", f"/sessions/{number}/merge", MergeResult, body=request)


def bind_request(number: int, binding: RequestBinding) -> Call[SessionDetail]:
    return Call("POST", f"/sessions/{number}/pull-request", SessionDetail, body=binding)


def output(
    number: int, *, turn: int | None = None, at: int | None = None, size: int = 65_536, backwards: bool = False
) -> Call[Output]:
    query = {"turn": turn, "at": at, "size": size, "backwards": backwards}
    return Call("GET", f"/sessions/{number}/output", Output, query)
