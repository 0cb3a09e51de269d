"""Changes of one person's items, all or nothing: up to `MOST_AT_ONCE` in one transaction; more in several, after
the step that takes them back was written whole. What a server that died has left unfinished is finished at the
next start, or by whoever next changes something for the same person."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple, TypeVar

from core.api.inbox import InboxActionResult, UndoResult
from core.clock import Clock
from core.errors import NotFoundError
from core.inbox.actions import ACTIONS, Change, Step, step_of
from core.inbox.telling import tell, tell_whole
from storage import inbox_actions, unfinished
from storage.database import Connection, Database
from storage.ids import Instant, PersonId
from storage.inbox_actions import StateRow, StepRow, Swap, Values

T = TypeVar("T")

MOST_AT_ONCE = 5_000
_PART = 1_000
STEPS_KEPT = 100


class _UnderWay(NamedTuple):
    """A step to go on with."""

    number: int
    undoing: bool
    done: int
    columns: tuple[str, ...]
    swaps: list[Swap]


class Changing:
    """Does what was decided, and takes it back."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def act(
        self, person: PersonId, ids: Sequence[int], change: Change, *, named: bool, undoable: bool = True
    ) -> InboxActionResult:
        """Change those of the items that are not so already. Of items that are `named`, each must be there. Very
        many can always be taken back."""
        now = self._clock.now()
        if len(ids) <= MOST_AT_ONCE:
            unit = partial(_act, person=person, ids=ids, change=change, now=now, named=named, undoable=undoable)
            return await self.when_free(person, unit)
        step = await self._recorded(person, ids, change)
        if not step.size:
            return InboxActionResult([], None)
        number = await self.when_free(
            person, partial(_begin, person=person, action=change.action, step=step, now=now)
        )
        await self.finish(person)
        return InboxActionResult([], number, step.size)

    async def undo(self, person: PersonId, number: int | None) -> UndoResult:
        """Give back what a step changed, as far as nothing has changed it since."""
        while True:
            found = await self._database.read(partial(_step, person=person, number=number))
            if found is None:
                raise _nothing_to_undo(number)
            row, step = found
            if step.size <= MOST_AT_ONCE:
                unit = partial(_undo, person=person, row=row, step=step, now=self._clock.now())
                result = await self.when_free(person, unit)
                if result is not None:
                    return result
            elif await self.when_free(person, partial(_begin_undo, person=person, number=row.id)):
                return UndoResult(row.action, [], await self.finish(person))

    async def finish_all(self) -> None:
        """Finish what a server before this one has begun."""
        for person in await self._database.read(unfinished.waiting):
            await self.finish(person)

    async def finish(self, person: PersonId) -> int:
        """Finish what is under way for this person, and say how many items changed for it here."""
        changed = 0
        while (under_way := await self._database.read(partial(_under_way, person=person))) is not None:
            for here in range(under_way.done, max(len(under_way.swaps), under_way.done + 1), _PART):
                part = partial(_advance, person=person, under_way=under_way, here=here, now=self._clock.now())
                several = await self._database.write(part)
                if several is None:  # another server goes on with it, too
                    break
                changed += several
        return changed

    async def _recorded(self, person: PersonId, ids: Sequence[int], change: Change) -> Step:
        """How to take the change back from all the items that it applies to."""

        def unit(connection: Connection, some: Sequence[int]) -> Step:
            states = inbox_actions.states(connection, person, some)
            return step_of(change, filter(change.applies, states))

        groups: dict[Values, list[int]] = {}
        for start in range(0, len(ids), MOST_AT_ONCE):
            part = await self._database.read(partial(unit, some=ids[start : start + MOST_AT_ONCE]))
            for before, items in part.groups:
                groups.setdefault(before, []).extend(items)
        return Step(change.columns, change.values, list(groups.items()))

    async def when_free(self, person: PersonId, unit: Callable[[Connection], T]) -> T:
        """Run the unit when no step of the person's is under way."""
        while True:
            answered = await self._database.write(partial(_unless_waiting, person=person, unit=unit))
            for answer in answered:
                return answer
            await self.finish(person)


