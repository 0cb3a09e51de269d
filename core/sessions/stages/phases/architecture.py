"""Code Architecture: before anything is changed, the agent looks around and proposes a design."""

from core.sessions.stages.ending import after_turn, succeeded
from core.sessions.stages.looking import look
from core.sessions.stages.spec import Spec
from core.sessions.stages.work import StageEnd, Work

_PROMPT = """\
Do not change any file yet. First work out how the task below is best done in this project.

Read what you need to know: how the project is laid out, which parts the task touches, and which \
conventions they \
follow. Then answer with a design that somebody else could work from:

1. What is there now, and what has to change: files and functions by their names.
2. The steps, in the order in which they are best done.
3. What could go wrong, and what you have decided against, with the reason.

Be brief and concrete. Your answer is kept and handed to whoever does the work.

The task:

"""
_HANDED_ON = """\
This design was worked out for the task before. Follow it, and where it turns out to be wrong say so.

{design}

The task:

{task}"""
_LONGEST = 30_000


async def run(spec: Spec, work: Work) -> StageEnd:
    seen = await look(work, _PROMPT + (spec.prompt or ""), "architecture", fresh=False)
    if not succeeded(seen.result):
        end = after_turn(seen.result)
        return end._replace(detail=seen.said(end.detail))
    if not seen.result.text.strip():
        return StageEnd("inconclusive", seen.said("The agent answered nothing."))
    return StageEnd("inconclusive" if seen.changed else "passed", seen.remark)


def with_design(task: str, work: Work) -> str:
    """The task with the design ahead of it, where there is one."""
    design = work.said("architecture").strip()[:_LONGEST]
    if not design:
        return task
    before, _, rest = _HANDED_ON.partition("{design}")
    between, _, after = rest.partition("{task}")
    return f"{before}{design}{between}{task}{after}"
