"""How the inbox is read: by its indexes, at the same cost on any page."""

from functools import partial
from typing import Any

import pytest
from sqlalchemy import event as listening

from storage import events, inbox, inbox_actions, inbox_lists
from storage.criterion import Criterion
from storage.database import Connection, Database, Unit
from storage.engines import Sqlite
from storage.ids import EventSeq, Instant, ItemId, PersonId, WorkspaceId
from storage.inbox import EVERYTHING, Narrowing, Place

ANN, NOW = PersonId(1), Instant(1)
INBOX = Narrowing()


def states(*states: str) -> Narrowing:
    """What a view of these states shows."""
    return Narrowing("snoozed" in states or "dismissed" in states, (Criterion("is", states),))


HOT: dict[str, tuple[Unit[object], set[str]]] = {
    "the first page": (
        partial(inbox_lists.page, person=ANN, narrowing=INBOX, below=None, limit=50, now=NOW),
        {"ix_inbox_items_inbox (person_id=? AND starred=? AND id<?)"},
    ),
    "a page among the starred": (
        partial(inbox_lists.page, person=ANN, narrowing=INBOX, below=Place(True, ItemId(9)), limit=50, now=NOW),
        {"ix_inbox_items_inbox (person_id=? AND starred=? AND id<?)"},
    ),
    "a page among the others": (
        partial(inbox_lists.page, person=ANN, narrowing=INBOX, below=Place(False, ItemId(9)), limit=50, now=NOW),
        {"ix_inbox_items_inbox (person_id=? AND starred=? AND id<?)"},
    ),
    "a page of the history": (
        partial(
            inbox_lists.page, person=ANN, narrowing=EVERYTHING, below=Place(False, ItemId(9)), limit=50, now=NOW
        ),
        {"ix_inbox_items_history (person_id=? AND starred=? AND id<?)"},
    ),
    "a page of New": (
        partial(
            inbox_lists.page, person=ANN, narrowing=states("unread", "starred"), below=None, limit=50, now=NOW
        ),
        {
            "ix_inbox_items_inbox (person_id=? AND starred=? AND id<?)",
            "ix_inbox_items_unread (person_id=? AND starred=? AND id<?)",
        },
    ),
    "a page of what sleeps": (
        partial(inbox_lists.page, person=ANN, narrowing=states("snoozed"), below=None, limit=50, now=NOW),
        {"ix_inbox_items_asleep (person_id=? AND starred=? AND id<?)"},
    ),
    "a page of what was dismissed": (
        partial(inbox_lists.page, person=ANN, narrowing=states("dismissed"), below=None, limit=50, now=NOW),
        {"ix_inbox_items_dismissed (person_id=? AND starred=? AND id<?)"},
    ),
    "a few items by id": (
        partial(inbox_lists.these, person=ANN, narrowing=INBOX, ids=[1, 2, 3], now=NOW),
        {"inbox_items USING INTEGER PRIMARY KEY (rowid=?)"},
    ),
    "the items of an action": (
        partial(inbox_actions.states, person=ANN, ids=[1, 2, 3]),
        {"inbox_items USING INTEGER PRIMARY KEY (rowid=?)"},
    ),
    "all ids": (
        partial(inbox_lists.index, person=ANN, narrowing=INBOX, now=NOW),
        {"COVERING INDEX ix_inbox_items_inbox (person_id=? AND starred=? AND id<?)"},
    ),
    "what wakes next": (inbox_actions.next_due, {"ix_inbox_items_snoozed"}),
    "the items of a batch": (
        partial(inbox.addressed, first=EventSeq(1), last=EventSeq(9)),
        {"sqlite_autoindex_inbox_items_1 (event_seq>? AND event_seq<?)"},
    ),
    "the events to dispatch": (partial(events.after, seq=EventSeq(1), limit=200), {"(rowid>?)"}),
    "a workspace's events": (
        partial(events.page, workspace=WorkspaceId(1), reader=ANN, criteria=(), before=EventSeq(9), limit=50),
        {"ix_events_workspace_id_seq (workspace_id=? AND seq<?)"},
    ),
}


@pytest.mark.parametrize("name", HOT)
async def test_a_hot_query_is_answered_by_an_index_without_sorting(sqlite: Sqlite, name: str) -> None:
    unit, expected = HOT[name]
    database = Database(sqlite)

    steps = await database.read(partial(_plan, unit=unit))

    await database.close()
    assert not [step for step in steps if "TEMP B-TREE" in step or step.startswith("SCAN inbox")]
    for index in expected:
        assert [step for step in steps if index in step], steps


def _plan(connection: Connection, *, unit: Unit[object]) -> list[str]:
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
