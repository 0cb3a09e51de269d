"""My Work is found by indexes, however much there is: nothing is gone through that is not shown."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event as listening

from storage.criterion import Criterion
from storage.database import Connection, Database
from storage.engines import Sqlite
from storage.ids import Instant, PersonId, WorkspaceId
from storage.mywork import Asker, first, found
from storage.mywork_order import Place
from storage.mywork_types import NOTIFICATIONS, SESSIONS

ANN = Asker(PersonId(1), frozenset({WorkspaceId(1)}), Instant(1_000_000))
BOTH = (SESSIONS, NOTIFICATIONS)
BELOW = Place(900, 0, 0, 7)
SESSIONS_INDEX = "ix_sessions_owner_id_updated_at (owner_id=?"
ITEMS_INDEX = "ix_inbox_items_person_id_created_at (person_id=?"

HOT: dict[str, tuple[Callable[[Connection], object], set[str]]] = {
    "the sessions of the sidebar": (
        lambda connection: first(connection, ANN, SESSIONS, 20),
        {"ix_sessions_unfinished (owner_id=? AND state=?"},
    ),
    "the notifications of the sidebar": (
        lambda connection: first(connection, ANN, NOTIFICATIONS, 20),
        {"ix_inbox_items_inbox (person_id=? AND starred=?)", "ix_inbox_items_unread (person_id=? AND starred=?)"},
    ),
    "the first page": (
        lambda connection: found(connection, ANN, BOTH, (), limit=50),
        {f"{SESSIONS_INDEX})", f"{ITEMS_INDEX})"},
    ),
    "the next page": (
        lambda connection: found(connection, ANN, BOTH, (), after=BELOW, limit=50),
        {f"{SESSIONS_INDEX} AND updated_at<?)", f"{ITEMS_INDEX} AND created_at<?)"},
    ),
    "the other way round": (
        lambda connection: found(connection, ANN, BOTH, (), down=False, after=BELOW, limit=50),
        {f"{SESSIONS_INDEX} AND updated_at>?)", f"{ITEMS_INDEX} AND created_at>?)"},
    ),
    "one type after the other": (
        lambda connection: found(connection, ANN, BOTH, (), sort="type", after=BELOW, limit=50),
        {f"{SESSIONS_INDEX} AND updated_at<?)", f"{ITEMS_INDEX})"},
    ),
    "what came long ago": (
        lambda connection: found(connection, ANN, BOTH, (Criterion("until", (5,)),), limit=50),
        {f"{SESSIONS_INDEX})", f"{ITEMS_INDEX} AND created_at<?)"},
    ),
}


@pytest.mark.parametrize("name", HOT)
async def test_what_is_asked_often_is_answered_by_an_index(sqlite: Sqlite, name: str) -> None:
    unit, expected = HOT[name]
    database = Database(sqlite)

    steps = await database.read(partial(_plan, unit=unit))

    await database.close()
    assert not [step for step in steps if step.startswith(("SCAN sessions", "SCAN inbox_items"))], steps
    for index in expected:
        assert [step for step in steps if index in step], steps


def _plan(connection: Connection, *, unit: Callable[[Connection], object]) -> list[str]:
    """The steps of every statement that the unit sends."""
    sent: list[tuple[str, Any]] = []

    def note(_: object, __: object, statement: str, parameters: Any, *___: object) -> None:
        sent.append((statement, parameters))

    listening.listen(connection, "before_cursor_execute", note)
    try:
        unit(connection)
    finally:
        listening.remove(connection, "before_cursor_execute", note)
    cursor = connection.connection.cursor()
    return [
        str(row[3])
        for statement, parameters in sent
        for row in cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
    ]
