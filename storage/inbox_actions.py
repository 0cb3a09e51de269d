"""Changing inbox items: the columns that an action sets, and the steps that take actions back."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from storage.ids import Instant, ItemId, PersonId, WorkspaceId
from storage.inbox import inbox_items, undo_steps

Values = tuple[int | bool | None, ...]


class StateRow(NamedTuple):
    """What a person has done with an item."""

    id: ItemId
    workspace_id: WorkspaceId | None
    read_at: Instant | None
    starred: bool
    starred_at: Instant | None
    dismissed_at: Instant | None
    snoozed_until: Instant | None


class StepRow(NamedTuple):
    """An action that can be taken back."""

    id: int
    action: str
    before: str


_OWN = inbox_items.c.person_id + 0 == bindparam("person")  # not by the index of the person: the ids are few
_STATES = select(*(inbox_items.c[name] for name in StateRow._fields)).where(
    _OWN, inbox_items.c.id.in_(bindparam("ids", expanding=True))
)
_SOME = update(inbox_items).where(
    inbox_items.c.person_id + 0 == bindparam("of_person"), inbox_items.c.id.in_(bindparam("ids", expanding=True))
)
_STEP = select(*(undo_steps.c[name] for name in StepRow._fields)).where(
    undo_steps.c.person_id == bindparam("person")
)
_LATEST = _STEP.order_by(undo_steps.c.id.desc()).limit(1)
_THIS = _STEP.where(undo_steps.c.id == bindparam("id"))
_ADD = insert(undo_steps).returning(undo_steps.c.id)
_DROP = delete(undo_steps).where(undo_steps.c.id == bindparam("step"))
_OLDEST_KEPT = (
    select(undo_steps.c.id)
    .where(undo_steps.c.person_id == bindparam("person"))
    .order_by(undo_steps.c.id.desc())
    .offset(bindparam("kept"))
    .limit(1)
)
_TRIM = delete(undo_steps).where(
    undo_steps.c.person_id == bindparam("person"), undo_steps.c.id <= _OLDEST_KEPT.scalar_subquery()
)
_DUE = (
    select(inbox_items.c.id, inbox_items.c.person_id, inbox_items.c.workspace_id)
    .where(inbox_items.c.snoozed_until <= bindparam("now"))
    .limit(bindparam("limit"))
)
_WAKE = (
    update(inbox_items).where(inbox_items.c.id.in_(bindparam("ids", expanding=True))).values(snoozed_until=None)
)
_NEXT_DUE = select(func.min(inbox_items.c.snoozed_until)).where(inbox_items.c.snoozed_until.is_not(None))


def states(connection: Connection, person: PersonId, ids: Sequence[int]) -> list[StateRow]:
    """Those of the items that are the person's, as they are."""
    return [StateRow._make(row) for row in connection.execute(_STATES, {"person": person, "ids": list(ids)})]


def set_columns(
    connection: Connection, person: PersonId, ids: Sequence[int], columns: Sequence[str], values: Sequence[object]
) -> None:
    """Give these columns of the person's items these values."""
    statement = _SOME.values({name: bindparam(f"to_{name}") for name in columns})
    new = {f"to_{name}": value for name, value in zip(columns, values, strict=True)}
    connection.execute(statement, {"of_person": person, "ids": list(ids), **new})


def add_step(
    connection: Connection, person: PersonId, action: str, before: str, now: Instant, *, kept: int
) -> int:
    """Remember what an action changed, and forget what is more than `kept` steps old."""
    step = connection.execute(
        _ADD, {"person_id": person, "action": action, "before": before, "at": now}
    ).scalar_one()
    connection.execute(_TRIM, {"person": person, "kept": kept})
    return int(step)


def step(connection: Connection, person: PersonId, number: int | None) -> StepRow | None:
    """The step of this number, or the person's latest."""
    values: dict[str, object] = {"person": person, "id": number}
    found = connection.execute(_LATEST if number is None else _THIS, values).one_or_none()
    return None if found is None else StepRow._make(found)


def drop_step(connection: Connection, number: int) -> bool:
    """Whether the step was there, and is gone."""
    return connection.execute(_DROP, {"step": number}).rowcount == 1


def wake(connection: Connection, now: Instant, limit: int) -> list[tuple[ItemId, PersonId, WorkspaceId | None]]:
    """Items whose sleep is over are awake; which they are, and whose."""
    due = [
        (item, person, space) for item, person, space in connection.execute(_DUE, {"now": now, "limit": limit})
    ]
    if due:
        connection.execute(_WAKE, {"ids": [item for item, _, _ in due]})
    return due


def next_due(connection: Connection) -> Instant | None:
    """When the next item wakes."""
    due = connection.execute(_NEXT_DUE).scalar_one_or_none()
    return None if due is None else Instant(due)
