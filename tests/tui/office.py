"""The app on a server with automations in memory, for the tests of their screens."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot

from core.api.automations import Automation, Execution
from core.api.inbox import InboxItem
from core.clock import ManualClock
from tests.fakes.automations import FakeAutomations, ledger, office
from tests.tui.making import WIDE, app_on, live, screen_text, until
from tui.app import CallboardApp


class Office:
    """The app, its pilot, and the automations that it shows."""

    def __init__(self, app: CallboardApp, pilot: Pilot[None], fake: FakeAutomations) -> None:
        self.app = app
        self.pilot = pilot
        self.fake = fake

    @property
    def text(self) -> str:
        return screen_text(self.app)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        await self.pilot.press(*["space" if character == " " else character for character in text])

    async def see(self, text: str) -> None:
        await until(self.pilot, lambda: text in self.text)

    async def see_no(self, text: str) -> None:
        await until(self.pilot, lambda: text not in self.text)

    async def until(self, condition: Callable[[], object]) -> None:
        await until(self.pilot, condition)

    async def find(self, name: str) -> None:
        """Put the cursor of the list on this automation."""
        await self.see(name)
        await self.press("slash")
        await self.type(name.split()[0])
        await self.press("enter")
        await until(self.pilot, lambda: self.text.count("▌") == 1 and f"{name}" in self.text)


@asynccontextmanager
async def at_work(
    clock: ManualClock,
    folder: Path,
    size: tuple[int, int] = WIDE,
    *,
    automations: Sequence[Automation] | None = None,
    executions: Sequence[Execution] | None = None,
    items: Sequence[InboxItem] = (),
) -> AsyncIterator[Office]:
    shown = office() if automations is None else automations
    known = (ledger(shown) if automations is None else []) if executions is None else executions
    fake = FakeAutomations(clock, shown, known, items)
    app = app_on(fake, clock, folder)
    async with app.run_test(size=size) as pilot:
        await live(pilot, app)
        yield Office(app, pilot, fake)
