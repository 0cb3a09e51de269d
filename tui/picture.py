"""Pictures of the app, made by the app on a sample home: `python -m tui.picture FOLDER`."""

import asyncio
import re
import sys
import tempfile
from pathlib import Path

from core import launch
from core.api.inbox import page
from core.clock import SystemClock
from core.demo.alerting import DESKTOPS, SLACK
from core.demo.fill import fill
from core.home import Home
from core.live_client import LiveClient
from tui.app import CallboardApp
from tui.cache import Cache
from tui.keymap import AppSettings
from tui.screens.channels import ChannelsScreen

_SIZE = (124, 34)
_ITEMS = 150
_SEED = 7
_SPACE = "&#160;"
_PATIENCE = 20
_POLL = 0.05
_SETTLED = 0.5
_ASKED = "event:approval:requested since:1m"  # there are older ones too, which are settled
_CELL = 12.2  # the width of a cell in the pictures of Textual


async def pictures(home: Home) -> dict[str, str]:
    """The app as SVG: what is in progress, what is new, and a question that waits for an answer; and where alerts
    go, with a channel that is gone."""
    client = LiveClient(home.socket)
    asked = await _asked(client)
    app = CallboardApp(
        client,
        lambda: None,
        cache=Cache(home.path / "cache"),
        settings=AppSettings(),
        wrong=[],
        place="build-7",
        clock=SystemClock(),
    )
    async with app.run_test(size=_SIZE) as pilot:
        async with asyncio.timeout(_PATIENCE):
            while not (app.workbench.live.known and app.workbench.sections.row_count):
                await pilot.pause(_POLL)
            app.workbench.list.want(asked)
            while app.workbench.detail.item is None or app.workbench.detail.item.id != asked:
                await pilot.pause(_POLL)
        await pilot.press("k", "j")  # its own keys are at the foot
        await pilot.pause(_POLL)
        workbench = _svg(app)
        await pilot.press("C")
        async with asyncio.timeout(_PATIENCE):
            while not (isinstance(app.screen, ChannelsScreen) and _have_been_told(app.screen)):
                await pilot.pause(_POLL)
        app.screen.want(SLACK)
        await pilot.pause(_SETTLED)
        return {"callboard": workbench, "channels": _svg(app)}


def _have_been_told(screen: ChannelsScreen) -> bool:
    """Whether what was for desktops before this app was connected has been shown."""
    return any(record.name == DESKTOPS and not record.pending for record in screen.records.records.values())


def _svg(app: CallboardApp) -> str:
    return _without_leading_spaces(app.export_screenshot(title="callboard"))


async def _asked(client: LiveClient) -> int:
    """Wait until a session has asked; which notification says so."""
    async with asyncio.timeout(_PATIENCE):
        while True:
            found = await client.send(page(filter=_ASKED))
            if found.items:
                return found.items[0].id
            await asyncio.sleep(_POLL)


def _without_leading_spaces(svg: str) -> str:
    """Each text set to where its first letter is: some programs that draw SVG drop the spaces before it."""

    def moved(match: re.Match[str]) -> str:
        head, x, middle, length, tail, spaces = match.groups()
        count = spaces.count(_SPACE)
        shift = min(count * _CELL, float(length))
        return f"{head}{float(x) + shift:g}{middle}{float(length) - shift:g}{tail}"

    return re.sub(rf'(<text [^>]*x=")([\d.]+)("[^>]*textLength=")([\d.]+)("[^>]*>)((?:{_SPACE})+)', moved, svg)


def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as sample:
        home = Home(Path(sample) / "home")
        asyncio.run(fill(home, _ITEMS, _SEED, SystemClock().now()))
        launch.ensure(home)
        try:
            for name, picture in asyncio.run(pictures(home)).items():
                (folder / f"{name}.svg").write_text(picture, encoding="utf-8")
        finally:
            launch.stop(home)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
