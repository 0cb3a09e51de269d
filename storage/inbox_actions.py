"""Changing inbox items: the columns that an action sets, and the steps that take actions back."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, TextClause, bindparam, delete, func, insert, select, text, update

from storage.ids import Instant, ItemId, PersonId, WorkspaceId
from storage.inbox import inbox_items, undo_steps
from storage.numbers import among, listed

Values = tuple[int | bool | None, ...]


class StateRow(NamedTuple):
    """What a person has done with an item."""

    id: ItemId
    read_at: Instant | None
    starred: bool
    starred_at: Instant | None
    dismissed_at: Instant | None
    snoozed_until: Instant | None


class Swap(NamedTuple):
    """An item whose columns are to have other values, if they still have these."""

    id: int
    before: Values
    after: Values


class Changed(NamedTuple):
    """An item that was changed, and the workspace that it is about."""

    id: ItemId
    workspace_id: WorkspaceId | None


class StepRow(NamedTuple):
    """An action that can be taken back."""

    id: int
    action: str
    before: str


_STATES = select(*(inbox_items.c[name] for name in StateRow._fields)).where(
    inbox_items.c.person_id + 0 == bindparam("person"),  # not by the index of the person: the ids are few
    among(inbox_items.c.id, "ids"),
)
_STEP = select(*(undo_steps.c[name] for name in StepRow._fields)).where(
    undo_steps.c.person_id == bindparam("person")
)
_LATEST = _STEP.order_by(undo_steps.c.id.desc()).limit(1)
_LATEST_OF = _LATEST.where(undo_steps.c.action.in_(bindparam("actions", expanding=True)))
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


def states(connection: Connection, person: PersonId, ids: Iterable[int]) -> list[StateRow]:
    """Those of the items that are the person's, as they are."""
    return [StateRow._make(row) for row in connection.execute(_STATES, {"person": person, "ids": listed(ids)})]


def swap(
    connection: Connection, person: PersonId, columns: tuple[str, ...], swaps: Sequence[Swap]
) -> list[Changed]:
    """Give these columns of the person's items their other values, all at once; which items that changed, by
    their ids. An item that is not as it was `before` stays."""
    rows = msgspec.json.encode([(item, *before, *after) for item, before, after in swaps]).decode()
    statement = _swapping(columns, connection.dialect.name)
    return sorted(Changed(*row) for row in connection.execute(statement, {"person": person, "rows": rows}))


def add_step(
    connection: Connection, person: PersonId, action: str, before: str, now: Instant, *, kept: int
) -> int:
    """Remember what an action changed, and forget what is more than `kept` steps old."""
    step = connection.execute(
        _ADD, {"person_id": person, "action": action, "before": before, "at": now}
    ).scalar_one()
    connection.execute(_TRIM, {"person": person, "kept": kept})
    return int(step)


def step(
    connection: Connection, person: PersonId, number: int | None, actions: Sequence[str] = ()
) -> StepRow | None:
    """The step of this number, or the person's latest: of any action, or of one of these."""
    values: dict[str, object] = {"person": person, "id": number, "actions": list(actions)}
    latest = _LATEST_OF if actions else _LATEST
    found = connection.execute(latest if number is None else _THIS, values).one_or_none()
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


@cache
def _swapping(columns: tuple[str, ...], engine: str) -> TextClause:
    """Each row of the parameter is an array: the id, the values that the columns have, those that they get."""
    on_sqlite = engine == "sqlite"

    def value(place: int, column: str) -> str:
        if on_sqlite:
            return f"json_extract(swap.value, '$[{place}]')"
        return f"CAST(swap.value ->> {place} AS {'boolean' if column == 'starred' else 'bigint'})"

    new = ", ".join(f"{name} = {value(1 + len(columns) + place, name)}" for place, name in enumerate(columns))
    same = "IS" if on_sqlite else "IS NOT DISTINCT FROM"
    old = " AND ".join(
        f"inbox_items.{name} {same} {value(1 + place, name)}" for place, name in enumerate(columns)
    )
    rows = "json_each(:rows)" if on_sqlite else "json_array_elements(CAST(:rows AS json))"
    return text(
        f"UPDATE inbox_items SET {new} FROM {rows} AS swap"  # noqa: S608 - names of columns, and no text from outside
        f" WHERE inbox_items.id = {value(0, 'id')} AND inbox_items.person_id + 0 = :person AND {old}"
        " RETURNING inbox_items.id, inbox_items.workspace_id"
    )
