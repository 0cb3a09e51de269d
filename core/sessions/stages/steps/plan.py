"""A plan: the agent says what it would do, and a person says whether it may."""

from core.sessions.stages.definition import PlanStep
from core.sessions.stages.ending import after_turn, shortened, succeeded
from core.sessions.stages.looking import look
from core.sessions.stages.phases.architecture import with_design
from core.sessions.stages.spec import Spec
from core.sessions.stages.steps.approval import ask
from core.sessions.stages.values import text_of
from core.sessions.stages.work import StageEnd, Work

_PROMPT = """\
Write a plan for the task below, for a person who will approve or refuse it. Do not change any file yet.

Say what you are going to change and where, in which order, how it will be checked, what could go wrong, \
and what \
you leave out. Be brief: one screen is enough.

The task:

"""
_LONGEST = 20_000


async def run_step(step: PlanStep, title: str, spec: Spec, work: Work) -> StageEnd:
    if work.subject.script:
        return StageEnd("failed", "A plan needs an agent, and the provider of this session runs scripts.")
    task = text_of(step.prompt, work)
    if spec.designed:
        task = with_design(task, work)
    seen = await look(work, _PROMPT + task, "step", fresh=False)
    if not succeeded(seen.result):
        return after_turn(seen.result)
    text = seen.result.text.strip()
    if not text:
        return StageEnd("failed", seen.said("The agent answered with no plan."))
    end = await ask(step, title, shortened(text, _LONGEST), work)
    return end._replace(detail=seen.said(end.detail))
