"""One person's inbox: read as a list, changed item by item or in bulk, and every change taken back on demand."""

from collections.abc import Callable, Sequence
from functools import partial

from core.api.inbox import (
    InboxActionRequest,
    InboxActionResult,
    InboxCounts,
    InboxGrouping,
    InboxIndex,
    InboxItem,
    InboxQuery,
    UndoRequest,
    UndoResult,
)
from core.api.wire import Page
from core.caller import Caller
from core.clock import Clock, from_datetime
from core.config import RetentionSettings
from core.errors import InvalidError
from core.inbox import grouping
from core.inbox.actions import decide
from core.inbox.changing import MOST_AT_ONCE, Changing, missing
from core.inbox.keeping import Figures
from core.inbox.listing import cursor_of, narrow, place_of, shown
from core.paging import MOST, one_more
from core.paging import page as page_of
from storage import changes, inbox, inbox_counts, inbox_lists
from storage.database import Connection, Database
from storage.ids import ChangeSeq, Instant, ItemId
from storage.inbox import ItemRow, Narrowing


class Inbox:
    """What a person can ask of their own inbox. Nobody asks for another's. `figures` says how long items stay."""

    def __init__(
        self, database: Database, clock: Clock, figures: Callable[[], Figures] = RetentionSettings
    ) -> None:
        self._database = database
        self._clock = clock
        self._figures = figures
        self._changing = Changing(database, clock)

    async def page(self, caller: Caller, query: InboxQuery) -> Page[InboxItem]:
        """Starred first, then newest first; or, with `ids`, these alone in that order."""
        most = one_more(query)
        if query.ids:
            return await self._these(caller, query)
        narrowing, now = await self._narrowed(caller, query.filter)
        below = place_of(query.cursor) if query.cursor else None
        rows = await self._database.read(
            lambda connection: inbox_lists.page(connection, caller.person, narrowing, below, most, now)
        )
        return page_of(rows, query.limit, self._shown, cursor_of)

    async def index(self, caller: Caller, filter: str, group: InboxGrouping = "none") -> InboxIndex:
        """The ids of all that the page would come to, in groups where these are asked for."""
        narrowing, now = await self._narrowed(caller, filter)
        if group != "none":
            return await self._database.read(
                partial(grouping.index, caller=caller, narrowing=narrowing, now=now, by=group)
            )

        def unit(connection: Connection) -> InboxIndex:
            seq: ChangeSeq = changes.last(connection)
            starred = inbox_lists.starred_count(connection, caller.person, narrowing, now)
            return InboxIndex(inbox_lists.index(connection, caller.person, narrowing, now), starred, seq)

        return await self._database.read(unit)

    async def counts(self, caller: Caller) -> InboxCounts:
        return InboxCounts(*await self._database.read(partial(inbox_counts.counts, person=caller.person)))

    async def show(self, caller: Caller, item: int) -> InboxItem:
        """The item, left as unread as it is."""
        row = await self._database.read(lambda c: inbox.one(c, caller.person, ItemId(item)))
        if row is None:
            raise missing(item)
        return shown(row, self._figures())

    async def act(self, caller: Caller, request: InboxActionRequest) -> InboxActionResult:
        """Do it to the items named, or to all that the filter matches; what is so already stays untouched."""
        now = self._clock.now()
        change = decide(request.action, now, _until(caller, request))
        if (request.filter is None) == (not request.ids):
            raise InvalidError("Name the items by ids, or all that a filter matches, but not both.", "ids")
        if request.filter is None:
            ids = _named(request)
            return await self._changing.act(caller.person, ids, change, named=True, undoable=request.undoable)
        narrowing, _ = await self._narrowed(caller, request.filter)
        matching = await self._database.read(lambda c: inbox_lists.index(c, caller.person, narrowing, now))
        if request.upto is not None:
            matching = [item for item in matching if item <= request.upto]
        return await self._changing.act(caller.person, matching, change, named=False, undoable=request.undoable)

    async def undo(self, caller: Caller, request: UndoRequest) -> UndoResult:
        """Take the step back, or the latest there is."""
        return await self._changing.undo(caller.person, request.step)

    async def finish_actions(self) -> None:
        """Finish the actions that a server before this one has begun and not come to the end of."""
        await self._changing.finish_all()

    async def _these(self, caller: Caller, query: InboxQuery) -> Page[InboxItem]:
        wanted = _numbers(query.ids)
        narrowing, now = await self._narrowed(caller, query.filter)
        rows = await self._database.read(
            lambda connection: inbox_lists.these(connection, caller.person, narrowing, wanted, now)
        )
        found = {row.id: row for row in rows}
        return Page(self._shown([found[ItemId(item)] for item in wanted if item in found]))

    def _shown(self, rows: Sequence[ItemRow]) -> list[InboxItem]:
        figures = self._figures()
        return [shown(row, figures) for row in rows]

    async def _narrowed(self, caller: Caller, filter: str) -> tuple[Narrowing, Instant]:
        now = self._clock.now()
        return await narrow(self._database, caller, filter, now), now


def _until(caller: Caller, request: InboxActionRequest) -> Instant | None:
    """Until when, as an instant; without a zone, it is the person's own time."""
    until = request.until
    if until is None:
        return None
    return from_datetime(until if until.tzinfo else until.replace(tzinfo=caller.zone))


def _named(request: InboxActionRequest) -> list[int]:
    if request.upto is not None:
        raise InvalidError("This goes with a filter only.", "upto")
    if len(request.ids) > MOST_AT_ONCE:
        raise InvalidError(f"Name {MOST_AT_ONCE:,} items at most, or give a filter that matches them.", "ids")
    return list(dict.fromkeys(request.ids))


def _numbers(text: str) -> list[int]:
    numbers = text.split(",")
    if len(numbers) > MOST or not all(
        number.isascii() and number.isdigit() and len(number) < 19 for number in numbers
    ):
        raise InvalidError(f"Write up to {MOST} numbers with commas between them.", "ids")
    return list(dict.fromkeys(map(int, numbers)))
