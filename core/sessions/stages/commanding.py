"""Commands that decide whether work is as it should be."""

import shlex
from collections.abc import Sequence

from core.sessions.stages.ending import last_of, said_of
from core.sessions.stages.values import surroundings
from core.sessions.stages.work import CommandEnd, StageEnd, Work

CHECK_SECONDS = 3_600.0
_LONGEST_REASON = 1_000


async def check(work: Work, argv: Sequence[str]) -> CommandEnd:
    return await work.command(tuple(argv), env=surroundings(work.subject), seconds=CHECK_SECONDS)


async def failed(work: Work, argv: Sequence[str], end: CommandEnd) -> StageEnd:
    """A check did not pass: that is told, and the session is left to a person at its end."""
    if end.stopped:
        return StageEnd("cancelled", end.detail)
    reason = end.detail or last_of(end.tail.strip(), _LONGEST_REASON)
    payload = {"command": shlex.join(argv), "exitCode": end.code, "reason": reason or None}
    await work.tell("verification:failed", payload)
    return StageEnd("failed", said_of(argv, end), leave_open=True)
