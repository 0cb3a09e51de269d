"""The audit record: who did what to which thing, and what they were refused.

What was done is written in the transaction that did it. What was refused has none, so it gets a small one of its
own, of which each asker has only so many in a minute: a refusal must not be a way to fill the disk."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, TypeVar

import msgspec

from core import filtering, paging
from core.api.people import AuditRecord
from core.api.wire import ListQuery, Page
from core.caller import Caller, Permission
from core.clock import MINUTE, Clock, to_datetime
from core.errors import CallboardError, NotAllowedError, NotFoundError
from core.filters import AUDIT_FIELDS
from core.text import storable
from storage.audit import AuditRow, add_audit, audit_page
from storage.database import Connection, Database
from storage.ids import Instant

T = TypeVar("T")
Outcome = Literal["done", "refused"]
Detail = Mapping[str, object]

Actor = Caller | Literal["server"]
SERVER: Final = "server"
"""Who did it, when nobody asked for it."""

_MOST_REFUSED = 30
_LONGEST_TARGET = 300


class HiddenError(NotFoundError):
    """The thing exists, and not for the asker: to them it is not found, and the record knows better."""


def write(
    connection: Connection,
    by: Actor,
    action: str,
    target: str,
    outcome: Outcome,
    detail: Detail,
    now: Instant,
) -> None:
    """Append a record within the transaction of what it records."""
    add_audit(
        connection,
        now,
        actor=SERVER if by == SERVER else by.name,
        via=SERVER if by == SERVER else by.via,
        action=action,
        target=storable(target[:_LONGEST_TARGET]),
        outcome=outcome,
        detail=msgspec.json.encode(detail).decode(),
    )


class Audit:
    """The record as a list, and the way to change things so that refusals come into it. `changed` is called after
    each change."""

    def __init__(self, database: Database, clock: Clock, changed: Callable[[], None] = lambda: None) -> None:
        self._database = database
        self._clock = clock
        self._changed = changed
        self._minute = 0
        self._refused: Counter[str] = Counter()

    async def attempt(self, caller: Caller, action: str, target: str, unit: Callable[[Connection], T]) -> T:
        """Run the unit, which writes its own record; when it refuses the caller, record that instead."""
        try:
            answer = await self._database.write(unit)
        except (NotAllowedError, HiddenError) as error:
            await self._refuse(caller, action, target, error)
            raise
        self._changed()
        return answer

    async def page(self, caller: Caller, query: ListQuery) -> Page[AuditRecord]:
        """The record, newest first."""
        caller.require(Permission.PEOPLE_MANAGE)
        limit = paging.one_more(query)
        before = None if query.cursor is None else paging.number(query.cursor)
        criteria = filtering.parse(query.filter, AUDIT_FIELDS, self._clock.now(), caller.zone)
        rows = await self._database.read(
            lambda connection: audit_page(connection, criteria, limit=limit, before=before)
        )
        return paging.page(
            rows, query.limit, lambda shown: [_shown(row) for row in shown], lambda row: str(row.id)
        )

    async def _refuse(self, caller: Caller, action: str, target: str, error: CallboardError) -> None:
        now = self._clock.now()
        if now // MINUTE != self._minute:
            self._minute = now // MINUTE
            self._refused.clear()
        asker = f"{caller.person} {caller.via}"
        self._refused[asker] += 1
        if self._refused[asker] > _MOST_REFUSED:
            return
        detail = {"reason": error.sentence}
        await self._database.write(
            lambda connection: write(connection, caller, action, target, "refused", detail, now)
        )


def _shown(row: AuditRow) -> AuditRecord:
    return AuditRecord(
        id=row.id,
        at=to_datetime(row.at),
        actor=row.actor,
        via=row.via,
        action=row.action,
        target=row.target,
        outcome=msgspec.convert(row.outcome, Outcome),
        detail=msgspec.json.decode(row.detail, type=dict[str, Any]),
    )
