"""The yardstick for the screen: the smallest Textual app with a line list and a docked line below it.

`python -m tests.bench.bare_app` shows a hundred thousand lines. With a socket path as argument it follows that
home's change feed instead and shows each event as a line, with nothing of Callboard in between but the client."""

import asyncio
import sys

from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Static


class Lines(ScrollView, can_focus=True):
    """A list of lines by the line API."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self.lines = lines
        self.virtual_size = Size(80, len(lines))

    def render_line(self, y: int) -> Strip:
        row = y + self.scroll_offset.y
        text = self.lines[row] if row < len(self.lines) else ""
        return Strip([Segment(text.ljust(self.size.width)[: self.size.width])])

    def prepend(self, line: str) -> None:
        self.lines.insert(0, line)
        self.virtual_size = Size(80, len(self.lines))
        self.refresh()


class BareApp(App[None]):
    """A list and a line."""

    CSS = "Static { dock: bottom; height: 1; }"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, lines: list[str], socket: str | None) -> None:
        super().__init__()
        self._lines = Lines(lines)
        self._socket = socket

    def compose(self) -> ComposeResult:
        yield self._lines
        yield Static("bare-ready", markup=False)

    def on_mount(self) -> None:
        self.animation_level = "none"
        if self._socket is not None:
            self.run_worker(self._follow(self._socket), exit_on_error=True)

    async def _follow(self, socket: str) -> None:
        """The raw change feed and the newest item, by the least code that works."""
        reader, writer = await asyncio.open_unix_connection(socket)
        writer.write(b"GET /api/v1/stream HTTP/1.1\r\nHost: bench\r\n\r\n")
        while line := await reader.readline():
            if line.startswith(b"data:") and b'"inbox"' in line:
                self._lines.prepend(await self._newest(socket))

    async def _newest(self, socket: str) -> str:
        reader, writer = await asyncio.open_unix_connection(socket)
        writer.write(b"GET /api/v1/inbox?limit=1 HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")
        answer = await reader.read()
        writer.close()
        _, _, after = answer.partition(b'"title":"')
        return after.split(b'"', 1)[0].decode()


if __name__ == "__main__":
    path = sys.argv[1] if len(sys.argv) > 1 else None
    BareApp([] if path else [f"line {number}" for number in range(100_000)], path).run(mouse=False)
