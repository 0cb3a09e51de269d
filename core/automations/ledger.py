"""The history of automations: why each occurrence ran, or did not."""

from core import filtering, paging
from core.api.automations import Execution
from core.api.wire import ListQuery, Page
from core.automations.access import may_see, number_of, seen_by
from core.automations.views import shown_executions
from core.caller import Caller
from core.clock import Clock
from core.errors import NotFoundError
from core.filters import EXECUTION_FIELDS
from core.people.audit import HiddenError
from storage import automations as store
from storage import executions, history
from storage.database import Connection, Database
from storage.ids import ExecutionId


class Ledger:
    """Executions as lists and one by one. Those of deleted automations stay."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def page(self, caller: Caller, query: ListQuery) -> Page[Execution]:
        """The executions that the caller may see, newest first."""
        limit, seen = paging.one_more(query), seen_by(caller)
        below = None if query.cursor is None else ExecutionId(paging.number(query.cursor))
        criteria = filtering.parse(query.filter, EXECUTION_FIELDS, self._clock.now(), caller.zone)

        def unit(connection: Connection) -> Page[Execution]:
            rows = history.page(connection, seen, criteria, below=below, limit=limit)
            return paging.page(
                rows,
                query.limit,
                lambda some: shown_executions(connection, some),
                lambda row: str(row[0].id),
            )

        return await self._database.read(unit)

    async def show(self, caller: Caller, number: str) -> Execution:
        sentence = f"There is no execution {number[:20]}, or none that you may see."

        def unit(connection: Connection) -> Execution:
            row = executions.by_id(connection, ExecutionId(number_of(number)))
            of = {} if row is None else store.these(connection, [row.automation_id])
            if row is None or row.automation_id not in of:
                raise NotFoundError(sentence)
            automation = of[row.automation_id]
            if not may_see(caller, automation.workspace_id, automation.creator_id):
                raise HiddenError(sentence)
            return shown_executions(connection, [(row, automation.name)])[0]

        return await self._database.read(unit)
