"""What a person can ask of their My Work. Nobody asks for another's."""

from collections.abc import Sequence
from functools import partial

from core.api.inbox import UndoRequest
from core.api.wire import Page
from core.api.work import (
    Sidebar,
    SidebarQuery,
    WorkActionRequest,
    WorkActionResult,
    WorkItem,
    WorkQuery,
    WorkUndone,
)
from core.caller import Caller
from core.clock import Clock
from core.errors import InvalidError, NotFoundError
from core.ids import row_number
from core.inbox.changing import MOST_AT_ONCE, Changing
from core.inbox.service import Inbox
from core.mywork import hiding, listing
from core.mywork.hiding import Chosen
from core.mywork.kind import Kind
from core.mywork.kinds import KINDS
from core.people.words import quoted
from storage import inbox_actions, mywork
from storage.database import Connection, Database
from storage.ids import Instant


class MyWork:
    """Reads and hides things of all types; what is an action on the inbox, it leaves to that."""

    def __init__(self, database: Database, clock: Clock, inbox: Inbox, kinds: Sequence[Kind] = KINDS) -> None:
        self._database = database
        self._clock = clock
        self._inbox = inbox
        self._changing = Changing(database, clock)
        self._kinds = kinds

    async def sidebar(self, caller: Caller, query: SidebarQuery) -> Sidebar:
        """What needs the person or is in progress, by type, with what is hidden left out."""
        asker = listing.asker_of(caller, self._clock.now())
        return await self._database.read(
            lambda connection: listing.sidebar(connection, asker, self._kinds, query.limit)
        )

    async def page(self, caller: Caller, query: WorkQuery) -> Page[WorkItem]:
        """All that is the person's, as one table."""
        now = self._clock.now()
        criteria = listing.narrowed(caller, query.filter, now)
        asker = listing.asker_of(caller, now)
        return await self._database.read(
            lambda connection: listing.page(connection, asker, self._kinds, criteria, query)
        )

    async def one(self, caller: Caller, name: str, digits: str) -> WorkItem:
        """One thing that the caller may see."""
        kind = next((kind for kind in self._kinds if kind.type == name), None)
        number = row_number(digits)
        if kind is None or number is None:
            raise NotFoundError(f"There is nothing called {quoted(f'{name}/{digits}')} in My Work.")
        asker = listing.asker_of(caller, self._clock.now())

        def unit(connection: Connection) -> WorkItem:
            hiding.require_visible(connection, caller, {kind: [number]})
            return kind.shown(connection, asker, [number])[number]

        return await self._database.read(unit)

    async def act(self, caller: Caller, request: WorkActionRequest) -> WorkActionResult:
        """Hide or show the things that are named, or all that the filter matches."""
        if (request.filter is None) == (not request.refs):
            raise InvalidError("Name the things by refs, or all that a filter matches, but not both.", "refs")
        now = self._clock.now()
        named = request.filter is None
        if request.filter is None:
            chosen = self._chosen(request.refs)
        else:
            chosen = await self._matching(caller, request.filter, now)

        def unit(connection: Connection) -> WorkActionResult:
            if named:
                hiding.require_visible(connection, caller, chosen)
            return hiding.act(connection, caller.person, request.action, chosen, now)

        return await self._changing.when_free(caller.person, unit)

    async def undo(self, caller: Caller, request: UndoRequest) -> WorkUndone:
        """Take back this step, or the person's latest, of the inbox as of anything else."""
        while True:
            find = partial(inbox_actions.step, person=caller.person, number=request.step)
            row = await self._database.read(find)
            if row is None:
                raise _nothing_to_undo(request.step)
            if row.action not in hiding.ACTIONS:
                undone = await self._inbox.undo(caller, UndoRequest(row.id))
                refs = [f"notification/{item}" for item in undone.changed]
                return WorkUndone(undone.action, refs, undone.count)
            unit = partial(hiding.undo, person=caller.person, row=row, now=self._clock.now())
            result = await self._changing.when_free(caller.person, unit)
            if result is not None:
                return result

    def _chosen(self, refs: Sequence[str]) -> Chosen:
        if len(refs) > MOST_AT_ONCE:
            raise InvalidError(f"Name {MOST_AT_ONCE:,} things at most.", "refs")
        kinds: dict[str, Kind] = {kind.type: kind for kind in self._kinds}
        chosen: dict[Kind, list[int]] = {}
        for ref in dict.fromkeys(refs):
            name, _, digits = ref.partition("/")
            number, kind = row_number(digits), kinds.get(name)
            if kind is None or number is None:
                raise InvalidError(
                    f"{quoted(ref)} names nothing here: write {' or '.join(f'{name}/12' for name in kinds)}.",
                    "refs",
                )
            chosen.setdefault(kind, []).append(number)
        return chosen

    async def _matching(self, caller: Caller, filter: str, now: Instant) -> Chosen:
        criteria = listing.narrowed(caller, filter, now)
        find = partial(
            mywork.found,
            asker=listing.asker_of(caller, now),
            types=[kind.things for kind in self._kinds],
            criteria=criteria,
            limit=MOST_AT_ONCE + 1,
        )
        places = await self._database.read(find)
        if len(places) > MOST_AT_ONCE:
            raise InvalidError(
                f"This matches more than {MOST_AT_ONCE:,} things: narrow the filter, "
                "or dismiss notifications in the inbox, which takes any number.",
                "filter",
            )
        chosen: dict[Kind, list[int]] = {}
        for place in places:
            chosen.setdefault(self._kinds[place.rank], []).append(place.id)
        return chosen


def _nothing_to_undo(step: int | None) -> NotFoundError:
    if step is None:
        return NotFoundError("There is nothing to undo.")
    return NotFoundError(f"There is no step {step} to undo: it has been undone, or was too long ago.")
