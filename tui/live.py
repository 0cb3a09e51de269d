"""The app's picture of one person's inbox on the server: ids in order, a window of records, the counts.

It asks, hears what changed, asks again for just that, and says to its watcher what is different. The screen only
shows it. An action changes the picture at once; the server's word replaces it when it comes."""

import asyncio
from bisect import bisect_left
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from contextlib import suppress
from threading import Thread
from typing import Protocol, TypeVar

from msgspec.structs import replace

from core.api import inbox, people
from core.api.inbox import InboxAction, InboxActionRequest, InboxCounts, InboxItem
from core.api.stream import Change, Frame, Reset
from core.api.wire import Call
from core.clock import Clock, to_datetime
from core.errors import CallboardError, UnreachableError
from tui.feed import Connection, Feed

T = TypeVar("T")

WINDOW = 100  # records asked for at once
KEPT = 3000  # records kept in memory
MANY = 400  # changes at once from which the whole order is asked for again
PAUSES = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0)  # seconds between attempts to reach the server


class Source(Protocol):
    """A server, or what stands in for one."""

    async def send(self, call: Call[T]) -> T:
        """The answer."""

    def changes(self, after: int | None = None) -> AsyncIterator[Frame]:
        """What changes from a position on."""


class Watcher(Protocol):
    """Who is told what is different."""

    def connection_changed(self) -> None: ...
    def items_replaced(self) -> None: ...
    def items_changed(self, ids: Iterable[int], first: int | None) -> None:
        """These records are different; from the position `first` on the order is, too."""

    def counts_changed(self) -> None: ...
    def profile_changed(self) -> None: ...
    def refused(self, error: CallboardError) -> None: ...
    def broke(self, error: Exception) -> None:
        """A mistake of our own: what is shown can be trusted no longer."""


