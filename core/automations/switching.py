"""Automations are switched on and off, some by their numbers or all that a filter matches."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Literal

from core import filtering, paging
from core.api.automations import SwitchRequest, SwitchResult
from core.automations.access import manageable, manages, seen_by
from core.automations.changing import first_due, note_dropped
from core.automations.cron import zone_data_version
from core.automations.schedules import ONE_TIME_GRACE
from core.automations.telling import changed
from core.caller import Caller
from core.clock import Clock
from core.errors import ConflictError, InvalidError
from core.filtering import Field
from core.people.audit import Audit, write
from storage import automations as store
from storage.automations import AutomationRow
from storage.database import Connection, Database
from storage.ids import AutomationId, Instant

Way = Literal["enable", "disable"]

_AT_ONCE = 50


class Switching:
    """Those that a webhook triggers are always on: they are passed over."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        fields: Mapping[str, Field],
        woken: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._fields = fields
        self._audit = Audit(database, clock, woken)

    async def switch(self, caller: Caller, request: SwitchRequest, way: Way) -> SwitchResult:
        """Switch them on or off. Switching on catches nothing up, and ends a count of failures."""
        if request.filter is None and not request.ids:
            raise InvalidError("Say which: give their ids, or a filter.", "ids")
        if request.filter is not None and request.ids:
            raise InvalidError("Give either ids or a filter.", "filter")
        if len(request.ids) > paging.MOST:
            raise InvalidError(f"There can be {paging.MOST} ids at once; use a filter for more.", "ids")
        if request.filter is not None:
            numbers = await self._matching(caller, request.filter)
        else:
            numbers = [str(number) for number in dict.fromkeys(request.ids)]
        result = SwitchResult([], [])
        for first in range(0, len(numbers), _AT_ONCE):
            await self._switch(caller, numbers[first : first + _AT_ONCE], way, result, alone=len(numbers) == 1)
        return result

    async def _matching(self, caller: Caller, filter_: str) -> list[str]:
        seen = seen_by(caller)
        criteria = filtering.parse(filter_, self._fields, self._clock.now(), caller.zone)
        found: list[str] = []
        below: AutomationId | None = None
        while True:
            some = partial(store.page, seen=seen, criteria=criteria, below=below, limit=paging.MOST)
            rows = await self._database.read(some)
            found += [str(row.id) for row in rows if manages(caller, row)]
            if len(rows) < paging.MOST:
                return found
            below = rows[-1].id

    async def _switch(
        self, caller: Caller, numbers: Sequence[str], way: Way, result: SwitchResult, *, alone: bool
    ) -> None:
        def unit(connection: Connection) -> tuple[list[int], list[int]]:
            now = self._clock.now()
            switched: list[int] = []
            passed: list[int] = []
            for number in numbers:
                row = manageable(connection, caller, number)
                why_not = _why_not(row, way, now)
                if why_not is not None and alone:
                    raise ConflictError(why_not)
                if why_not is not None:
                    passed.append(row.id)
                elif row.enabled is not (way == "enable"):
                    _apply(connection, caller, row, way, now)
                    switched.append(row.id)
            return switched, passed

        switched, passed = await self._audit.attempt(caller, f"automation.{way}", ",".join(numbers), unit)
        result.changed.extend(switched)
        result.passed_over.extend(passed)


def _why_not(row: AutomationRow, way: Way, now: Instant) -> str | None:
    if row.type == "http":
        return "An automation that a webhook triggers is always on: rotate its token to shut it."
    past = row.type == "one-time" and (row.run_at or 0) < now - ONE_TIME_GRACE
    if way == "enable" and not row.enabled and past:
        return "The time of this one-time automation is past: give it a new one, then enable it."
    return None


def _apply(connection: Connection, caller: Caller, row: AutomationRow, way: Way, now: Instant) -> None:
    values: dict[str, object] = {"revision": row.revision + 1, "updated_at": now}
    if way == "enable":
        values |= {
            "enabled": True,
            "disabled_reason": None,
            "disabled_at": None,
            "disabled_by": None,
            "failures": 0,
            "skips": 0,
            "next_run_at": first_due(connection, row, now),
            "last_scheduled_for": now,
            "zone_data": zone_data_version(),
        }
    else:
        reason = f"Switched off by {caller.name}."
        note_dropped(connection, row, "disabled", reason, now)
        values |= {
            "enabled": False,
            "next_run_at": None,
            "disabled_reason": reason,
            "disabled_at": now,
            "disabled_by": caller.name,
        }
    store.change(connection, row.id, values)
    write(connection, caller, f"automation.{way}", str(row.id), "done", {"name": row.name}, now)
    changed(connection, row.id, row.workspace_id, now)
