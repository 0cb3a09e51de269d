"""A turn: one prompt to a provider and what came of it. What providers take and answer, whatever they drive."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

from core.sessions.supervision.command import Identity, Limits

Purpose = Literal[
    "main", "chat", "architecture", "ux", "edge-cases", "tests", "docs", "review", "verification", "step"
]
CostScope = Literal["turn", "total"]
"""Whether a provider reports what this turn cost, or what its whole conversation has cost up to now."""


class Outcome(StrEnum):
    """How a turn ended. `interrupted`: the server was gone before the process was."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"
    INTERRUPTED = "interrupted"


class Tokens(NamedTuple):
    """How many of each kind."""

    input: int | None = None
    cached: int | None = None
    output: int | None = None


UNCOUNTED = Tokens()


@dataclass(frozen=True, slots=True)
class Usage:
    """What was reported as used. An unknown figure is None, never 0; money is in millionths of a dollar."""

    cost: int | None = None
    cost_scope: CostScope = "turn"
    tokens: Tokens = UNCOUNTED
    tokens_scope: CostScope = "turn"


UNREPORTED = Usage()


@dataclass(frozen=True, slots=True)
class Turn:
    """One prompt. `private` is a folder of the turn's own, readable by nobody else; `resume_id` continues the
    conversation that a turn before it left."""

    session: int
    number: int
    purpose: Purpose
    prompt: str
    model: str | None
    resume_id: str | None
    workdir: Path
    private: Path
    mark: str
    env: Mapping[str, str] = field(default_factory=dict)
    instructions: str = ""  # of the bot, ahead of the prompt
    read_only: bool = False
    limits: Limits | None = None  # the provider's own otherwise


@dataclass(frozen=True, slots=True)
class TurnResult:
    outcome: Outcome
    detail: str = ""  # why it did not succeed, in a sentence
    text: str = ""  # the agent's final answer
    exit_code: int | None = None
    resume_id: str | None = None
    denied_tools: int = 0
    failed_tools: int = 0
    usage: Usage = UNREPORTED


ChoiceKind = Literal["allow_once", "allow_always", "reject_once", "reject_always"]


class Choice(NamedTuple):
    """One answer that an agent takes to its question."""

    id: str
    name: str
    kind: ChoiceKind


@dataclass(frozen=True, slots=True)
class Question:
    """A permission that an agent asks for."""

    title: str
    detail: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Stand:
    """What a running turn may use of the server. `record` keeps output for people to see; `ask` waits for a
    person and answers with the id of their choice, or None when nobody chose; `stop` is set to end the turn."""

    record: Callable[[bytes], None]
    started: Callable[[Identity], Awaitable[None]]
    ask: Callable[[Question], Awaitable[str | None]]
    stale: Callable[[float], Awaitable[None]]
    stop: asyncio.Event


class Probe(NamedTuple):
    """Whether a provider can be used here, without a call that costs."""

    ready: bool
    detail: str  # its version, or what is missing and what to do


class Provider(Protocol):
    """Something that can run turns."""

    @property
    def name(self) -> str: ...

    @property
    def can_resume(self) -> bool: ...

    @property
    def ignore(self) -> tuple[str, ...]:
        """Patterns of files that it leaves behind and that are no change."""

    async def probe(self) -> Probe: ...

    async def run(self, turn: Turn, stand: Stand) -> TurnResult:
        """One prompt, to the end. What goes wrong is a result, not an exception."""
