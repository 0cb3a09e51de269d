"""After the server was killed: ends what its runs left alive, found by identity and by mark, and nothing else."""

import asyncio
from collections.abc import Iterable
from typing import NamedTuple

from core.sessions.supervision.command import Identity
from core.sessions.supervision.marks import Seen, boot_id, end_all, look

_GRACE = 2.0


class Left(NamedTuple):
    """A run that was running: what was known of its process, if it came so far, and its mark."""

    identity: Identity | None
    mark: str


async def end_leftovers(runs: Iterable[Left]) -> list[Left]:
    """End every process of these runs. Answers those of which something was still alive. One pass over the
    processes serves all runs, and they share the time in which they may end by themselves."""
    return await asyncio.to_thread(_end, tuple(runs))


def _end(runs: tuple[Left, ...]) -> list[Left]:
    if not runs:
        return []
    looking = _Looking(runs)
    end_all(looking.theirs, _GRACE)
    return [run for run in runs if run.mark in looking.marks or run.identity in looking.leaders]


class _Looking:
    """What was found: the first processes of runs, and the marks that something carried."""

    def __init__(self, runs: tuple[Left, ...]) -> None:
        self.leaders: set[Identity] = set()
        self.marks: set[str] = set()
        self._sought = {run.identity for run in runs if run.identity is not None}
        self._marks = frozenset(run.mark for run in runs)
        self._members: set[tuple[int, int]] = set()

    def theirs(self) -> list[Seen]:
        """A session or a group is known by its first process alone: when that has ended, the number may be
        another's."""
        boot = boot_id()
        all_seen = list(look(self._marks))
        leaders = {seen.pid: Identity(seen.pid, seen.started, boot) for seen in all_seen}
        leaders = {pid: leader for pid, leader in leaders.items() if leader in self._sought}
        self.leaders.update(leaders.values())
        for seen in all_seen:
            self.marks.update(seen.marks)
            if seen.marks or leaders.keys() & {seen.pid, seen.session, seen.group}:
                self._members.add((seen.pid, seen.started))
        return [seen for seen in all_seen if (seen.pid, seen.started) in self._members]
