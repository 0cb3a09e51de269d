"""The work of a session, as a script: what the agent and the commands answer, and what was asked of them."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from core.api.sessions import SessionKind
from core.sessions.stages.work import CommandEnd, Commands, Subject
from core.sessions.turns import Outcome, Purpose, TurnResult


def subject(
    *,
    kind: SessionKind = "develop",
    commands: Commands | None = None,
    parameters: Mapping[str, object] | None = None,
    base_sha: str | None = "b" * 40,
    title: str = "Sign-in page",
    ticket: str | None = None,
    script: bool = False,
) -> Subject:
    return Subject(
        session=12,
        title=title,
        kind=kind,
        workspace="shop",
        workdir=Path("/nowhere"),
        base_sha=base_sha,
        ticket=ticket,
        parameters=parameters or {},
        commands=commands or Commands(),
        began=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        script=script,
    )


def said(text: str, outcome: Outcome = Outcome.SUCCEEDED, detail: str = "") -> TurnResult:
    return TurnResult(outcome, detail, text)


class Turned(NamedTuple):
    """A turn that was asked for."""

    prompt: str
    purpose: Purpose
    fresh: bool
    read_only: bool


class Ran(NamedTuple):
    """A command that was asked for."""

    argv: tuple[str, ...]
    env: Mapping[str, str]
    seconds: float | None


class Asked(NamedTuple):
    """A question to a person."""

    title: str
    detail: str
    to: str


@dataclass
class ScriptedWork:
    """`answers` and `ends` are given out in order; in the turns that `meddle`, the agent changes the tree."""

    subject: Subject = field(default_factory=subject)
    answers: Iterable[TurnResult] = ()
    ends: Iterable[CommandEnd] = ()
    approvals: Iterable[bool | None] = ()
    patch: str = "diff --git a/x b/x\n+new\n"
    repository: bool = True
    meddle: Sequence[int] = ()
    last_text: str = ""
    last_exit_code: int | None = None
    answered: dict[Purpose, str] = field(default_factory=dict)
    turns: list[Turned] = field(default_factory=list)
    commands: list[Ran] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    told: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)
    to_complete: list[bool] = field(default_factory=list)
    tree: int = 0

    def __post_init__(self) -> None:
        self._answers = deque(self.answers)
        self._ends = deque(self.ends)
        self._approvals = deque(self.approvals)

    def said(self, purpose: Purpose) -> str:
        return self.answered.get(purpose, "")

    async def turn(
        self, prompt: str, purpose: Purpose, *, fresh: bool = False, read_only: bool = False
    ) -> TurnResult:
        if len(self.turns) in self.meddle:
            self.tree += 1
        self.turns.append(Turned(prompt, purpose, fresh, read_only))
        result = self._answers.popleft()
        self.last_text = result.text
        if result.outcome is Outcome.SUCCEEDED:
            self.answered[purpose] = result.text
        return result

    async def command(
        self, argv: tuple[str, ...], *, env: Mapping[str, str], seconds: float | None
    ) -> CommandEnd:
        self.commands.append(Ran(argv, env, seconds))
        end = self._ends.popleft()
        self.last_exit_code = end.code
        return end

    async def approve(self, title: str, detail: str, to: str) -> bool | None:
        self.asked.append(Asked(title, detail, to))
        return self._approvals.popleft()

    async def tell(self, event: str, payload: Mapping[str, object]) -> None:
        self.told.append((event, payload))

    async def changed(self) -> bool | None:
        return bool(self.tree) if self.repository else None

    async def snapshot(self) -> str | None:
        return str(self.tree) if self.repository else None

    async def restore(self, snapshot: str) -> bool:
        changed = int(snapshot) != self.tree
        self.tree = int(snapshot)
        return changed

    async def difference(self, longest: int) -> str:
        return self.patch[:longest] if self.repository else ""

    def ask_to_complete(self, *, only_if_unchanged: bool) -> None:
        self.to_complete.append(only_if_unchanged)
