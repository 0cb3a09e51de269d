"""Verification: the workspace's commands decide. Where there are none an agent is asked, and its opinion is never
shown as more than that."""

from core.sessions.stages.commanding import check, failed
from core.sessions.stages.ending import after_turn, shortened, succeeded
from core.sessions.stages.looking import look
from core.sessions.stages.phases.tasks import task_of
from core.sessions.stages.spec import Spec
from core.sessions.stages.verdict import FORM, read_verdict
from core.sessions.stages.work import StageEnd, Work

_OPINION = "Agent opinion (the workspace has no verify command):"
_PROMPT = """\
Say whether the work below is done, as far as you can find out. Do not change any file.

You have not done this work yourself: believe what you see, not what is said of it. Look at the files, and \
run what \
can be run without changing anything: tests, a build, the program itself. An issue blocks when the work \
does not do \
what it was to do, or has broken something else.

Answer with one JSON object and nothing else:

{form}

Both lists may be empty.

The work:

{task}
"""


async def run(spec: Spec, work: Work) -> StageEnd:
    commands = work.subject.commands.verify
    if not commands:
        return await _ask(spec, work)
    for argv in commands:
        end = await check(work, argv)
        if end.code != 0:
            return await failed(work, argv, end)
    return StageEnd("passed", "All commands passed." if len(commands) > 1 else "The command passed.")


async def _ask(spec: Spec, work: Work) -> StageEnd:
    if work.subject.script:
        return StageEnd(
            "inconclusive", "Not verified: the workspace has no verify command, and there is no agent."
        )
    prompt = _PROMPT.replace("{form}", FORM).replace("{task}", task_of(spec, work))
    seen = await look(work, prompt, "verification", fresh=True)
    if not succeeded(seen.result):
        end = after_turn(seen.result)
        if end.state != "failed":
            return end
        said = f"{_OPINION} none, since the agent failed. {end.detail}"
        return StageEnd("inconclusive", seen.said(said), leave_open=True)
    verdict = read_verdict(seen.result.text)
    if verdict is None:
        return StageEnd("inconclusive", seen.said(f"{_OPINION} none that can be read."))
    if not verdict.blocking:
        return StageEnd("passed", seen.said(f"{_OPINION} it is done."))
    issues = shortened("\n".join(f"- {issue}" for issue in verdict.blocking))
    await work.tell("verification:failed", {"reason": f"{_OPINION}\n{issues}"})
    return StageEnd("failed", seen.said(shortened(f"{_OPINION}\n{issues}")), leave_open=True)
