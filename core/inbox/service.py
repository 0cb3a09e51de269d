"""One person's inbox: read as a list, changed item by item or in bulk, and every change taken back on demand."""

from collections.abc import Iterator, Sequence
from functools import partial

import msgspec

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
from core.errors import InvalidError, NotFoundError
from core.inbox import grouping
from core.inbox.actions import Change, Step, decide, step_of
from core.inbox.listing import cursor_of, narrow, place_of, shown
from core.paging import MOST, one_more
from core.paging import page as page_of
from storage import changes, inbox, inbox_actions
from storage.changes import NewChange
from storage.database import Connection, Database
from storage.ids import ChangeSeq, Instant, ItemId, PersonId
from storage.inbox import Narrowing
from storage.inbox_actions import StateRow

_CHUNK = 500
_STEPS_KEPT = 100


class Inbox:
    """What a person can ask of their own inbox. Nobody asks for another's."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def page(self, caller: Caller, query: InboxQuery) -> Page[InboxItem]:
        """Starred first, then newest first; or, with `ids`, these alone in that order."""
        most = one_more(query)
        if query.ids:
            return await self._these(caller, query)
        narrowing, now = await self._narrowed(caller, query.filter)
        below = place_of(query.cursor) if query.cursor else None
        rows = await self._database.read(
            lambda connection: inbox.page(connection, caller.person, narrowing, below, most, now)
        )
        return page_of(rows, query.limit, lambda some: [shown(row) for row in some], cursor_of)

    async def index(self, caller: Caller, filter: str, group: InboxGrouping = "none") -> InboxIndex:
        """The ids of all that the page would come to, in groups where these are asked for."""
        narrowing, now = await self._narrowed(caller, filter)
        if group != "none":
            return await self._database.read(
                partial(grouping.index, caller=caller, narrowing=narrowing, now=now, by=group)
            )

        def unit(connection: Connection) -> InboxIndex:
            seq: ChangeSeq = changes.last(connection)
            starred = inbox.starred_count(connection, caller.person, narrowing, now)
            return InboxIndex(inbox.index(connection, caller.person, narrowing, now), starred, seq)

        return await self._database.read(unit)

    async def counts(self, caller: Caller) -> InboxCounts:
        now = self._clock.now()
        return InboxCounts(*await self._database.read(lambda c: inbox.counts(c, caller.person, now)))

    async def show(self, caller: Caller, item: int) -> InboxItem:
        """The item, left as unread as it is."""
        row = await self._database.read(lambda c: inbox.one(c, caller.person, ItemId(item)))
        if row is None:
            raise _missing(item)
        return shown(row)

    async def act(self, caller: Caller, request: InboxActionRequest) -> InboxActionResult:
        """Do it to the items named, or to all that the filter matches; what is so already stays untouched."""
        now = self._clock.now()
        change = decide(request.action, now, None if request.until is None else from_datetime(request.until))
        if (request.filter is None) == (not request.ids):
            raise InvalidError("Name the items by ids, or all that a filter matches, but not both.", "ids")
        if request.filter is None:
            ids: Sequence[int] = list(dict.fromkeys(request.ids))
        else:
            narrowing, _ = await self._narrowed(caller, request.filter)
            ids = await self._database.read(lambda c: inbox.index(c, caller.person, narrowing, now))
        named = request.filter is None
        if len(ids) <= _CHUNK:
            return await self._database.write(
                partial(_act, person=caller.person, ids=ids, change=change, now=now, named=named)
            )
        return await self._act_in_bulk(caller.person, ids, change, now, named=named)

    async def undo(self, caller: Caller, request: UndoRequest) -> UndoResult:
        """Give back what a step changed, as far as nothing has changed it since."""
        now = self._clock.now()
        row = await self._database.read(partial(inbox_actions.step, person=caller.person, number=request.step))
        if row is None:
            raise _nothing_to_undo(request.step)
        step = msgspec.json.decode(row.before, type=Step)
        if sum(len(ids) for _, ids in step.groups) <= _CHUNK:
            return await self._database.write(
                partial(_undo, person=caller.person, number=row.id, action=row.action, step=step, now=now)
            )
        changed: list[int] = []
        for back, ids in step.reversals(row.action):
            for chunk in _chunks(ids):
                changed += await self._database.write(
                    partial(_apply, person=caller.person, ids=chunk, change=back, now=now)
                )
        await self._database.write(lambda connection: inbox_actions.drop_step(connection, row.id))
        return UndoResult(row.action, changed)

    async def _these(self, caller: Caller, query: InboxQuery) -> Page[InboxItem]:
        wanted = _numbers(query.ids)
        narrowing, now = await self._narrowed(caller, query.filter)
        rows = await self._database.read(
            lambda connection: inbox.these(connection, caller.person, narrowing, wanted, now)
        )
        found = {row.id: row for row in rows}
        return Page([shown(found[ItemId(item)]) for item in wanted if item in found])

    async def _narrowed(self, caller: Caller, filter: str) -> tuple[Narrowing, Instant]:
        now = self._clock.now()
        return await narrow(self._database, caller, filter, now), now

    async def _act_in_bulk(
        self, person: PersonId, ids: Sequence[int], change: Change, now: Instant, *, named: bool
    ) -> InboxActionResult:
        """The step is written first and whole, then the items change a chunk at a time: so the writer is never
        held up, and whatever was changed when the server dies can be taken back."""
        before: list[StateRow] = []
        for chunk in _chunks(ids):
            states = await self._database.read(partial(inbox_actions.states, person=person, ids=chunk))
            if named:
                _require_all(chunk, states)
            before += filter(change.applies, states)
        if not before:
            return InboxActionResult([], None)
        step = await self._database.write(
            partial(_remember, person=person, change=change, states=before, now=now)
        )
        changed: list[int] = []
        for chunk in _chunks([state.id for state in before]):
            changed += await self._database.write(
                partial(_apply, person=person, ids=chunk, change=change, now=now)
            )
        return InboxActionResult(changed, step)


def _act(
    connection: Connection, *, person: PersonId, ids: Sequence[int], change: Change, now: Instant, named: bool
) -> InboxActionResult:
    states = inbox_actions.states(connection, person, ids)
    if named:
        _require_all(ids, states)
    before = [state for state in states if change.applies(state)]
    if not before:
        return InboxActionResult([], None)
    step = _remember(connection, person=person, change=change, states=before, now=now)
    changed = {state.id for state in before}
    _set(connection, person, before, change, now)
    return InboxActionResult([item for item in ids if item in changed], step)


def _apply(
    connection: Connection, *, person: PersonId, ids: Sequence[int], change: Change, now: Instant
) -> list[int]:
    states = [state for state in inbox_actions.states(connection, person, ids) if change.applies(state)]
    if states:
        _set(connection, person, states, change, now)
    changed = {state.id for state in states}
    return [item for item in ids if item in changed]


def _set(
    connection: Connection, person: PersonId, states: Sequence[StateRow], change: Change, now: Instant
) -> None:
    ids = [state.id for state in states]
    inbox_actions.set_columns(connection, person, ids, change.columns, change.values)
    changes.append(
        connection, [NewChange("inbox", str(state.id), person, state.workspace_id, now) for state in states]
    )


def _remember(
    connection: Connection, *, person: PersonId, change: Change, states: list[StateRow], now: Instant
) -> int:
    before = msgspec.json.encode(step_of(change, states)).decode()
    return inbox_actions.add_step(connection, person, change.action, before, now, kept=_STEPS_KEPT)


def _undo(
    connection: Connection, *, person: PersonId, number: int, action: str, step: Step, now: Instant
) -> UndoResult:
    if not inbox_actions.drop_step(connection, number):
        raise _nothing_to_undo(number)
    changed: list[int] = []
    for back, ids in step.reversals(action):
        changed += _apply(connection, person=person, ids=ids, change=back, now=now)
    return UndoResult(action, changed)


def _require_all(ids: Sequence[int], states: Sequence[StateRow]) -> None:
    own = {state.id for state in states}
    for item in ids:
        if item not in own:
            raise _missing(item)


def _missing(item: int) -> NotFoundError:
    return NotFoundError(f"There is no notification {item} in your inbox.")


def _nothing_to_undo(number: int | None) -> NotFoundError:
    if number is None:
        return NotFoundError("There is nothing to undo.")
    return NotFoundError(f"There is no step {number} to undo: it has been undone, or was too long ago.")


def _numbers(text: str) -> list[int]:
    numbers = text.split(",")
    if len(numbers) > MOST or not all(
        number.isascii() and number.isdigit() and len(number) < 19 for number in numbers
    ):
        raise InvalidError(f"Write up to {MOST} numbers with commas between them.", "ids")
    return list(dict.fromkeys(map(int, numbers)))


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]
