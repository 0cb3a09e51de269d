"""What a stage is to do, as it is kept with it."""

import msgspec
from msgspec import Struct

from core.sessions.stages.definition import Step


class Spec(Struct, frozen=True, omit_defaults=True):
    """A step of a workflow, with the workflow's name; or a prompt; or the arguments of a command; or nothing, for
    a phase that knows what to do. `designed`: the design that was worked out before goes ahead of the prompt."""

    workflow: str | None = None
    step: Step | None = None
    prompt: str | None = None
    argv: list[str] | None = None
    designed: bool = False


def encode(spec: Spec) -> str:
    return msgspec.json.encode(spec).decode()


def decode(text: str) -> Spec:
    return msgspec.json.decode(text, type=Spec)