def _unless_waiting(
    connection: Connection, *, person: PersonId, unit: Callable[[Connection], T]
) -> tuple[T, ...]:
    return () if unfinished.has_unfinished(connection, person) else (unit(connection),)


def _act(
    connection: Connection,
    *,
    person: PersonId,
    ids: Sequence[int],
    change: Change,
    now: Instant,
    named: bool,
    undoable: bool,
) -> InboxActionResult:
    states = inbox_actions.states(connection, person, ids)
    if named:
        _require_all(ids, states)
    step = step_of(change, filter(change.applies, states))
    swaps = step.swaps(undoing=False)
    if not swaps:
        return InboxActionResult([], None)
    number = None
    if undoable:
        number = inbox_actions.add_step(connection, person, change.action, step.written(), now, kept=STEPS_KEPT)
    done = set(swap_items(connection, person, change.columns, swaps, now))
    return InboxActionResult([item for item in ids if item in done], number, len(done))


def _undo(
    connection: Connection, *, person: PersonId, row: StepRow, step: Step, now: Instant
) -> UndoResult | None:
    """Nothing where it was undone by somebody else meanwhile."""
    if not inbox_actions.drop_step(connection, row.id):
        return None
    changed = swap_items(connection, person, step.columns, step.swaps(undoing=True), now)
    return UndoResult(row.action, changed, len(changed))


def _begin(connection: Connection, *, person: PersonId, action: str, step: Step, now: Instant) -> int:
    number = inbox_actions.add_step(connection, person, action, step.written(), now, kept=STEPS_KEPT)
    unfinished.begin(connection, person, number, undoing=False)
    return number


def _begin_undo(connection: Connection, *, person: PersonId, number: int) -> bool:
    if inbox_actions.step(connection, person, number) is None:
        return False
    unfinished.begin(connection, person, number, undoing=True)
    return True


def _advance(
    connection: Connection, *, person: PersonId, under_way: _UnderWay, here: int, now: Instant
) -> int | None:
    """Do the next part, and say how many items changed; nothing where the step is no longer where it was."""
    there = min(here + _PART, len(under_way.swaps))
    if not unfinished.advance(connection, under_way.number, here, there):
        return None
    changed = inbox_actions.swap(connection, person, under_way.columns, under_way.swaps[here:there])
    if there == len(under_way.swaps):
        if under_way.undoing:
            inbox_actions.drop_step(connection, under_way.number)
        else:
            unfinished.end(connection, under_way.number)
        tell_whole(connection, person, now)
    return len(changed)


def swap_items(
    connection: Connection, person: PersonId, columns: tuple[str, ...], swaps: list[Swap], now: Instant
) -> list[int]:
    """Change the items, and tell whoever shows them: one by one where they are few."""
    changed = inbox_actions.swap(connection, person, columns, swaps)
    tell(connection, person, changed, now)
    return [item for item, _ in changed]


def _step(connection: Connection, *, person: PersonId, number: int | None) -> tuple[StepRow, Step] | None:
    row = inbox_actions.step(connection, person, number, ACTIONS)
    if row is None or row.action not in ACTIONS:
        return None
    return row, Step.read(row.before)


def _under_way(connection: Connection, *, person: PersonId) -> _UnderWay | None:
    found = unfinished.unfinished(connection, person)
    row = None if found is None else inbox_actions.step(connection, person, found.step)
    if found is None or row is None:
        return None
    step = Step.read(row.before)
    return _UnderWay(row.id, found.undoing, found.done, step.columns, step.swaps(undoing=found.undoing))


def _require_all(ids: Sequence[int], states: Sequence[StateRow]) -> None:
    own = {state.id for state in states}
    for item in ids:
        if item not in own:
            raise missing(item)


def missing(item: int) -> NotFoundError:
    return NotFoundError(f"There is no notification {item} in your inbox.")


def _nothing_to_undo(number: int | None) -> NotFoundError:
    if number is None:
        return NotFoundError("There is nothing to undo.")
    return NotFoundError(f"There is no step {number} to undo: it has been undone, or was too long ago.")
