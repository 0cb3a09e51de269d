"""Run Now: a person sets an automation off, whatever its schedule says, and without a word to it."""

from collections.abc import Callable

from core.api.automations import Execution, RunRequest
from core.automations.access import manageable
from core.automations.checking import checked_parameters
from core.automations.firing import Fired, Firing, Occurrence
from core.automations.views import shown_executions
from core.caller import Caller
from core.clock import Clock
from core.errors import ConflictError, NotFoundError
from core.people.audit import Audit, write
from storage import executions
from storage.database import Connection, Database


class RunNow:
    """`started` is called when a session was begun."""

    def __init__(
        self, database: Database, clock: Clock, firing: Firing, started: Callable[[], None] = lambda: None
    ) -> None:
        self._database = database
        self._clock = clock
        self._firing = firing
        self._audit = Audit(database, clock, started)

    async def run(self, caller: Caller, number: str, request: RunRequest) -> Execution:
        """Start it with these parameters over its own. ConflictError names the session that is in the way."""
        checked_parameters(request.parameters)

        def unit(connection: Connection) -> tuple[Fired, Execution]:
            now = self._clock.now()
            row = manageable(connection, caller, number)
            occurrence = Occurrence("run-now", actor=caller.person, parameters=request.parameters)
            fired = self._firing.fire(connection, row.id, occurrence, now)
            detail = {"name": row.name, "outcome": fired.outcome, "session": fired.session}
            write(connection, caller, "automation.run", str(row.id), "done", detail, now)
            execution = executions.by_id(connection, fired.execution)
            if execution is None:
                raise NotFoundError("This automation has been deleted.")
            return fired, shown_executions(connection, [(execution, row.name)])[0]

        fired, execution = await self._audit.attempt(caller, "automation.run", number, unit)
        if fired.outcome == "skipped":
            raise ConflictError(
                f"Session {fired.session} of this automation is still going: stop it first, wait for its end, or"
                " allow parallel sessions."
            )
        if fired.outcome == "failed":
            raise ConflictError(fired.reason)
        return execution
