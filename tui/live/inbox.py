"""The app's picture of one person's inbox on the server: ids in order, a window of records, the counts.

It asks, hears what changed, asks again for just that, and says to its watcher what is different. The screen only
shows it. An action changes the picture at once; the server's word replaces it when it comes. Another filter shows
its first page as soon as that is there, and all ids when they come."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from functools import partial
from typing import Protocol

from core.api import inbox, people, work
from core.api.inbox import InboxActionRequest, InboxCounts, InboxGrouping, InboxIndex, InboxItem
from core.api.stream import Change, Frame, Reset
from core.clock import Clock
from core.errors import CallboardError, UnreachableError
from storage.ids import Instant
from tui.live.apart import apart
from tui.live.feed import Connection, Feed
from tui.live.shown import Shown
from tui.live.source import Source

WINDOW = 100  # records asked for at once
KEPT = 3000  # records kept in memory
MANY = 400  # changes at once from which the whole order is asked for again
PAUSES = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0)  # seconds between attempts to reach the server


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

    def __init__(
        self, source: Source, clock: Clock, watcher: Watcher, feed: Feed | None = None, home: str = ""
    ) -> None:
        self._source = source
        self._clock = clock
        self._feed = feed or Feed()
        self._watcher = watcher
        self._home = home  # the filter that the next start begins with
        self._seen: tuple[list[InboxItem], int] | None = None
        self.shown = Shown()
        self.shown.filter = home
        self.counts = InboxCounts(0, 0, 0)
        self.me: people.Me | None = None
        self.connection: Connection = "connecting"
        self.trouble = ""
        self.known = False  # what is shown is the server's, not the cache's
        self.whole = False  # the ids are all that there are
        self.asked_at: Instant | None = None  # when everything was asked for
        self.held: int | None = None  # stays in the list while it is read, whatever the filter says
        self._seq: int | None = None
        self._changed: set[int] = set()
        self._all_changed = False
        self._hearing: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._asked: set[int] = set()
        self._sight = (0, WINDOW)
        self._version = 0  # of what is shown: an answer for something else is dropped
        self._question = 0  # what is to be shown: the latest wins
        self._indexing = asyncio.Lock()  # all ids are much: one question for them at a time
        self._completing: asyncio.Task[None] | None = None
        self._counting = False
        self._count_again = False

    @property
    def filter(self) -> str:
        return self.shown.filter

    @property
    def ids(self) -> list[int]:
        return self.shown.order.ids

    @property
    def starred(self) -> int:
        return self.shown.order.starred

    @property
    def records(self) -> dict[int, InboxItem]:
        return self.shown.records

    def seen(self) -> tuple[list[InboxItem], int] | None:
        """The first rows of what a start begins with, and how many of them are starred, as shown last."""
        if self.known and self.filter == self._home:
            items = [self.records[number] for number in self.ids[:WINDOW] if number in self.records]
            self._seen = items, min(self.starred, len(items))
        return self._seen

    def paint(self, items: Sequence[InboxItem], counts: InboxCounts) -> None:
        """Begin with what was known last."""
        self.shown.gather(items)
        self.counts = counts

    # What the server says

    async def run(self, ensure: Callable[[], object]) -> None:
        """Stay connected for good. `ensure` starts the server where it may; it blocks, so it runs in a thread."""
        attempt = 0
        while True:
            try:
                await apart(ensure)
                async for frame in self._source.changes(self._seq):
                    if self.connection != "live":
                        await self._caught_up()
                        attempt = 0
                    self._hear(frame)
            except (CallboardError, OSError) as error:
                self._say("lost", error.sentence if isinstance(error, CallboardError) else str(error))
            await asyncio.sleep(PAUSES[min(attempt, len(PAUSES) - 1)])
            attempt += 1

    async def _caught_up(self) -> None:
        if not self.known:
            await self._begin()
            self.me = await self._source.send(people.me())
            self._watcher.profile_changed()
        self._say("live", "")
        if not self.whole:
            self._complete()
        self._look_again([])
        self._count()

    async def _begin(self) -> None:
        while not self.known:  # whatever else was asked for meanwhile, and refused
            await self.look_for(self.filter)

    def _say(self, connection: Connection, trouble: str) -> None:
        if (connection, trouble) != (self.connection, self.trouble):
            self.connection, self.trouble = connection, trouble
            self._watcher.connection_changed()
            self._feed.connected(connection, trouble)

    def _hear(self, frame: Frame) -> None:
        self._seq = frame.seq
        self._feed.hear(frame)
        if isinstance(frame, Change) and frame.topic == "inbox" and frame.id:
            self._look_again([int(frame.id)])
        elif isinstance(frame, Reset) or (isinstance(frame, Change) and frame.topic == "inbox"):
            self._all_changed = True
            self._look_again([])

    def _look_again(self, ids: Iterable[int]) -> None:
        self._changed.update(ids)
        if (self._changed or self._all_changed) and (self._hearing is None or self._hearing.done()):
            self._hearing = self._start(self._follow())

    async def _follow(self) -> None:
        """Ask for what changed. What changes meanwhile is asked for together, next."""
        while self._changed or self._all_changed:
            ids, self._changed = sorted(self._changed), set()
            everything, self._all_changed = self._all_changed or len(ids) > MANY, False
            try:
                await (self.reload() if everything else self._ask_again(ids))
            except UnreachableError:
                self._changed.update(ids)
                self._all_changed = everything
                raise
            self._count()

    async def _ask_again(self, ids: list[int]) -> None:
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
        self._tell(asked, self.shown.take(asked, found))

    def _tell(self, ids: Iterable[int], first: int | None) -> None:
        self._watcher.items_changed(ids, first)
        if self.shown.misplaced:  # into a group of its own: the server knows where that is
            self._complete()

    # All that is shown

    async def look_for(self, filter: str, group: InboxGrouping | None = None) -> None:
        """Show another filter, or the same in other groups: the first page as soon as it is there. Raises the
        server's `InvalidError` when it is none, and shows what was shown."""
        self._question += 1
        question, group = self._question, group or self.shown.group
        turn = partial(self._turn_to, filter, group)
        if group in ("none", "day"):  # the first page is what the list begins with
            page = await self._source.send(inbox.page(limit=WINDOW, filter=filter))
            if question == self._question:
                turn()
                held = self._being_read()
                self.shown.gather(page.items)
                self._keep(held)
                self._replaced()
                self.whole = page.next is None
                if not self.whole:
                    self._complete()
            return
        async with self._indexing:
            if question != self._question:
                return
            index, items = await self._everything(filter, group)
            if question == self._question:
                turn()
                self._arrange(index, items)
                self._replaced()

    def _turn_to(self, filter: str, group: InboxGrouping) -> None:
        self.seen()
        self._version += 1
        self._sight = (0, WINDOW)
        if filter != self.filter:
            self.held = None
        self.shown.filter, self.shown.group = filter, group

    async def reload(self) -> None:
        """Ask for everything that is shown again, and show it when all of it is there."""
        version = self._version
        async with self._indexing:
            if version == self._version:
                index, items = await self._everything(self.filter, self.shown.group)
                if version == self._version:
                    self._arrange(index, items)
                    self._replaced()

    async def _everything(self, filter: str, group: InboxGrouping) -> tuple[InboxIndex, list[InboxItem]]:
        """All ids, and the records that are in sight, or will be."""
        self.shown.touched.clear()
        index = await self._source.send(inbox.index(filter, group))
        low, high = self._sight
        near = sorted({*self.ids[low:high], *index.ids[low:high], *index.ids[:WINDOW]})
        if not near:
            return index, []
        return index, (await self._source.send(inbox.these(near, filter))).items

    def _complete(self) -> None:
        """Ask for all ids, in order and in their groups, beside what is shown."""
        self.whole = False
        if self._completing is None or self._completing.done():
            self._completing = self._start(self._completed())

    async def _completed(self) -> None:
        while not self.whole:
            version = self._version
            async with self._indexing:
                if version != self._version:
                    continue
                self.shown.touched.clear()
                index = await self._source.send(inbox.index(self.filter, self.shown.group))
                if version == self._version:
                    before = self.ids[: 2 * WINDOW]
                    self._arrange(index)
                    self._watcher.items_changed((), _first_difference(before, self.ids))

    def _arrange(self, index: InboxIndex, items: Sequence[InboxItem] | None = None) -> None:
        """Have these ids in this order, and no other records than these, if they are given."""
        held = self._being_read()
        if items is not None:
            self.shown.know(items)
        self.shown.arrange(index)
        self._keep(held)
        self.whole = True
        if self.shown.touched:
            self._look_again(self.shown.touched)

    def _being_read(self) -> InboxItem | None:
        return None if self.held is None else self.records.get(self.held)

    def _keep(self, held: InboxItem | None) -> None:
        """What is being read is in the list, whatever the filter says."""
        if held is not None:
            self.shown.take([held.id], {held.id: self.records.get(held.id, held)})

    def _replaced(self) -> None:
        self._asked.clear()
        self.known = True
        self.asked_at = self._clock.now()
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

    def need(self, first: int, last: int) -> None:
        """The records between two positions will be shown: ask for those that are missing, with some more."""
        self._sight = max(0, first - WINDOW // 2), last + WINDOW // 2
        if not self._missing(first, last):
            return
        missing = self._missing(*self._sight)
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
        if version == self._version:
            self.shown.forget(KEPT)
            await self._take(ids, {item.id: item for item in page.items})

    async def matching(self, filter: str) -> InboxIndex:
        """All ids that another filter matches."""
        return await self._source.send(inbox.index(filter))

    def foresee(self, request: InboxActionRequest) -> None:
        """Show what an action will come to, before the server says it."""
        self._tell(request.ids, self.shown.foresee(request, self.held, self._clock))

    async def act(self, request: InboxActionRequest) -> inbox.InboxActionResult:
        """Do it on the server. What is refused is shown as it is there."""
        try:
            return await self._source.send(inbox.act(request))
        except CallboardError:
            self._look_again(request.ids)
            raise

    async def undo(self) -> work.WorkUndone:
        """Take back the person's latest action, whatever it was and from wherever it was done."""
        return await self._source.send(work.undo())

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


def _first_difference(before: Sequence[int], after: Sequence[int]) -> int:
    pairs = zip(before, after, strict=False)
    return next((at for at, (old, new) in enumerate(pairs) if old != new), min(len(before), len(after)))
