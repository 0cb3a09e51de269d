"""Lets the sample month happen in a home: the real services record it, with a clock that moves as told.

`python -m core.demo.fill HOME ITEMS SEED`, as a process of its own: whoever opens the app afterwards does not
carry what the filling needed."""

import asyncio
import heapq
import os
import pwd
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from itertools import count

from core.api.events import EventRequest
from core.api.inbox import InboxAction, InboxActionRequest
from core.api.people import KeyCreation, PersonCreation, WorkspaceCreation
from core.caller import Caller
from core.clock import DAY, ManualClock, SystemClock
from core.demo.agents import settle_agents
from core.demo.cast import COLLEAGUES, OWN_KEYS, WORKSPACES
from core.demo.desk import Desk
from core.demo.outbox import Viewer, write_outbox
from core.demo.stage import Happening, colleagues
from core.demo.story import DAYS, month
from core.demo.work import work
from core.demo.writing import write_board, write_work
from core.dispatcher import Dispatcher
from core.errors import NotFoundError
from core.events.record import NewEvent, record
from core.events.service import Events
from core.home import Home
from core.ids import SystemEntropy
from core.inbox.service import Inbox
from core.people.keys import Keys
from core.people.service import People
from core.people.standing import in_person, standing_of
from core.people.workspaces import Workspaces
from storage.database import Connection, Database
from storage.engines import Sqlite
from storage.ids import Instant, PersonId
from storage.migrate import prepare
from storage.people import person_by_name


@asynccontextmanager
async def opened(home: Home) -> AsyncIterator[tuple[Database, PersonId]]:
    """The database of a home that no server uses, and the person who runs this."""
    home.create()
    dialect = Sqlite(home.database, durability="normal")
    prepare(dialect, backup_folder=home.backups)
    database = Database(dialect)
    try:
        account = pwd.getpwuid(os.getuid())
        people = People(database, SystemClock(), SystemEntropy())
        yield database, await people.found(account.pw_uid, account.pw_name)
    finally:
        await database.close()


class Sample:
    """The services that the month happens in, on one clock."""

    def __init__(self, database: Database, home: Home, you: PersonId, end: Instant) -> None:
        self._entropy = entropy = SystemEntropy()
        self._database = database
        self._home = home
        self._you = you
        self._end = end
        self._clock = ManualClock(Instant(end - (DAYS + 1) * DAY))
        self._people = People(database, self._clock, entropy)
        self._workspaces = Workspaces(database, self._clock)
        self._keys = Keys(database, self._clock, entropy)
        self._events = Events(database, self._clock, entropy)
        self._inbox = Inbox(database, self._clock)
        self._dispatcher = Dispatcher(database, self._clock, entropy)
        self._callers: dict[str, Caller] = {}

    async def fill(self, items: int, seed: int) -> None:
        """Bring the people in with their work, and let the month happen up to its end."""
        you = await self._bring_in()
        there = work(you.name, self._end)
        settle_agents(self._home)
        await write_work(self._database, self._home, there, self._entropy)
        desk = Desk(self._database, self._clock, you, there)
        await desk.begin()
        order = count()
        due: list[tuple[Instant, int, Sequence[InboxAction], int]] = []
        for moment in month(there, items, seed):
            while due and due[0][0] <= moment.at:
                await self._settle(you, heapq.heappop(due))
            self._move_to(moment.at)
            item = await self._happen(you, moment.happening)
            if item is not None and moment.fate.actions:
                at = Instant(moment.at + moment.fate.after)
                heapq.heappush(due, (at, next(order), moment.fate.actions, item))
        while due:
            await self._settle(you, heapq.heappop(due))
        self._move_to(self._end)
        await desk.end()
        await write_board(self._database, there)
        await write_outbox(self._database, Viewer(self._you, you.name, self._end), self._entropy)

    async def _bring_in(self) -> Caller:
        """The workspaces and the people, and two keys."""
        you = await self._caller(self._you)
        for slug, name in WORKSPACES.items():
            await self._workspaces.add(you, WorkspaceCreation(slug, name))
        for person in COLLEAGUES:
            if person.name != you.name:
                creation = PersonCreation(person.name, person.display_name, list(person.permissions))
                await self._people.add(you, creation)
                for slug in person.workspaces:
                    await self._workspaces.add_member(you, slug, person.name)
        for name in OWN_KEYS:
            await self._keys.create(you, KeyCreation(name))
        for name in [you.name, *colleagues(you.name)]:
            row = await self._database.read(partial(person_by_name, name=name))
            if row is not None:
                self._callers[name] = await self._caller(row.id)
        return self._callers[you.name]

    async def _caller(self, person: PersonId) -> Caller:
        standing = await self._database.read(partial(standing_of, person=person))
        if standing is None:
            raise NotFoundError("The person who runs this is not in the home.")
        return in_person(standing)

    async def _happen(self, you: Caller, happening: Happening) -> int | None:
        """Record it and have it addressed. Answers the person's new item, if it became one."""
        before = await self._latest(you)
        request = EventRequest(
            happening.event,
            dict(happening.data),
            mission_id=happening.mission,
            task_id=happening.task,
            recipients=None if happening.recipients is None else list(happening.recipients),
        )
        if happening.by is None:
            await self._database.write(partial(self._record, happening=happening))
        else:
            await self._events.post(self._callers[happening.by], happening.workspace, request)
        await self._dispatcher.catch_up()
        after = await self._latest(you)
        return after if after != before else None

    def _record(self, connection: Connection, happening: Happening) -> None:
        """What the server itself records."""
        to = tuple(self._callers[name].person for name in happening.recipients or ())
        event = NewEvent(happening.event, happening.data, recipients=to)
        record(connection, event, now=self._clock.now(), entropy=self._entropy)

    async def _latest(self, you: Caller) -> int | None:
        return max((await self._inbox.index(you, "is:all")).ids, default=None)

    async def _settle(self, you: Caller, entry: tuple[Instant, int, Sequence[InboxAction], int]) -> None:
        at, _, actions, item = entry
        self._move_to(at)
        for action in actions:
            await self._inbox.act(you, InboxActionRequest(action, [item]))

    def _move_to(self, at: Instant) -> None:
        self._clock.advance(max(0, at - self._clock.now()))


async def fill(home: Home, count: int, seed: int, end: Instant) -> None:
    """Let the sample month happen in this home, up to `end`."""
    async with opened(home) as (database, you):
        await Sample(database, home, you, end).fill(count, seed)


if __name__ == "__main__":
    asyncio.run(fill(Home.find(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), SystemClock().now()))
