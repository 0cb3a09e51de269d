"""The app on channels and deliveries in memory, for the tests of their screens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from core.clock import ManualClock
from tests.fakes.channels import FakeChannels
from tests.tui.benching import Bench
from tests.tui.making import WIDE, app_on, live
from tui.screens.place import Place


class Outgoing(Bench):
    """The app, its pilot, and what it shows."""

    fake: FakeChannels

    @property
    def place(self) -> Place:
        place = self.app.screen
        assert isinstance(place, Place)
        return place

    @property
    def said(self) -> str:
        return self.place.key_bar.flashed

    async def says(self, text: str) -> None:
        await self.until(lambda: text in self.said)

    async def at(self, name: str) -> None:
        """Put the cursor of the list on this."""
        await self.see(name)
        await self.press("g")
        for _ in range(20):
            if any(line.startswith("▌") and name in line for line in self.text.splitlines()):
                return
            await self.press("j")
        raise AssertionError(f"{name} is not in the list.")


@asynccontextmanager
async def outgoing(
    clock: ManualClock, folder: Path, *keys: str, fake: FakeChannels | None = None, size: tuple[int, int] = WIDE
) -> AsyncIterator[Outgoing]:
    """After these keys."""
    known = fake or FakeChannels(clock)
    app = app_on(known, clock, folder)
    async with app.run_test(size=size) as pilot:
        await live(pilot, app)
        it = Outgoing(app, pilot, known)
        await it.press(*keys)
        await it.until(lambda: "Asking the server…" not in it.text)
        yield it
