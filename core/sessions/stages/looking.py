"""A turn in which the agent may only look: what it changed all the same is put back."""

from typing import NamedTuple

from core.sessions.stages.work import Work
from core.sessions.turns import Purpose, TurnResult

_PUT_BACK = "It changed files, which it was not to do; they were put back."
_UNKNOWN = "That it changed nothing cannot be checked here."


class Look(NamedTuple):
    """What came of it. `remark` is what there is to say of the files: nothing where they are as they were."""

    result: TurnResult
    changed: bool
    remark: str

    def said(self, detail: str) -> str:
        return f"{detail} {self.remark}".strip()


async def look(work: Work, prompt: str, purpose: Purpose, *, fresh: bool) -> Look:
    before = await work.snapshot()
    result = await work.turn(prompt, purpose, fresh=fresh, read_only=True)
    if before is None:
        return Look(result, False, _UNKNOWN)
    changed = await work.restore(before)
    return Look(result, changed, _PUT_BACK if changed else "")
