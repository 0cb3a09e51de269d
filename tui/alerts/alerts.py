"""Alerts of one app: hears what comes in, decides, gathers, and tells the person where they look.

It looks at the terminal and loads what it needs when the first alert is due. What fails on the desktop goes to
the terminal, and the desktop is tried again after a while."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from core.alerts.choosing import Plan, choose
from core.alerts.deciding import decide, quiet_until
from core.alerts.gathering import Gathering
from core.alerts.ways import Choice
from core.alerts.words import Alert, News, alert_of
from core.api import people
from core.api.people import Me
from core.api.stream import Change
from core.clock import to_datetime
from core.errors import CallboardError, UnreachableError
from tui.alerts.announced import Announced
from tui.alerts.arrivals import Arrivals
from tui.alerts.attention import Attention
from tui.alerts.chosen import ChosenWays
from tui.alerts.desktop import DesktopAlerts
from tui.alerts.surroundings import surroundings
from tui.alerts.terminal import TerminalAlerts
from tui.desk import Desk
from tui.live.feed import Heard

_REST = 60.0  # seconds in which a desktop that failed is not tried again
_GLANCE = 300.0  # seconds between looks at whether quiet hours have ended


class Alerts:
    """`changed` is called when the person's profile is another, `opened` with what they activated, `broke` with a
    mistake of our own."""

    def __init__(
        self,
        desk: Desk,
        attention: Attention,
        terminal: TerminalAlerts,
        folder: Path,
        environment: Mapping[str, str],
        *,
        me: Callable[[], Me | None],
        changed: Callable[[Me], object],
        opened: Callable[[Alert], object],
        refused: Callable[[CallboardError], object],
        broke: Callable[[Exception], object],
    ) -> None:
        self._desk = desk
        self._attention = attention
        self.terminal = terminal
        self._chosen = ChosenWays(folder)
        self._environment = environment
        self._me = me
        self._changed = changed
        self.activate = opened
        self._refused = refused
        self._broke = broke
        self._gathering = Gathering()
        self._desktop = DesktopAlerts()
        self._desktop_failed: float | None = None
        self._arrivals = Arrivals(
            desk.source,
            to_datetime(desk.clock.now()) - timedelta(seconds=1),
            wanted=self._wanted,
            came=self._came,
            waiting=self._gathering.waiting,
            gone=self._gathering.withdraw,
            start=self._start,
        )
        self._announced = Announced(desk.source, wanted=self._wanted, came=self._came, start=self._start)
        self._timer: asyncio.TimerHandle | None = None
        self._telling = False
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self) -> None:
        self._attention.came_back = self._forget
        self._desk.feed.join(self._heard)

    def end(self) -> None:
        self._desk.feed.leave(self._heard)
        if self._timer is not None:
            self._timer.cancel()
        for task in list(self._tasks):
            task.cancel()
        self._desktop.close()

    @property
    def at_rest(self) -> bool:
        """Whether nothing is asked for or told at present."""
        return not self._tasks

    # How this terminal is alerted

    async def plan(self, way: Choice | None = None) -> Plan:
        """How alerts go from here, looked at anew: tmux may have been attached elsewhere. It is as the person
        chose for this terminal, or as this `way` would have it."""
        here = await asyncio.to_thread(surroundings, self._environment)
        if way is None:
            return choose(here, self._chosen.load())
        found = choose(here, {})
        return found if way == "auto" else choose(here, {found.key: way})

    async def use(self, way: Choice) -> None:
        """Remember how this terminal is to be alerted; `auto` forgets that."""
        self._chosen.choose((await self.plan()).key, None if way == "auto" else way)

    async def test(self, way: Choice | None = None) -> str:
        """Send a test alert at once; in words, where it went."""
        alert = Alert("This is a test", "If you can read this, alerts reach you.", "normal")
        plan = await self.plan(way)
        if plan.desktop and await self._desktop.tell(alert, lambda: None):
            return "The desktop took it."
        sent = self.terminal.send(alert, plan, away=False)
        failed = f"The desktop failed ({self._desktop.trouble}). " if plan.desktop else ""
        return failed + (f"Sent to {plan.terminal} by {plan.fallback}." if sent else "Nothing could be sent.")

    # What comes in

    def _heard(self, heard: Heard) -> None:
        self._arrivals.hear(heard)
        self._announced.hear(heard)
        if isinstance(heard, Change) and heard.topic == "me":
            self._start(self._ask_for_profile())

    async def _ask_for_profile(self) -> None:
        self._changed(await self._desk.source.send(people.me()))
        self.look()

    def _wanted(self) -> bool:
        me = self._me()
        return me is not None and me.desktop_alerts != "never"

    def _came(self, news: Sequence[News]) -> None:
        me = self._me()
        if me is None:
            return
        now = self._desk.clock.monotonic()
        is_away, is_quiet = self._attention.away, self._quiet(me) > 0
        for one in news:
            match decide(one.severity, me.desktop_alerts, is_away=is_away, is_quiet=is_quiet):
                case "tell":
                    self._gathering.put(one, now)
                case "hold":
                    self._gathering.hold(one)
        self.look()

    def _quiet(self, me: Me) -> float:
        """For how many more seconds the person wants quiet."""
        now = self._desk.now
        end = quiet_until(now, self._desk.zone, me.quiet_from, me.quiet_to)
        return 0.0 if end is None else max(1.0, (end - now).total_seconds())

    def _forget(self) -> None:
        """The person is back: with alerts only when away, the list shows it all."""
        me = self._me()
        if me is None or me.desktop_alerts != "always":
            self._gathering.forget()

    # What goes out

    def look(self) -> None:
        """Tell what is due, and look again when something will be."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        me = self._me()
        if me is None or self._telling:
            return
        now, wait = self._desk.clock.monotonic(), None
        if self._gathering.held:
            wait = min(self._quiet(me), _GLANCE)
            if wait == 0.0:
                self._gathering.release(now)
        if me.desktop_alerts == "never":
            self._gathering.forget()
        news = self._gathering.take(now)
        if news:
            self._telling = True
            self._start(self._tell(alert_of(news, me.alert_words), me))
            return
        due = self._gathering.wait(now)
        waits = [seconds for seconds in (wait, due) if seconds]
        if waits:
            self._timer = asyncio.get_running_loop().call_later(min(waits), self.look)

    async def _tell(self, alert: Alert, me: Me) -> None:
        try:
            plan = await self.plan()
            if not (plan.desktop and await self._on_desktop(alert)):
                self.terminal.send(alert, plan, away=me.desktop_alerts == "away")
        finally:
            self._telling = False
        self.look()

    async def _on_desktop(self, alert: Alert) -> bool:
        now = self._desk.clock.monotonic()
        if self._desktop_failed is not None and now - self._desktop_failed < _REST:
            return False
        told = await self._desktop.tell(alert, lambda: self.activate(alert))
        self._desktop_failed = None if told else now
        return told

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, CallboardError) and not isinstance(error, UnreachableError):
            self._refused(error)
        elif isinstance(error, Exception) and not isinstance(error, CallboardError):
            self._broke(error)
