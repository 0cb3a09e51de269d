"""Notifications in My Work: a person's own."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final, cast

from core.api.inbox import Severity
from core.api.work import WorkItem
from core.caller import Caller
from core.clock import to_datetime
from core.mywork.kind import Kind
from storage import inbox_actions, inbox_lists
from storage.database import Connection
from storage.ids import Instant
from storage.inbox import EVERYTHING, ItemRow
from storage.mywork import Asker
from storage.mywork_types import NOTIFICATIONS


def _shown(connection: Connection, asker: Asker, ids: Sequence[int]) -> Mapping[int, WorkItem]:
    rows = inbox_lists.these(connection, asker.person, EVERYTHING, ids, asker.now)
    return {row.id: _item(row, asker.now) for row in rows}


def _item(row: ItemRow, now: Instant) -> WorkItem:
    state = state_of(row, now)
    came = to_datetime(row.created_at)
    return WorkItem(
        ref=f"notification/{row.id}",
        type="notification",
        id=row.id,
        title=row.title,
        state=state,
        doing=row.reason,
        needs=state == "unread",
        over=row.dismissed_at is not None or (row.read_at is not None and not row.starred),
        workspace=row.workspace,
        link=row.link,
        created_at=came,
        updated_at=came,
        since=came,
        severity=cast(Severity, row.severity),
        starred=row.starred,
        hidden=row.dismissed_at is not None,
    )


def state_of(row: ItemRow, now: Instant) -> str:
    if row.dismissed_at is not None:
        return "dismissed"
    if row.snoozed_until is not None and row.snoozed_until > now:
        return "snoozed"
    return "unread" if row.read_at is None else "read"


def _visible(connection: Connection, caller: Caller, ids: Collection[int]) -> Collection[int]:
    return [state.id for state in inbox_actions.states(connection, caller.person, list(ids))]


KIND: Final = Kind("notification", NOTIFICATIONS, _shown, _visible, dismissed=True)
