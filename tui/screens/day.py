"""The coming day: which automation runs when, on a time line in the viewer's zone."""

from collections.abc import Mapping
from typing import ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widget import Widget

from core.api import automations
from core.api.automations import Day
from core.api.stream import Change, Reset
from core.text import clean
from tui.actions import Scope, bindings
from tui.desk import Desk
from tui.live.feed import Heard
from tui.live.looking import Looking
from tui.navigation import open_link
from tui.screens.place import Place
from tui.widgets.record_list import Nothing
from tui.widgets.time_line import HOURS, DayRow, Hours, TimeLine, Times, rows
from tui.widgets.virtual_list import VirtualList
from tui.words.times import ahead

_MINUTE = 60.0
_MOST = 1000  # runs


class DayScreen(Place):
    """Asks again when an automation changes, and each minute moves on."""

    WORDS = "Time line"
    AUTO_FOCUS = "TimeLine"
    BINDINGS: ClassVar[list[BindingType]] = bindings("place")

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._rows: dict[int, DayRow] = {}
        self._day: Day | None = None
        self._looking = Looking(self._look, self.start)
        self.list = TimeLine(lambda: self._rows, self._nothing, lambda *_: None, desk.clock)
        self.list.desk = desk
        self.hours = Hours(self.list)
        self.times = Times()

    def compose(self) -> ComposeResult:
        yield self.title_bar
        with Vertical(id="body"):
            yield self.hours
            yield self.list
            yield self.times
        yield self.key_bar

    def scopes(self) -> Mapping[Scope, App[None] | Widget]:
        return {"list": self.list, "place": self, "everywhere": self.app}

    def on_mount(self) -> None:
        self._move_on()
        self._looking.again()
        self.set_interval(_MINUTE, self._move_on)

    def heard(self, heard: Heard) -> None:
        match heard:
            case Change() if heard.topic in ("automations", "executions"):
                self._looking.again()
            case Reset() | "live":
                self._looking.again()

    async def _look(self) -> None:
        self._day = await self.desk.source.send(automations.day(HOURS, _MOST))
        found = rows(self._day.runs)
        self._rows = {row.id: row for row in found}
        self.list.show([row.id for row in found])
        self._say()

    def _move_on(self) -> None:
        self.hours.show(self.desk.now, self.desk.zone, self.desk.zone_name)
        self.list.refresh_ages()
        self._say()

    def _nothing(self) -> Nothing:
        if self._day is None:
            return Nothing("", "Asking the server…")
        return Nothing("Nothing runs in the coming day", "Loops and webhooks have no times of their own.")

    def _say(self) -> None:
        """The times of what the cursor is on."""
        row = self._rows.get(self.list.cursor_id or 0)
        if row is None:
            self.times.show("")
            return
        now, zone = self.desk.now, self.desk.zone
        times = ", ".join(f"{run.astimezone(zone):%H:%M}" for run in row.runs)
        count = "once" if len(row.runs) == 1 else f"{len(row.runs)} times"
        more = ""
        if self._day is not None and self._day.more and self._day.runs:
            more = f"Only what runs before {self._day.runs[-1].at.astimezone(zone):%H:%M} is shown. "
        self.times.show(f"{more}{clean(row.name)}: {ahead(row.runs[0], now)}, {count}: {times}")

    @on(VirtualList.Moved)
    def _moved(self) -> None:
        self._say()

    @on(VirtualList.Opened)
    async def _opened(self, event: VirtualList.Opened) -> None:
        await open_link(self.app, f"callboard:automation/{event.id}")

    @on(VirtualList.Cleared)
    def _cleared(self) -> None:
        self.action_leave()
