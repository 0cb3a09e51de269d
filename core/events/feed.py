"""The change feed: every connected client hears what it must look at again, in the order of the commits.

A subscription is registered before anything is replayed to it, so that nothing falls between. It holds a bounded
number of changes: a slow reader is told to start afresh, and never delays another."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import NamedTuple

from core.caller import Caller
from storage import changes, people, workspaces
from storage.changes import ChangeRow
from storage.database import Connection, Database
from storage.ids import ChangeSeq, PersonId, WorkspaceId
from storage.wakeup import Wakeup

_HELD = 1_000
_BATCH = 1_000
_POLL_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Change:
    """Look at this again."""

    seq: ChangeSeq
    topic: str
    subject: str


@dataclass(frozen=True, slots=True)
class Reset:
    """Look at everything again: what happened up to here is not known one by one."""

    seq: ChangeSeq


class Listener(NamedTuple):
    """Somebody who is connected, and the workspaces that they see: all of them where nothing is said."""

    person: PersonId
    workspaces: frozenset[WorkspaceId] | None


class Subscription:
    """One listener's part of the feed. Iterate it; leave it by `close`, or use it as a context."""

    def __init__(self, feed: "Feed", caller: Caller, seq: ChangeSeq) -> None:
        self.seq = seq  # where it begins: everything after this is heard
        self._feed = feed
        self.replays = False  # has changes to catch up with before it hears new ones
        self._person = caller.person
        self._by_socket = caller.key is None
        self._admin = caller.admin
        self._workspaces = caller.workspaces
        self._gone = False
        self._waiting: deque[Change] = deque()
        self._reset: ChangeSeq | None = None
        self._ready = asyncio.Event()
        self._closed = False
        self._heard = seq

    @property
    def person(self) -> PersonId:
        return self._person

    @property
    def listener(self) -> Listener | None:
        """Who listens, unless their right to has ended."""
        if self._gone or self._closed:
            return None
        return Listener(self._person, None if self._admin else self._workspaces)

    def look_up_rights(self, connection: Connection) -> None:
        """Learn anew what the listener may see: an API key never sees as an admin."""
        person = people.person_by_id(connection, self._person)
        self._gone = person is None or person.left_at is not None
        self._admin = self._by_socket and person is not None and person.admin
        self._workspaces = workspaces.workspaces_of(connection, self._person)

    def hear(self, row: ChangeRow) -> None:
        """Take the change, if it is new to this listener and theirs to see."""
        if row.seq <= self._heard:
            return
        self._heard = row.seq
        if self._gone or self._closed or not self._sees(row):
            return
        if self._reset is not None:
            self._reset = row.seq
        elif len(self._waiting) == _HELD:
            self.start_afresh(row.seq)
        else:
            self._waiting.append(Change(row.seq, row.topic, row.subject))
        self._ready.set()

    def start_afresh(self, seq: ChangeSeq) -> None:
        """Drop what waits, and say so to the listener."""
        self._waiting.clear()
        self._reset = seq
        self._heard = max(self._heard, seq)
        self._ready.set()

    def close(self) -> None:
        """Hear no more; whoever waits on the subscription comes to its end."""
        self._closed = True
        self._feed.forget(self)
        self._ready.set()

    def __enter__(self) -> "Subscription":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __aiter__(self) -> AsyncIterator[Change | Reset]:
        return self

    async def __anext__(self) -> Change | Reset:
        while not self._closed:
            if self._reset is not None:
                reset, self._reset = Reset(self._reset), None
                return reset
            if self._waiting:
                return self._waiting.popleft()
            self._ready.clear()
            await self._ready.wait()
        raise StopAsyncIteration

    async def several(self) -> list[Change | Reset]:
        """All that waits, at least one; nothing when the subscription was closed."""
        heard: list[Change | Reset] = []
        async for change in self:
            heard.append(change)
            if not self._waiting and self._reset is None:
                break
        return heard

    def _sees(self, row: ChangeRow) -> bool:
        if row.person_id is not None:
            return row.person_id == self._person
        return row.workspace_id is None or self._admin or row.workspace_id in self._workspaces


def _since(connection: Connection, *, seq: ChangeSeq) -> tuple[ChangeSeq, ChangeSeq, list[ChangeRow]]:
    rows = changes.after(connection, seq, _HELD + 1)
    return changes.first(connection), changes.last(connection), rows


class Feed:
    """Follows the changes of one database, and tells its subscriptions."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._subscriptions: set[Subscription] = set()
        self._woken = asyncio.Event()
        self._position: ChangeSeq | None = None
        self._wakeup = Wakeup(database.dialect)
        database.on_commit(self.wake)
        database.on_commit(self._wakeup.committed)

    @property
    def clients(self) -> int:
        """How many are listening."""
        return len(self._subscriptions)

    @property
    def listeners(self) -> set[Listener]:
        """Who is connected to this server."""
        return {one.listener for one in self._subscriptions if one.listener is not None}

    @property
    def position(self) -> ChangeSeq:
        """The latest change that was told."""
        return ChangeSeq(0) if self._position is None else self._position

    def wake(self) -> None:
        """There may be something to tell. A wake-up that gets lost costs one poll."""
        self._woken.set()

    def subscribe(self, caller: Caller, after: ChangeSeq | None = None) -> Subscription:
        """Listen from here on, or from just after a change that was heard before."""
        subscription = Subscription(self, caller, self.position if after is None else after)
        subscription.replays = after is not None or self._position is None
        self._subscriptions.add(subscription)
        self.wake()
        return subscription

    def forget(self, subscription: Subscription) -> None:
        self._subscriptions.discard(subscription)

    async def run(self) -> None:
        """Tell until cancelled, then let all listeners go."""
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._wakeup.run(self.wake))
                both.create_task(self._follow())
        finally:
            for subscription in list(self._subscriptions):
                subscription.close()

    async def _follow(self) -> None:
        while True:
            self._woken.clear()
            await self.catch_up()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_POLL_SECONDS):
                    await self._woken.wait()

    async def catch_up(self) -> None:
        """Tell all that is new."""
        while await self._tell():
            pass

    async def _tell(self) -> bool:
        """Tell the next changes, first to those who have some to catch up with; whether there may be more."""
        if self._position is None:
            self._position = await self._database.read(changes.last)
        for subscription in [waiting for waiting in self._subscriptions if waiting.replays]:
            await self._replay(subscription)
        rows = await self._database.read(partial(changes.after, seq=self._position, limit=_BATCH))
        if not rows:
            return False
        await self._admit({row.person_id for row in rows if row.topic == "me" and row.person_id is not None})
        for row in rows:
            for subscription in self._subscriptions:
                if not subscription.replays:  # one that came in between is told these with what it missed
                    subscription.hear(row)
        self._position = rows[-1].seq
        return len(rows) == _BATCH

    async def _replay(self, subscription: Subscription) -> None:
        """What came after the change that the listener heard last, or a fresh start where it is too long ago."""
        seq = subscription.seq
        subscription.replays = False
        first, last, rows = await self._database.read(partial(_since, seq=seq))
        if seq + 1 < first or seq > last or len(rows) > _HELD:
            subscription.start_afresh(last)
            return
        for row in rows:
            subscription.hear(row)

    async def _admit(self, moved: set[PersonId]) -> None:
        """Who has come to belong elsewhere, or left, hears so at once."""
        for subscription in [one for one in self._subscriptions if one.person in moved]:
            await self._database.read(subscription.look_up_rights)
