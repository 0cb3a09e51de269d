"""Runs one stage of a session, whatever kind it is."""

from core.sessions.stages.definition import ApprovalStep, CommandStep, CompleteStep, PlanStep, PromptStep
from core.sessions.stages.phases import architecture, follow_up, review, tests, verification
from core.sessions.stages.spec import Spec, decode
from core.sessions.stages.steps import approval, command, complete, plan, prompt
from core.sessions.stages.work import Planned, StageEnd, Work

_NEED_AN_AGENT = frozenset({"architecture", "ux", "edge-cases", "docs", "review"})
"""What we say to an agent there, and what others have written, must never be run as a script."""


async def run(stage: Planned, work: Work) -> StageEnd:
    """Do what the stage is to do, and say how it ended. A step that failed is told with its workflow's name."""
    spec = decode(stage.spec)
    if stage.kind == "phase":
        return await _phase(stage.name, spec, work)
    if spec.step is None:
        return await (command.run_alone if spec.argv is not None else prompt.run_main)(spec, work)
    end = await _step(stage, spec, work)
    if end.state == "failed" and end.back_to is None:
        payload = {"workflow": spec.workflow, "step": stage.name, "reason": end.detail or None}
        await work.tell("workflow:step-failed", payload)
    return end


async def _phase(name: str, spec: Spec, work: Work) -> StageEnd:
    if work.subject.script and name in _NEED_AN_AGENT:
        return StageEnd("skipped", "This needs an agent, and the provider of this session runs scripts.")
    match name:
        case "architecture":
            return await architecture.run(spec, work)
        case "ux" | "edge-cases" | "docs":
            return await follow_up.run(name, work)
        case "tests":
            return await tests.run(work)
        case "review":
            return await review.run(spec, work)
        case "verification":
            return await verification.run(spec, work)
    return StageEnd("skipped", f"This server knows no phase {name}.")


async def _step(stage: Planned, spec: Spec, work: Work) -> StageEnd:
    match spec.step:
        case PromptStep() as step:
            return await prompt.run_step(step, spec, work)
        case CommandStep() as step:
            return await command.run_step(step, work)
        case ApprovalStep() as step:
            return await approval.run_step(step, stage.title, work)
        case PlanStep() as step:
            return await plan.run_step(step, stage.title, spec, work)
        case CompleteStep() as step:
            return complete.run_step(step, work)
    raise TypeError(f"{stage.name} has no step")
