"""A company with everything that sessions go through: real small processes, on one database."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from core.api.sessions import CommandCreation, Message, OutputQuery, Resumption, SessionCreation, SessionDetail
from core.api.workflows import WorkspaceSettingsChange
from core.caller import Caller, Permission
from core.config import SessionSettings
from core.provider_settings import ProviderSettings
from core.sessions.approvals import Approvals
from core.sessions.choosing import CurrentProviders
from core.sessions.providers.registry import Providers
from core.sessions.runs.runner import Runner
from core.sessions.service import Sessions
from core.sessions.starting import Starting
from core.sessions.worker import Worker
from core.sessions.workshop import Workshop
from core.sessions.workspace_settings import SettingsOfWorkspaces
from storage import events, turns
from storage.events import EventRow
from storage.ids import EventSeq, SessionId
from storage.turns import TurnRow
from tests.road import Road

FLYING = ("queued", "running", "asking")


@dataclass
class Studio:
    """Ann's sessions in the workspace `shop`. Nothing runs but inside of `running`."""

    road: Road
    home: Path
    configured: dict[str, ProviderSettings] = field(default_factory=dict)
    rules: SessionSettings = field(default_factory=SessionSettings)

    def __post_init__(self) -> None:
        self.committed = asyncio.Event()
        self.road.database.on_commit(self.committed.set)
        self.begin_anew()

    def begin_anew(self) -> None:
        """As a server does that knows nothing but what is stored."""
        road = self.road
        known = Providers(self.configured)
        self.providers = CurrentProviders(lambda: known)
        self.shop = Workshop(
            road.database,
            road.clock,
            road.entropy,
            self.providers,
            self.home,
            lambda: self.rules,
            Worker.here(self.home, road.entropy),
        )
        self.runner = Runner(self.shop)
        self.starting = Starting(self.providers, road.entropy)
        self.sessions = Sessions(self.shop, self.starting, self.runner)
        self.approvals = Approvals(self.shop)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The runner at work, until the block ends."""
        task = asyncio.create_task(self.runner.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    @property
    def ann(self) -> Caller:
        return self.road.callers["ann"]

    def holding(self, name: str, *permissions: Permission) -> Caller:
        return replace(self.road.callers[name], permissions=frozenset(permissions))

    async def create(self, prompt: str = "echo hello", **parts: object) -> SessionDetail:
        creation = SessionCreation("shop", prompt=prompt, **parts)  # type: ignore[arg-type]
        return await self.sessions.create(self.ann, creation)

    async def run_command(self, *argv: str, **parts: object) -> SessionDetail:
        creation = CommandCreation("shop", list(argv), **parts)  # type: ignore[arg-type]
        return await self.sessions.run_command(self.ann, creation)

    async def say(self, session: SessionDetail, prompt: str) -> SessionDetail:
        return await self.sessions.say(self.ann, session.id, Message(prompt))

    async def resume(self, session: SessionDetail, *, skip: bool = False) -> SessionDetail:
        return await self.sessions.resume(self.ann, session.id, Resumption(skip))

    async def show(self, session: SessionDetail | int) -> SessionDetail:
        number = session if isinstance(session, int) else session.id
        return await self.sessions.show(self.road.callers["root"], number)

    async def until(self, session: SessionDetail, holds: Callable[[SessionDetail], bool]) -> SessionDetail:
        """The session, when it is so."""
        async with asyncio.timeout(20):
            while True:
                self.committed.clear()
                if holds(now := await self.show(session)):
                    return now
                await self.committed.wait()

    async def ended(self, session: SessionDetail) -> SessionDetail:
        """The session, when its run is over."""
        return await self.until(session, lambda now: now.state not in FLYING)

    async def output(self, session: SessionDetail, turn: int | None = None) -> str:
        return (await self.sessions.output(self.ann, session.id, OutputQuery(turn, at=0))).text

    async def turn(self, session: SessionDetail, number: int | None = None) -> TurnRow:
        """A turn of the session as it is stored."""
        row = await self.road.database.read(
            lambda connection: turns.turn_of(connection, SessionId(session.id), number)
        )
        assert row is not None
        return row

    async def set_up(self, **change: object) -> None:
        """What the workspace says of itself."""
        settings = SettingsOfWorkspaces(self.road.database, self.road.clock)
        await settings.change(self.road.callers["root"], "shop", WorkspaceSettingsChange(**change))  # type: ignore[arg-type]

    async def events(self, prefix: str) -> list[EventRow]:
        """What has been recorded under this name, oldest first."""
        rows = await self.road.database.read(lambda connection: events.after(connection, EventSeq(0), 1000))
        return [row for row in rows if row.name.startswith(prefix)]
