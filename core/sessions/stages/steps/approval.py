"""An approval: nothing goes on before a person has agreed. No answer in time is a refusal."""

from core.sessions.stages.definition import ApprovalStep, PlanStep, title_of
from core.sessions.stages.values import text_of
from core.sessions.stages.work import StageEnd, Work

_REFUSED = "Refused, or not answered in time."


async def run_step(step: ApprovalStep, title: str, work: Work) -> StageEnd:
    return await ask(step, title, text_of(step.message, work), work)


async def ask(step: ApprovalStep | PlanStep, title: str, detail: str, work: Work) -> StageEnd:
    allowed = await work.approve(title or title_of(step), detail, step.to)
    if allowed is None:
        return StageEnd("cancelled", "The question was taken back.")
    if allowed:
        return StageEnd("passed", "Approved.")
    wish, _, target = step.on_reject.partition(":")
    return StageEnd("failed", _REFUSED, back_to=target if wish == "retry" else None)
