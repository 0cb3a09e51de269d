"""A prompt to the agent: the main one of a session, or a step, which a command may have to confirm."""

import shlex

from core.sessions.stages.commanding import CHECK_SECONDS
from core.sessions.stages.definition import PromptStep
from core.sessions.stages.ending import after_turn, last_of, said_of, succeeded
from core.sessions.stages.phases.architecture import with_design
from core.sessions.stages.spec import Spec
from core.sessions.stages.values import arguments_of, script_of, surroundings, text_of
from core.sessions.stages.work import CommandEnd, StageEnd, Work

_AGAIN = """\
This check did not pass:

{command}

{how}

The end of what it printed:

{tail}

Find out why, and mend it. Do not weaken the check."""
_NO_SCRIPT = (
    "The provider of this session runs prompts as scripts, and what has no variable would become a part of this"
    " one: name only parameters, date, datetime, session_id and prev.exit_code."
)
_LONGEST_TAIL = 8_000


async def run_main(spec: Spec, work: Work) -> StageEnd:
    prompt = spec.prompt or ""
    if spec.designed and not work.subject.script:
        prompt = with_design(prompt, work)
    return after_turn(await work.turn(prompt, "main" if work.subject.kind == "develop" else "chat"))


async def run_step(step: PromptStep, spec: Spec, work: Work) -> StageEnd:
    script = work.subject.script
    task = script_of(step.prompt, work) if script else text_of(step.prompt, work)
    if task is None:
        return StageEnd("failed", _NO_SCRIPT)
    if spec.designed and not script:
        task = with_design(task, work)
    result = await work.turn(task, "step", fresh=step.fresh)
    if not succeeded(result) or step.verify is None:
        return after_turn(result)
    argv = arguments_of(step.verify, work)
    for left in range(step.retries, -1, -1):
        end = await work.command(argv, env=surroundings(work.subject), seconds=CHECK_SECONDS)
        if end.code == 0:
            return StageEnd("passed")
        if end.stopped:
            return StageEnd("cancelled", end.detail)
        if left == 0:
            return StageEnd("failed", said_of(argv, end))
        again = task if script else _again(argv, end)
        if step.fresh and not script:
            again = f"{task}\n\n{again}"
        result = await work.turn(again, "step", fresh=step.fresh)
        if not succeeded(result):
            return after_turn(result)
    raise AssertionError("the last round returns")


def _again(argv: tuple[str, ...], end: CommandEnd) -> str:
    parts = {
        "command": shlex.join(argv),
        "how": end.detail or f"It ended with exit code {end.code}.",
        "tail": last_of(end.tail.strip(), _LONGEST_TAIL) or "(nothing)",
    }
    return _AGAIN.format(**parts)
