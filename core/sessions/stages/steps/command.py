"""A command. Nothing that comes from outside becomes a part of a line for the shell."""

from core.sessions.stages.definition import CommandStep
from core.sessions.stages.ending import said_of
from core.sessions.stages.spec import Spec
from core.sessions.stages.values import arguments_of, surroundings, variables_of
from core.sessions.stages.work import CommandEnd, StageEnd, Work

_SHELL = "/bin/sh"


async def run_step(step: CommandStep, work: Work) -> StageEnd:
    env = surroundings(work.subject)
    if step.shell is not None:
        shown: tuple[str, ...] = (step.shell,)
        argv: tuple[str, ...] = (_SHELL, "-c", step.shell)
        env |= variables_of(work.subject.parameters)
    else:
        shown = argv = arguments_of(step.argv or [], work)
    end = await work.command(argv, env=env, seconds=step.seconds)
    return _ended(shown, end)


async def run_alone(spec: Spec, work: Work) -> StageEnd:
    """A session that is a command: its arguments are what was typed."""
    argv = tuple(spec.argv or ())
    end = await work.command(argv, env=surroundings(work.subject), seconds=None)
    return _ended(argv, end)


def _ended(argv: tuple[str, ...], end: CommandEnd) -> StageEnd:
    if end.stopped:
        return StageEnd("cancelled", end.detail)
    return StageEnd("passed") if end.code == 0 else StageEnd("failed", said_of(argv, end))
