"""Hiding things of My Work and showing them again, as one step that can be taken back; and what brings a hidden
thing back by itself. Among them notifications are dismissed and restored, in the same transaction and step."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from core.api.inbox import InboxAction
from core.api.work import HIDING, WorkAction, WorkActionResult, WorkUndone
from core.caller import Caller
from core.errors import NotFoundError
from core.events.catalogue import CATALOGUE
from core.events.templates import text_of
from core.ids import row_number
from core.inbox.actions import Step, decide, step_of
from core.inbox.changing import STEPS_KEPT, swap_items
from core.inbox.telling import TOLD_SINGLY
from core.mywork.kind import Kind
from core.mywork.kinds import KINDS
from storage import changes, hidden, inbox_actions, mywork
from storage.changes import NewChange
from storage.database import Connection
from storage.events import EventRow
from storage.ids import Instant, PersonId
from storage.inbox_actions import StepRow

ACTIONS: Final[frozenset[str]] = frozenset({"hide", "show"})
"""The steps that are taken back here; all others are the inbox's."""

_ALL = ""  # the subject of a change that says: look at everything again
_ON_ITEMS: Final[dict[WorkAction, InboxAction]] = {"hide": "dismiss", "show": "restore"}

Chosen = Mapping[Kind, Sequence[int]]


class WorkStep(msgspec.Struct, frozen=True):
    """What was hidden or shown, by type, and what was dismissed or restored with it."""

    things: dict[str, list[int]]
    items: Step | None = None


def require_visible(connection: Connection, caller: Caller, chosen: Chosen) -> None:
    """All or nothing: each of them must be there for the caller."""
    for kind, ids in chosen.items():
        there = set(kind.visible(connection, caller, ids))
        for number in ids:
            if number not in there:
                raise NotFoundError(f"There is no {kind.type} {number}, or none that you may see.")


def act(
    connection: Connection, person: PersonId, action: WorkAction, chosen: Chosen, now: Instant
) -> WorkActionResult:
    """Hide or show these, as far as they are not so already."""
    things: dict[str, list[int]] = {}
    items: Step | None = None
    changed: list[str] = []
    for kind, ids in chosen.items():
        if kind.dismissed:
            items = _step_of_items(connection, person, _ON_ITEMS[action], ids, now)
            swaps = items.swaps(undoing=False)
            done = swap_items(connection, person, items.columns, swaps, now) if swaps else []
        else:
            done = _put(connection, person, kind.type, ids, now, away=action == "hide")
            things[kind.type] = done
        in_order = set(done)
        changed += [f"{kind.type}/{number}" for number in ids if number in in_order]
    if not changed:
        return WorkActionResult([], None)
    before = msgspec.json.encode(WorkStep(things, items)).decode()
    step = inbox_actions.add_step(connection, person, action, before, now, kept=STEPS_KEPT)
    return WorkActionResult(changed, step)


def undo(connection: Connection, person: PersonId, row: StepRow, now: Instant) -> WorkUndone | None:
    """Take the step back; nothing where somebody else has done so meanwhile."""
    if not inbox_actions.drop_step(connection, row.id):
        return None
    step = msgspec.json.decode(row.before, type=WorkStep)
    changed: list[str] = []
    for kind, ids in step.things.items():
        back = _put(connection, person, kind, ids, now, away=row.action == "show")
        changed += [f"{kind}/{number}" for number in back]
    if step.items is not None and step.items.size:
        swaps = step.items.swaps(undoing=True)
        changed += [
            f"notification/{item}" for item in swap_items(connection, person, step.items.columns, swaps, now)
        ]
    return WorkUndone(row.action, changed, len(changed))


def bring_back(
    connection: Connection, batch: Sequence[EventRow], now: Instant, kinds: Sequence[Kind] = KINDS
) -> None:
    """What these events say needs the person is no longer hidden, whoever had hidden it before they happened."""
    needing: dict[str, dict[int, EventRow]] = {}
    for event in batch:
        for what, number in _needing(event):
            needing.setdefault(what, {})[number] = event
    for kind in kinds:
        events = needing.get(kind.type)
        if events:
            _bring_back(connection, kind, events, now)


def _needing(event: EventRow) -> Iterator[tuple[str, int]]:
    kind = CATALOGUE.get(event.name)
    if kind is None or kind.needs is None:
        return
    payload = msgspec.json.decode(event.payload, type=dict[str, object])
    number = row_number(text_of(payload.get(kind.needs.field)))
    if number is not None and (kind.needs.when is None or kind.needs.when.holds(payload)):
        yield kind.needs.type, number


def _bring_back(connection: Connection, kind: Kind, events: Mapping[int, EventRow], now: Instant) -> None:
    rows = hidden.by_anybody(connection, kind.type, list(events))
    if not rows:
        return
    spaces = mywork.workspaces_of(connection, kind.things, {row.thing_id for row in rows})
    for row in rows:
        event = events[row.thing_id]
        if row.hidden_at <= event.recorded_at and spaces.get(row.thing_id) == event.workspace_id:
            hidden.show(connection, row.person_id, kind.type, [row.thing_id])
            _tell(connection, row.person_id, kind.type, [row.thing_id], now)


def _put(
    connection: Connection, person: PersonId, type: str, ids: Sequence[int], now: Instant, *, away: bool
) -> list[int]:
    """Hide these or show them, and answer those that were not so before."""
    hidden_before = hidden.hidden(connection, person, type, ids)
    changing = [number for number in ids if (number in hidden_before) is not away]
    if away:
        hidden.hide(connection, person, type, changing, now)
    else:
        hidden.show(connection, person, type, changing)
    _tell(connection, person, type, changing, now)
    return changing


def _step_of_items(
    connection: Connection, person: PersonId, action: InboxAction, ids: Sequence[int], now: Instant
) -> Step:
    change = decide(action, now)
    states = inbox_actions.states(connection, person, ids)
    return step_of(change, filter(change.applies, states))


def _tell(connection: Connection, person: PersonId, type: str, ids: Sequence[int], now: Instant) -> None:
    subjects = [f"{type}/{number}" for number in ids] if len(ids) <= TOLD_SINGLY else [_ALL]
    changes.append(connection, [NewChange(HIDING, subject, person, None, now) for subject in subjects])
