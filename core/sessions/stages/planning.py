"""Which stages a session goes through, and which comes after which. Stages are counted from 1."""

from collections.abc import Mapping, Sequence
from typing import Final

from core.api.sessions import MODES, Mode, SessionKind, StageState
from core.sessions.placeholders import fill
from core.sessions.stages.definition import Definition, PlanStep, PromptStep, kind_of, title_of
from core.sessions.stages.spec import Spec, encode
from core.sessions.stages.work import Planned, StageEnd

BEFORE: Final[Mode] = "architecture"
AFTER: Final[tuple[Mode, ...]] = ("ux", "edge-cases", "tests", "docs", "review", "verification")
MOST_ATTEMPTS: Final = 5
"""How often a stage may be done because what came of it was refused."""

_JUDGING: Final[frozenset[Mode]] = frozenset({"review", "verification"})
"""The phases that look at what was done from outside, and so must be told what it was to be."""

PAST: Final[frozenset[StageState]] = frozenset({"passed", "inconclusive", "skipped"})
"""A stage that is one of these has been got past."""


def plan(
    kind: SessionKind,
    modes: Sequence[Mode],
    prompt: str | None,
    workflow: Definition | None,
    parameters: Mapping[str, object],
) -> list[Planned]:
    """The stages in their order: the design, the prompt or the steps of the workflow, and the other phases."""
    designed = kind == "develop" and BEFORE in modes
    if workflow is not None:
        stages, task = _steps(workflow, parameters, designed), _task(workflow, parameters)
    else:
        task = prompt or ""
        stages = [Planned("main", "prompt", "Prompt", encode(Spec(prompt=task, designed=designed)))]
    if kind != "develop":
        return stages
    before = [Planned(BEFORE, "phase", MODES[BEFORE], encode(Spec(prompt=task)))] if designed else []
    judged = encode(Spec(prompt=task))
    after = [
        Planned(mode, "phase", MODES[mode], judged if mode in _JUDGING else encode(Spec()))
        for mode in AFTER
        if mode in modes
    ]
    return [*before, *stages, *after]


def plan_command(argv: Sequence[str]) -> Planned:
    """The only stage of a session that runs a command: nothing is put into its arguments."""
    return Planned("command", "command", argv[0], encode(Spec(argv=list(argv))))


def next_after(stages: Sequence[Planned], number: int, end: StageEnd, attempt: int) -> int | None:
    """The number of the stage that follows one that ended so, at its attempt of this number; nothing where the
    run is at its end, or must be left to a person."""
    if end.back_to is not None and attempt < MOST_ATTEMPTS:
        for earlier, stage in enumerate(stages[:number], 1):
            if stage.name == end.back_to:
                return earlier
    if (end.state in PAST or end.leave_open) and number < len(stages):
        return number + 1
    return None


def resume_at(states: Sequence[StageState], *, skip: bool) -> int | None:
    """Where a session that has ended goes on: at the first stage that it did not get past, or with `skip` after
    it. What an interrupted stage did is not known, so a person says which. Nothing where no stage is left."""
    for number, state in enumerate(states, 1):
        if state not in PAST:
            following = number + 1 if skip else number
            return following if following <= len(states) else None
    return None


def _steps(workflow: Definition, parameters: Mapping[str, object], designed: bool) -> list[Planned]:
    stages = []
    for step in workflow.steps:
        prompted = isinstance(step, PromptStep | PlanStep)
        spec = Spec(workflow=workflow.name, step=step, designed=designed and prompted)
        designed = designed and not prompted
        title = fill(title_of(step), parameters).text
        stages.append(Planned(step.id, kind_of(step), title, encode(spec)))
    return stages


def _task(workflow: Definition, parameters: Mapping[str, object]) -> str:
    """What a workflow asks of the agent, all at once."""
    prompts = [fill(step.prompt, parameters).text for step in workflow.steps if isinstance(step, PromptStep)]
    return "\n\n".join(part for part in (workflow.description, *prompts) if part)
