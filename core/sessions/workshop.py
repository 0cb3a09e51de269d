"""What every run of a session has to work with."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from core.clock import Clock
from core.ids import Entropy
from core.sessions.choosing import CurrentProviders
from core.sessions.worker import Worker
from storage.database import Database
from storage.ids import ApprovalId, SessionId

_POLL_SECONDS = 1.0


class Rules(Protocol):
    """What the configuration says of sessions."""

    @property
    def at_once(self) -> int: ...

    @property
    def output_mb(self) -> int: ...

    @property
    def approval_hours(self) -> float: ...

    @property
    def keep_days(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Workshop:
    """`home` is the folder of the home. `answered` wakes whoever waits in this process for an approval."""

    database: Database
    clock: Clock
    entropy: Entropy
    providers: CurrentProviders
    home: Path
    rules: Callable[[], Rules]
    worker: Worker
    answered: dict[ApprovalId, asyncio.Event] = field(default_factory=dict)

    def folder(self, session: SessionId) -> Path:
        """Where a session keeps what its turns wrote, and its work where it has no other place."""
        return self.home / "sessions" / str(session)

    def make_folder(self, session: SessionId, name: str) -> Path:
        """A folder in there, each of them readable by nobody else."""
        folder = self.folder(session) / name
        for made in (folder.parents[1], folder.parent, folder):
            made.mkdir(mode=0o700, exist_ok=True)
        return folder

    @property
    def worktrees(self) -> Path:
        return self.home / "worktrees"


class Slots:
    """How many runs go on in this process. One that only waits for a person's word gives its place to another."""

    def __init__(self) -> None:
        self.taken = 0
        self.returning = 0
        self._freed = asyncio.Event()

    def take(self) -> None:
        self.taken += 1

    def give(self) -> None:
        self.taken -= 1
        self._freed.set()

    async def take_again(self, most: Callable[[], int], stop: asyncio.Event) -> None:
        """Come back from waiting, ahead of those that have not begun, and at once when it is to stop. However
        this is left, the place is taken."""
        self.returning += 1
        try:
            while self.taken >= most() and not stop.is_set():
                self._freed.clear()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_POLL_SECONDS):
                        await self._freed.wait()
        finally:
            self.returning -= 1
            self.taken += 1

    def free(self, most: int) -> int:
        return max(0, most - self.taken - self.returning)
