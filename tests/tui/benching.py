"""The app on an inbox in memory, for the tests of the main screen."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot

from core.api.inbox import InboxItem
from core.clock import ManualClock
from tests.fakes.inbox import FakeInbox
from tests.tui.making import WIDE, app_on, live, screen_text, until
from tui.app import CallboardApp
from tui.keymap import AppSettings

_KEYS = {" ": "space", ":": "colon"}


class Bench:
    """The app, its pilot, and the inbox that it shows."""

    def __init__(self, app: CallboardApp, pilot: Pilot[None], fake: FakeInbox) -> None:
        self.app = app
        self.pilot = pilot
        self.fake = fake

    @property
    def text(self) -> str:
        return screen_text(self.app)

    @property
    def ids(self) -> list[int]:
        return list(self.app.workbench.live.ids)

    @property
    def said(self) -> str:
        return self.app.workbench.key_bar.flashed

    @property
    def cursor(self) -> int | None:
        return self.app.workbench.list.cursor_id

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        await self.pilot.press(*[_KEYS.get(character, character) for character in text])

    async def until(self, condition: Callable[[], object]) -> None:
        await until(self.pilot, condition)

    async def see(self, text: str) -> None:
        await until(self.pilot, lambda: text in self.text)

    async def see_no(self, text: str) -> None:
        await until(self.pilot, lambda: text not in self.text)


@asynccontextmanager
async def bench(
    clock: ManualClock,
    folder: Path,
    shown: Sequence[InboxItem],
    size: tuple[int, int] = WIDE,
    settings: AppSettings | None = None,
) -> AsyncIterator[Bench]:
    fake = FakeInbox(clock, shown)
    app = app_on(fake, clock, folder, settings)
    async with app.run_test(size=size) as pilot:
        await live(pilot, app)
        yield Bench(app, pilot, fake)
