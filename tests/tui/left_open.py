"""An app that somebody left open on an inbox in memory, for the tests of alerts."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from textual.events import AppBlur, AppFocus
from textual.pilot import Pilot

from core.api.inbox import InboxItem
from core.api.stream import Change
from core.clock import SECOND, ManualClock, to_datetime
from tests.fakes.profile import FakeProfile
from tests.tui.making import app_on, item, live, until
from tui.alerts.alerts import Alerts
from tui.alerts.terminal import TerminalAlerts
from tui.app import CallboardApp
from tui.live.feed import Heard

OLD = item(1, "Old", minutes=60)


class Desk:
    """An app that somebody left open, the server, and what was written to the terminal."""

    def __init__(self, app: CallboardApp, pilot: Pilot[None], fake: FakeProfile, clock: ManualClock) -> None:
        self.app = app
        self.pilot = pilot
        self.fake = fake
        self.clock = clock
        self.written: list[str] = []
        self.alerts.terminal = TerminalAlerts(self.written.append)
        self.heard = fake.said
        app.desk.feed.join(self._hear)

    def _hear(self, heard: Heard) -> None:
        self.heard += isinstance(heard, Change)

    @property
    def alerts(self) -> Alerts:
        assert isinstance(self.app.alerts, Alerts)
        return self.app.alerts

    async def look_away(self) -> None:
        self.app.post_message(AppBlur())
        await self.until(lambda: self.app.attention.focus == "blurred")

    async def come_back(self) -> None:
        self.app.post_message(AppFocus())
        await self.until(lambda: self.app.attention.focus == "focused")

    def comes(self, number: int, title: str = "", **more: Any) -> InboxItem:
        made = replace(item(number, title, **more), created_at=to_datetime(self.clock.now()))
        self.fake.arrive(made)
        return made

    async def passes(self, microseconds: int) -> list[str]:
        """What was told once so much time has passed and all is quiet."""
        await self.settled()
        self.clock.advance(microseconds)
        self.alerts.look()
        await self.settled()
        return self.written

    async def settled(self) -> None:
        await self.until(lambda: self.heard == self.fake.said and self.alerts.at_rest)

    async def until(self, condition: Callable[[], object]) -> None:
        await until(self.pilot, condition)


@asynccontextmanager
async def left_open(clock: ManualClock, folder: Path, **profile: Any) -> AsyncIterator[Desk]:
    fake = FakeProfile(clock, [OLD], **profile)
    app = app_on(fake, clock, folder)
    async with app.run_test() as pilot:
        await live(pilot, app)
        clock.advance(SECOND)
        yield Desk(app, pilot, fake, clock)
