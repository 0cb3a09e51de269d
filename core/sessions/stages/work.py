"""What a stage may do and how it ends: the line between the stages, which know what is to be done, and the
run, which has the processes, the rows and the people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Protocol

from msgspec import Struct

from core.api.sessions import SessionKind, StageKind, StageState
from core.sessions.turns import Purpose, TurnResult


class Commands(Struct, frozen=True):
    """What a workspace says of itself. Commands are argument lists, never shell lines."""

    verify: list[list[str]] = []
    test: list[str] | None = None
    instructions: str = ""
    hooks: dict[str, list[list[str]]] = {}
    hook_seconds: int = 300


class Planned(NamedTuple):
    """A stage as it is kept: `spec` is JSON that only the stages read."""

    name: str
    kind: StageKind
    title: str
    spec: str


class StageEnd(NamedTuple):
    """How a stage ended. A session goes on after `passed`, `inconclusive` and `skipped`, and is left to a person
    after the others; `leave_open` lets it go on and be left to a person at its end. `back_to` is the name of the
    stage that is to be done again, because a person refused what came of it."""

    state: StageState
    detail: str = ""
    leave_open: bool = False
    back_to: str | None = None


class CommandEnd(NamedTuple):
    """How a command ended, and the end of what it printed. `stopped` says that a person ended it."""

    code: int | None
    tail: str
    detail: str = ""
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """The session that a stage belongs to."""

    session: int
    title: str
    kind: SessionKind
    workspace: str
    workdir: Path
    base_sha: str | None  # nothing where the work is not in a repository
    ticket: str | None
    parameters: Mapping[str, object]
    commands: Commands
    began: datetime | None = None  # the session, in UTC: what `{{date}}` says
    script: bool = False  # prompts are run as scripts: nothing may be one but what its author wrote


class Work(Protocol):
    """What a run does for a stage."""

    @property
    def subject(self) -> Subject: ...

    @property
    def last_text(self) -> str:
        """What the agent said last."""

    @property
    def last_exit_code(self) -> int | None:
        """How the last turn or command exited; nothing before there was one, and where it is unknown."""

    def said(self, purpose: Purpose) -> str:
        """What the agent answered last in a turn of this purpose that succeeded; nothing where there was none."""

    async def turn(
        self, prompt: str, purpose: Purpose, *, fresh: bool = False, read_only: bool = False
    ) -> TurnResult:
        """One prompt, in the session's conversation, or in a fresh one."""

    async def command(
        self, argv: tuple[str, ...], *, env: Mapping[str, str], seconds: float | None
    ) -> CommandEnd:
        """Run a command in the work's folder; its output is kept beside the turns'."""

    async def approve(self, title: str, detail: str, to: str) -> bool | None:
        """Ask a person (`owner`, `developer`, `qa` or `user:NAME`); nothing when the question was cancelled."""

    async def tell(self, event: str, payload: Mapping[str, object]) -> None:
        """Record an event of the session; who and what the session is, is filled in."""

    async def changed(self) -> bool | None:
        """Whether files have changed since the session began; nothing where that cannot be known."""

    async def snapshot(self) -> str | None:
        """The tree as it is now, to be given to `restore`; nothing where there is no repository."""

    async def restore(self, snapshot: str) -> bool:
        """Put the tree back if it is another one by now, and say whether it was."""

    async def difference(self, longest: int) -> str:
        """What has changed since the session began, as a patch of at most so many characters."""

    def ask_to_complete(self, *, only_if_unchanged: bool) -> None:
        """The session is to be done at the end of this run."""