class LiveInbox:
    """What the list shows: all ids of the current filter, and the records that were looked at."""

    def __init__(self, source: Source, clock: Clock, watcher: Watcher, feed: Feed | None = None) -> None:
        self._source = source
        self._clock = clock
        self._feed = feed or Feed()
        self._watcher = watcher
        self.filter = ""
        self.ids: list[int] = []
        self.starred = 0
        self.records: dict[int, InboxItem] = {}
        self.counts = InboxCounts(0, 0, 0)
        self.me: people.Me | None = None
        self.connection: Connection = "connecting"
        self.trouble = ""
        self.known = False  # the ids are the server's, not the cache's
        self.held: int | None = None  # stays in the list while it is read, whatever the filter says
        self._seq: int | None = None
        self._changed: set[int] = set()
        self._hearing: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._asked: set[int] = set()
        self._version = 0  # of the filter: an answer to an older question is dropped
        self._counting = False
        self._count_again = False

    def seen(self) -> tuple[list[InboxItem], int] | None:
        """The first rows of the inbox, and how many of them are starred, if it is the inbox that is shown."""
        if not self.known or self.filter:
            return None
        ids = [number for number in self.ids[:WINDOW] if number in self.records]
        return [self.records[number] for number in ids], min(self.starred, len(ids))

    def paint(self, items: Sequence[InboxItem], starred: int, counts: InboxCounts) -> None:
        """Begin with what was known last."""
        self.ids, self.starred = [item.id for item in items], starred
        self.records = {item.id: item for item in items}
        self.counts = counts

    # What the server says

    async def run(self, ensure: Callable[[], object]) -> None:
        """Stay connected for good. `ensure` starts the server where it may; it blocks, so it runs in a thread."""
        attempt = 0
        while True:
            try:
                await _apart(ensure)
                async for frame in self._source.changes(self._seq):
                    if self.connection != "live":
                        await self._caught_up(fresh=not self.known)
                        attempt = 0
                    self._hear(frame)
            except (CallboardError, OSError) as error:
                self._say("lost", error.sentence if isinstance(error, CallboardError) else str(error))
            await asyncio.sleep(PAUSES[min(attempt, len(PAUSES) - 1)])
            attempt += 1

    async def _caught_up(self, fresh: bool) -> None:
        if fresh:
            await self.reload()
            self.me = await self._source.send(people.me())
            self._watcher.profile_changed()
        self._say("live", "")
        self._look_again([])
        self._count()

    def _say(self, connection: Connection, trouble: str) -> None:
        if (connection, trouble) != (self.connection, self.trouble):
            self.connection, self.trouble = connection, trouble
            self._watcher.connection_changed()
            self._feed.connected(connection, trouble)

    def _hear(self, frame: Frame) -> None:
        self._seq = frame.seq
        self._feed.hear(frame)
        if isinstance(frame, Reset):
            self._changed.clear()
            self.known = False
            self._start(self.reload())
        elif isinstance(frame, Change) and frame.topic == "inbox":
            if frame.id is None:
                self._start(self.reload())
            else:
                self._look_again([int(frame.id)])

    def _look_again(self, ids: Iterable[int]) -> None:
        self._changed.update(ids)
        if self._changed and (self._hearing is None or self._hearing.done()):
            self._hearing = self._start(self._follow())

    async def _follow(self) -> None:
        """Ask for what changed. What changes meanwhile is asked for together, next."""
        while self._changed:
            ids, self._changed = sorted(self._changed), set()
            try:
                await self._ask_again(ids)
            except UnreachableError:
                self._changed.update(ids)
                raise
            self._count()

    async def _ask_again(self, ids: list[int]) -> None:
        if len(ids) > MANY:
            await self.reload()
            return
        version = self._version
        page = await self._source.send(inbox.these(ids, self.filter))
        if version == self._version:
            await self._take(ids, {item.id: item for item in page.items})

    async def _take(self, asked: Sequence[int], found: dict[int, InboxItem]) -> None:
        held = self.held
        if held is not None and held in asked and held not in found:
            try:
                found[held] = await self._source.send(inbox.show(held))
            except CallboardError:
                self.held = None
        first: int | None = None
        for number in asked:
            position = self._place(found[number]) if number in found else self._remove(number)
            if position is not None:
                first = position if first is None else min(first, position)
        self._watcher.items_changed(asked, first)

    async def reload(self) -> None:
        """Ask for everything that is shown again."""
        version = self._version
        first, index = await asyncio.gather(
            self._source.send(inbox.page(limit=WINDOW, filter=self.filter)),
            self._source.send(inbox.index(self.filter)),
        )
        if version != self._version:
            return
        self.records = {item.id: item for item in first.items}
        self._asked.clear()
        self.ids, self.starred = index.ids, index.starred
        if self._seq is None:
            self._seq = index.seq
        self.known = True
        self._watcher.items_replaced()
        self._count()

    def _count(self) -> None:
        """Ask for the counts, once at a time: many changes in a row are counted at the end."""
        self._count_again = True
        if not self._counting:
            self._counting = True
            self._start(self._counted())

    async def _counted(self) -> None:
        try:
            while self._count_again:
                self._count_again = False
                counts = await self._source.send(inbox.counts())
                if counts != self.counts:
                    self.counts = counts
                    self._watcher.counts_changed()
                await asyncio.sleep(0.1)
        finally:
            self._counting = False

    # What the screen asks for

    async def look_for(self, filter: str) -> None:
        """Show another filter. Raises the server's `InvalidError` when it is none, and shows what was shown."""
        before, self.filter = self.filter, filter
        self._version += 1
        self.held = None
        try:
            await self.reload()
        except CallboardError:
            if self.filter == filter:
                self.filter = before
            raise

    def need(self, first: int, last: int) -> None:
        """The records between two positions will be shown: ask for those that are missing, with some more."""
        if not self._missing(first, last):
            return
        missing = self._missing(max(0, first - WINDOW // 2), last + WINDOW // 2)
        for start in range(0, len(missing), WINDOW):
            self._start(self._fetch(missing[start : start + WINDOW]))

    def _missing(self, first: int, last: int) -> list[int]:
        known, asked = self.records, self._asked
        return [number for number in self.ids[first:last] if number not in known and number not in asked]

    async def _fetch(self, ids: list[int]) -> None:
        self._asked.update(ids)
        version = self._version
        try:
            page = await self._source.send(inbox.these(ids, self.filter))
        finally:
            self._asked.difference_update(ids)
        if version != self._version:
            return
        if len(self.records) > KEPT:
            self.records = {number: self.records[number] for number in list(self.records)[-KEPT // 2 :]}
        await self._take(ids, {item.id: item for item in page.items})

    async def act(self, request: InboxActionRequest) -> inbox.InboxActionResult:
        """Do it, here at once and on the server."""
        if request.filter is None:
            self._foresee(request)
        try:
            return await self._source.send(inbox.act(request))
        except CallboardError:
            self._look_again(request.ids)
            raise

    async def undo(self, step: int | None) -> inbox.UndoResult:
        return await self._source.send(inbox.undo(step))

    def _foresee(self, request: InboxActionRequest) -> None:
        first: int | None = None
        gone = request.action in ("dismiss", "restore", "snooze", "unsnooze")
        for number in request.ids:
            item = self.records.get(number)
            position = None
            if gone and number != self.held:
                position = self._remove(number, forget=False)
            elif item is not None and not gone:
                position = self._place(_after(item, request.action, self._clock))
            if position is not None:
                first = position if first is None else min(first, position)
        self._watcher.items_changed(request.ids, first)

    # The order: starred first, then newest; ids grow with time

    def find(self, number: int) -> int | None:
        """Where an item is in the list."""
        for low, high in ((0, self.starred), (self.starred, len(self.ids))):
            position = bisect_left(self.ids, -number, low, high, key=int.__neg__)
            if position < high and self.ids[position] == number:
                return position
        return None

    def _place(self, item: InboxItem) -> int | None:
        """Put an item where it belongs; from where on the order is different, if it is."""
        starred = item.starred_at is not None
        self.records[item.id] = item
        now = self.find(item.id)
        if now is not None and (now < self.starred) == starred:
            return None
        if now is not None:
            self._remove(item.id, forget=False)
        low, high = (0, self.starred) if starred else (self.starred, len(self.ids))
        position = bisect_left(self.ids, -item.id, low, high, key=int.__neg__)
        self.ids.insert(position, item.id)
        self.starred += starred
        return position if now is None else min(position, now)

    def _remove(self, number: int, forget: bool = True) -> int | None:
        if forget:
            self.records.pop(number, None)
        position = self.find(number)
        if position is not None:
            del self.ids[position]
            self.starred -= position < self.starred
        return position

    def release(self) -> None:
        """What was held is read no longer: it leaves the list if the filter leaves it out."""
        held, self.held = self.held, None
        if held is not None and self.filter:
            self._look_again([held])

    def _start(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A lost connection is for `run` to notice; any other refusal is said, and the picture stays."""
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, UnreachableError) or error is None:
            return
        if isinstance(error, CallboardError):
            self._watcher.refused(error)
        elif isinstance(error, Exception):
            self._watcher.broke(error)


async def _apart(work: Callable[[], object]) -> None:
    """Run what blocks in a thread that nobody waits for at the end: leaving the app must not take long."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def settle(error: Exception | None) -> None:
        if not done.done():
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)

    def run() -> None:
        error = None
        try:
            work()
        except Exception as raised:
            error = raised
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, error)

    Thread(target=run, daemon=True).start()
    await done


def _after(item: InboxItem, action: InboxAction, clock: Clock) -> InboxItem:
    now = to_datetime(clock.now())
    match action:
        case "read":
            return replace(item, read_at=item.read_at or now)
        case "unread":
            return replace(item, read_at=None)
        case "star":
            return replace(item, starred_at=item.starred_at or now)
        case "unstar":
            return replace(item, starred_at=None)
        case _:
            return item
