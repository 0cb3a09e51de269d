"""Update Tests: the agent writes tests, and the workspace's own command says whether they pass."""

from core.sessions.stages.commanding import check, failed
from core.sessions.stages.ending import after_turn, succeeded
from core.sessions.stages.work import StageEnd, Work

_PROMPT = """\
Now bring the tests up to date with what you have changed.

Write tests for the behaviour that is new or different, the ordinary case and those where it goes wrong, in the \
style and the place of the tests that are there. Each of them must be able to fail: make sure that it does \
when the \
change is taken out. Correct tests that say what is no longer meant; never weaken or remove one only because it \
fails. Run what you have written.

Answer with what is tested now, and what you could not test."""


async def run(work: Work) -> StageEnd:
    if not work.subject.script:
        result = await work.turn(_PROMPT, "tests")
        if not succeeded(result):
            return after_turn(result)
    command = work.subject.commands.test
    if command is None:
        return StageEnd("inconclusive", "Not verified: the workspace has no test command.")
    end = await check(work, command)
    return StageEnd("passed") if end.code == 0 else await failed(work, command, end)
