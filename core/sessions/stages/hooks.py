"""A workspace's own commands at the turning points of a session."""

import shlex

from core.sessions.settings_words import Hook
from core.sessions.stages.ending import last_of, said_of
from core.sessions.stages.values import surroundings
from core.sessions.stages.work import StageEnd, Work

_HOLDING = frozenset({"on_done", "pre_merge"})
"""Where one of these fails, the session stays open."""

_LONGEST_REASON = 1_000


async def run_hooks(when: Hook, work: Work) -> StageEnd | None:
    """Run them in their order, up to the first that fails or outlives its limit; nothing where there are none."""
    subject = work.subject
    commands = subject.commands.hooks.get(when)
    if not commands:
        return None
    env = {**surroundings(subject), "CALLBOARD_HOOK": when}
    for argv in commands:
        end = await work.command(tuple(argv), env=env, seconds=float(subject.commands.hook_seconds))
        if end.stopped:
            return StageEnd("cancelled", end.detail)
        if end.code != 0:
            reason = end.detail or last_of(end.tail.strip(), _LONGEST_REASON)
            payload = {"hook": when, "command": shlex.join(argv), "exitCode": end.code, "reason": reason or None}
            await work.tell("hook:failed", payload)
            return StageEnd("failed", f"Hook {when}: {said_of(argv, end)}", leave_open=when in _HOLDING)
    return StageEnd("passed")
