"""What tickets and missions are both worked on with."""

from collections.abc import Callable
from typing import TypeVar

from core.caller import Caller
from core.clock import Clock
from core.ids import Entropy
from core.planning.deadlines import WARNED_AT
from core.planning.telling import Change
from storage.database import Connection, Database

T = TypeVar("T")


class Planned:
    """`share` is the part of the time to a deadline after which a warning is due, and `armed` is called when a
    deadline may have been set."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        entropy: Entropy,
        share: Callable[[], float] = lambda: WARNED_AT,
        armed: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._entropy = entropy
        self._share = share
        self._armed = armed

    def _change(self, connection: Connection, caller: Caller) -> Change:
        return Change(connection, self._clock.now(), self._entropy, self._share(), caller.person)

    async def _write(self, unit: Callable[[Connection], T]) -> T:
        answer = await self._database.write(unit)
        self._armed()
        return answer
