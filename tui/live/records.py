"""The app's picture of one list of the server: as many pages as were looked at, kept as the server says.

What changes is asked for again together, down to the last row that was looked at: the server alone knows the
order and what a filter takes."""

from collections.abc import Callable, Collection, Coroutine, Iterable
from typing import Generic, Protocol, TypeVar, cast

from core.api.wire import Call, Page
from core.errors import CallboardError, UnreachableError
from tui.live.feed import Heard
from tui.live.looking import Looking
from tui.live.source import Source


class Numbered(Protocol):
    """Whatever has a number of its own."""

    @property
    def id(self) -> int: ...


R = TypeVar("R")

Ask = Callable[[int, str | None, str], Call[Page[R]]]
"""The call for a page: how many, from which cursor on, by which filter."""

WINDOW = 100  # records asked for at once
MOST = 500  # records in one page, when all that was looked at is asked for again


class RecordsWatcher(Protocol):
    """Who is told what is different."""

    def records_replaced(self) -> None: ...
    def records_changed(self, ids: Iterable[int], first: int | None) -> None:
        """These records are different; from the position `first` on the order is, too."""


def own_number(record: object) -> int:
    return cast(Numbered, record).id


class Numbering:
    """A number for each name, for as long as a list is shown: its rows are told apart by numbers."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def of(self, name: str) -> int:
        return self._numbers.setdefault(name, len(self._numbers) + 1)


class LiveRecords(Generic[R]):
    """Works in tasks of its owner, which says what was refused. `number` tells records apart that have none of
    their own."""

    def __init__(
        self,
        source: Source,
        ask: Ask[R],
        topics: Collection[str],
        start: Callable[[Coroutine[None, None, None]], None],
        watcher: RecordsWatcher,
        number: Callable[[R], int] = own_number,
    ) -> None:
        self._source = source
        self._number = number
        self._ask = ask
        self._topics = topics
        self._start = start
        self._watcher = watcher
        self.filter = ""
        self.ids: list[int] = []
        self.records: dict[int, R] = {}
        self.known = False  # the server has answered
        self.refusal = ""  # why it does not show anything
        self._next: str | None = None
        self._seen = 0  # rows that were in sight at one time
        self._version = 0  # of the filter: an answer to an older question is dropped
        self._asking_more = False
        self._looking = Looking(self._look, start)

    @property
    def whole(self) -> bool:
        """Whether there is nothing after the last row."""
        return self.known and self._next is None

    def hear(self, heard: Heard) -> None:
        """What changed may be in this list, or belong into it."""
        self._looking.hear(heard, self._topics, self.known)

    def look_again(self) -> None:
        self._looking.again()

    async def _look(self) -> None:
        try:
            await self._ask_again()
        except UnreachableError:
            raise
        except CallboardError as error:
            self.refusal = error.sentence
            if not self.known:
                self._watcher.records_replaced()
            raise

    async def _ask_again(self) -> None:
        version = self._version
        wanted = max(WINDOW, self._seen)
        items, cursor = await self._pages(wanted, self.filter)
        if version == self._version:
            self._take(items, cursor)

    async def _pages(self, wanted: int, filter: str) -> tuple[list[R], str | None]:
        items: list[R] = []
        cursor: str | None = None
        while True:
            page = await self._source.send(self._ask(min(MOST, wanted - len(items)), cursor, filter))
            items += page.items
            cursor = page.next
            if cursor is None or len(items) >= wanted:
                return items, cursor

    def _take(self, items: list[R], cursor: str | None) -> None:
        fresh = {self._number(item): item for item in items}
        ids = list(fresh)
        first_time = not self.known
        changed = [number for number, item in fresh.items() if self.records.get(number) != item]
        first = _first_difference(self.ids, ids)
        self.ids[:] = ids
        self.records = fresh
        self._next = cursor
        self.known, self.refusal = True, ""
        if first_time:
            self._watcher.records_replaced()
        elif changed or first is not None:
            self._watcher.records_changed(changed, first)

    async def look_for(self, filter: str) -> None:
        """Show another filter. Raises what the server refuses it with, and shows what was shown."""
        self._version += 1
        version = self._version
        items, cursor = await self._pages(WINDOW, filter)
        if version == self._version:
            self.filter = filter
            self._seen = 0
            self.known = False
            self._take(items, cursor)

    def need(self, first: int, last: int) -> None:
        """The rows between two positions are in sight: ask for the next page when its rows come near."""
        self._seen = max(self._seen, last)
        if self._next is not None and not self._asking_more and last > len(self.ids) - WINDOW // 2:
            self._asking_more = True
            self._start(self._more())

    async def _more(self) -> None:
        version, cursor = self._version, self._next
        try:
            page = await self._source.send(self._ask(WINDOW, cursor, self.filter))
        except UnreachableError:
            return
        finally:
            self._asking_more = False
        if version != self._version or cursor != self._next:
            return
        start = len(self.ids)
        new = {number: item for item in page.items if (number := self._number(item)) not in self.records}
        self.ids.extend(new)
        self.records.update(new)
        self._next = page.next
        self._watcher.records_changed([], start)


def _first_difference(before: list[int], after: list[int]) -> int | None:
    for position, (old, new) in enumerate(zip(before, after, strict=False)):
        if old != new:
            return position
    return None if len(before) == len(after) else min(len(before), len(after))
