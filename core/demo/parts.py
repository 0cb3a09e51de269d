"""What the sample sessions and automations are made of, before they have numbers and rows."""

from dataclasses import dataclass, field
from typing import NamedTuple

from core.api.approvals import ApprovalState
from core.api.automations import AutomationType, ExecutionOutcome, Trigger
from core.api.sessions import Mode, RunOutcome, SessionKind, SessionState, StageState
from storage.ids import Instant

YOU = ""
"""In the place of a person's name: whoever looks at the demo."""


class Used(NamedTuple):
    """What a turn used: millionths of a dollar, nothing where they are unknown, and tokens."""

    cost: int | None
    tokens: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """How one stage of a session went, and its turn: what it answered and what it printed. A `message` is a part
    that a person added."""

    state: StageState = "passed"
    text: str = ""
    detail: str = ""
    minutes: float = 4.0
    output: str = ""  # the text, where there is nothing else
    used: Used | None = None
    exit_code: int | None = 0
    message: str | None = None


@dataclass(frozen=True, slots=True)
class SampleApproval:
    """A question that a session asked, of whom, and what became of it. Who was asked is who answered."""

    title: str
    detail: str
    state: ApprovalState
    asked_of: str


@dataclass(frozen=True, slots=True, eq=False)
class SampleSession:
    """A session that began `ago` microseconds before the end of the month. Those without parts are to be run."""

    workspace: str
    title: str
    owner: str
    ago: int
    state: SessionState
    prompt: str | None = None
    kind: SessionKind = "develop"
    provider: str = "shell"
    model: str | None = None
    outcome: RunOutcome | None = None
    detail: str = ""
    parts: tuple[Part, ...] = ()
    modes: tuple[Mode, ...] = ()
    ticket: str | None = None
    bot: str | None = None
    workflow: str | None = None
    parameters: dict[str, str] = field(default_factory=dict)
    branch: str | None = None
    questions: tuple[SampleApproval, ...] = ()
    auto_complete: bool = False
    automation: str | None = None  # the name of the one that started it


@dataclass(frozen=True, slots=True)
class SampleAutomation:
    """An automation. `lasts` is how many minutes its runs take."""

    name: str
    workspace: str
    creator: str
    type: AutomationType
    prompt: str | None = None
    kind: SessionKind = "develop"
    provider: str | None = "shell"
    workflow: str | None = None
    bot: str | None = None
    parameters: dict[str, str] = field(default_factory=dict)
    cron: str | None = None
    zone: str | None = None
    wall_time: str | None = None  # of a one-time run: the hour, tomorrow
    run_missed: bool = False
    auto_complete: bool = True
    lasts: float = 6.0
    disabled: str | None = None  # why it is off
    printed: tuple[str, ...] = ()  # what its runs print, by turns


@dataclass(frozen=True, slots=True, eq=False)
class SampleExecution:
    """One occurrence, at an instant. `session` began with it, so much later, or was in its way."""

    automation: str
    trigger: Trigger
    at: Instant
    outcome: ExecutionOutcome | None
    reason: str = ""
    session: SampleSession | None = None
    actor: str | None = None
    missed: int = 0
    iteration: int | None = None
    late: int = 0
