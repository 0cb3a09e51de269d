"""What a workflow is: its parameters and its steps, as types. A run keeps a copy of this, as JSON."""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

Argv = Annotated[list[Annotated[str, Meta(max_length=8_192)]], Meta(min_length=1, max_length=200)]
Text = Annotated[str, Meta(min_length=1, max_length=100_000)]
Line = Annotated[str, Meta(max_length=200)]
StepId = Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_-]{0,63}\Z")]
Approver = Annotated[str, Meta(pattern=r"^(owner|developer|qa|user:[a-z_][a-z0-9_.-]{0,63})\Z")]
OnReject = Annotated[str, Meta(pattern=r"^(stop|retry:[A-Za-z_][A-Za-z0-9_-]{0,63})\Z")]

AUTOMATIC: Final = frozenset(
    {
        "date",
        "datetime",
        "session_id",
        "automation",
        "trigger",
        "prev.text",
        "prev.exit_code",
        "iteration",
        "scheduled_for",
        "missed_count",
    }
)
"""The names that have a value without being a parameter."""


class Parameter(Struct, frozen=True, forbid_unknown_fields=True):
    """One that is neither required nor has a default is empty when nobody gives it."""

    required: bool = False
    default: str | int | float | bool | None = None
    pattern: str | None = None
    description: Annotated[str, Meta(max_length=1_000)] = ""


class _Step(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", kw_only=True):
    id: StepId
    title: Line = ""


class PromptStep(_Step, frozen=True, tag="prompt", kw_only=True):
    """A prompt to the agent, in the conversation of the session or in a fresh one. What `verify` says decides;
    where it fails, the agent is shown the end of its output and tries again."""

    prompt: Text
    fresh: bool = False
    verify: Argv | None = None
    retries: Annotated[int, Meta(ge=0, le=10)] = 0


class CommandStep(_Step, frozen=True, tag="command", kw_only=True):
    """A command: as an argument list with placeholders, each of which stays within its argument; or as a line for
    the shell, to which parameters come as variables of its environment alone."""

    argv: Argv | None = None
    shell: Text | None = None
    seconds: Annotated[float, Meta(gt=0, le=86_400)] = 3_600


class ApprovalStep(_Step, frozen=True, tag="approval", kw_only=True):
    """Waits until a person has agreed."""

    message: Text
    to: Approver = "owner"
    on_reject: OnReject = "stop"


class PlanStep(_Step, frozen=True, tag="plan", kw_only=True):
    """Asks the agent for a plan, and waits until a person has agreed to it."""

    prompt: Text
    to: Approver = "owner"
    on_reject: OnReject = "stop"


class CompleteStep(_Step, frozen=True, tag="complete", kw_only=True):
    """The session is done at the end of this run."""

    only_if_no_changes: bool = False


Kind = Literal["prompt", "command", "approval", "plan", "complete"]
Step = PromptStep | CommandStep | ApprovalStep | PlanStep | CompleteStep
KINDS: Final[dict[Kind, type[Step]]] = {
    "prompt": PromptStep,
    "command": CommandStep,
    "approval": ApprovalStep,
    "plan": PlanStep,
    "complete": CompleteStep,
}


class Definition(Struct, frozen=True):
    """A workflow as it was checked."""

    name: str
    version: str
    description: str
    params: dict[str, Parameter]
    steps: list[Step]


def encode(definition: Definition) -> str:
    return msgspec.json.encode(definition).decode()


def decode(text: str) -> Definition:
    """The definition that was kept so."""
    return msgspec.json.decode(text, type=Definition)


def title_of(step: Step) -> str:
    return step.title or step.id


def kind_of(step: Step) -> Kind:
    return next(kind for kind, type_ in KINDS.items() if isinstance(step, type_))


def variable(parameter: str) -> str:
    """What a parameter is called in the environment of a shell step."""
    return "PARAM_" + "".join(char if char.isalnum() else "_" for char in parameter).upper()
