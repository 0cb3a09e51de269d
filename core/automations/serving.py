"""The automations of a server, built in order: what starts them, the clock, and what people do with them."""

import asyncio
from collections.abc import Callable

from core.automations.firing import Firing, Starter
from core.automations.ledger import Ledger
from core.automations.planning import Planning
from core.automations.run_now import RunNow
from core.automations.scheduler import Scheduler
from core.automations.service import Automations
from core.automations.switching import Switching
from core.automations.trigger import Trigger
from core.clock import Clock
from core.filters import AUTOMATION_FIELDS
from core.ids import Entropy
from core.sessions.choosing import ProviderChoice
from storage.database import Database


class AutomationsOfServer:
    """`base` answers where others reach this server, `public` what is configured as that, and `started` is called
    when a session was begun."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        entropy: Entropy,
        starter: Starter,
        providers: ProviderChoice,
        base: Callable[[], str],
        started: Callable[[], None],
        public: Callable[[], str | None] = lambda: None,
    ) -> None:
        self.firing = Firing(starter, entropy)
        self._started = started
        self.scheduler = Scheduler(database, clock, entropy, self.firing, started)
        wake = self.scheduler.wake
        self.desk = Automations(database, clock, entropy, providers, base, wake)
        self.switching = Switching(database, clock, AUTOMATION_FIELDS, wake)
        self.run_now = RunNow(database, clock, self.firing, self.begun)
        self.planning = Planning(database, clock)
        self.ledger = Ledger(database, clock)
        self.trigger = Trigger(database, clock, self.firing, public, started)

    def begun(self) -> None:
        """Somebody set an automation off: there is a session to run, and its end to wait for."""
        self._started()
        self.scheduler.wake()

    def wake(self) -> None:
        """There may be something due, or a session has ended."""
        self.scheduler.wake()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as both:
            both.create_task(self.scheduler.run())
            both.create_task(self.trigger.run())
