"""What the home's files say of notifications, as a running server has it: read at the start and whenever somebody
asks, and swapped as a whole."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

from core.api.rules import Problem, RuleProblems
from core.caller import Caller, Permission
from core.channels.ready import ReadyChannels, Setup
from core.clock import Clock
from core.config import Settings
from core.errors import CallboardError, ConflictError
from core.home import Home
from core.people.audit import Audit, write
from core.routing.configuration import Configuration
from core.routing.files import read_files
from storage.database import Connection, Database

_MOST_LOGGED = 50

_log = logging.getLogger("callboard.notifications")


class NotificationFiles:
    """`settings` are those of config.toml as it was read last, which `again` does anew."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        home: Home,
        channels: ReadyChannels,
        settings: Callable[[], Settings],
        again: Callable[[], None],
    ) -> None:
        self.configuration = Configuration()
        self._clock = clock
        self._home = home
        self._channels = channels
        self._settings = settings
        self._again = again
        self._audit = Audit(database, clock)
        self._of_channels: list[Problem] = []
        self._one_at_a_time = asyncio.Lock()
        self._asked = asyncio.Event()
        self._is_read = False

    @property
    def problems(self) -> list[Problem]:
        """All that is wrong in the files, with the rules that name a channel which is not there now."""
        found = self.configuration
        return [*found.problems, *self._of_channels, *found.unknown_channels(self._channels.names)]

    async def read(self) -> None:
        """Let what the files say now hold from here on. Where one of them cannot be read at all, what they said
        before goes on until it can."""
        async with self._one_at_a_time:
            found = await asyncio.to_thread(read_files, self._home, self._settings())
            if found.lost and self._is_read:
                found = replace(self.configuration, problems=found.problems, notices=found.notices)
            setup = Setup(found.channels, found.base_urls, found.allow, found.env, found.unusable)
            self._of_channels = await self._channels.set_up(setup)
            self.configuration = found
            self._is_read = True
            problems = self.problems
        for problem in [*problems, *found.notices][:_MOST_LOGGED]:
            _log.warning("%s: %s", problem.place, problem.sentence)
        _log.info(
            "Notifications: %d channels, %d rules, %d problems",
            len(found.channels),
            len(found.rules),
            len(problems),
        )

    async def reload(self, caller: Caller) -> RuleProblems:
        """Read the files again for somebody, who gets to know what is wrong in them."""

        def unit(connection: Connection) -> None:
            caller.require(Permission.CHANNELS_MANAGE)
            write(connection, caller, "notifications.reload", "notifications", "done", {}, self._clock.now())

        await self._audit.attempt(caller, "notifications.reload", "notifications", unit)
        try:
            self._again()
        except CallboardError as error:
            raise ConflictError(
                f"Nothing was read again, for the configuration is wrong: {error.sentence}"
            ) from None
        await self.read()
        return RuleProblems(self.problems)

    def read_soon(self) -> None:
        self._asked.set()

    async def run(self) -> None:
        """Read again whenever the server is told to, until cancelled."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            await self.read()
