"""The app: it wires the picture of the server to the screens, and leaves the terminal as it found it."""

import asyncio
import gc
import logging
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import App
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.events import Event, Key, Paste
from textual.filter import LineFilter
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from core.clock import Clock, SystemClock
from core.errors import CallboardError
from core.home import Home
from core.launch import ensure
from core.text import clean
from tui.actions import bindings
from tui.alerts.attention import Attention
from tui.cache import Cache, folder_of
from tui.desk import Desk
from tui.hangup import leave_when_told
from tui.keymap import AppSettings, load, settings_path
from tui.live.source import Source
from tui.navigation import go, leave_all, show_settings
from tui.palette import ActionProvider, ThemeChoice
from tui.screens.place import Place
from tui.screens.workbench import Workbench
from tui.steady_signs import SteadySigns
from tui.themes import DARK, THEMES
from tui.turns import Turns

if TYPE_CHECKING:
    from tui.alerts.alerts import Alerts

log = logging.getLogger(__name__)

_LATEST = 0.5  # seconds from the start until it connects at the latest

STYLES = Path(__file__).parent.parent / "styles" / "app.tcss"
_STEADY = SteadySigns()


class CallboardApp(App[None], inherit_bindings=False):
    """One person at one terminal."""

    TITLE = "Callboard"
    CSS_PATH = STYLES
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("everywhere"),
        Binding("ctrl+c", "stay", show=False, system=True),
    ]

    def __init__(
        self,
        source: Source,
        ensure: Callable[[], object],
        *,
        cache: Cache,
        settings: AppSettings,
        wrong: list[str],
        place: str,
        clock: Clock,
    ) -> None:
        super().__init__()
        self.animation_level = "none"
        self._ensure = ensure
        self._cache = cache
        self._wrong = wrong
        self._themes_before: str | None = None
        self.trouble: Exception | None = None
        seen = cache.load()
        for theme in THEMES:
            self.register_theme(theme)
        known = (name for name in (settings.theme, seen.theme) if name in self.available_themes)
        self.theme = next(known, DARK)
        self.set_keymap(settings.textual_keymap())
        self.settings = settings
        self.desk = Desk(source, clock, settings, place, seen.person, seen.zone)
        self.workbench = Workbench(self.desk, seen)
        self._conversation: asyncio.Task[None] | None = None
        self.cache_folder = cache.folder
        self.attention = Attention(clock)
        self.turns = Turns(self, self._give)
        self.alerts: Alerts | None = None  # once there is somebody to hear from

    def get_default_screen(self) -> Screen[None]:
        return self.workbench

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), _STEADY]

    async def on_event(self, event: Event) -> None:
        self.attention.see(event)
        if isinstance(event, Paste):  # a text field draws what it holds as it is
            event.text = clean(event.text, multiline=True)
        if isinstance(event, Key | Paste) and not event.is_forwarded:
            if not self.turns.busy:
                await self._give(event)
            elif not (isinstance(event, Key) and await self._check_bindings(event.key, priority=True)):
                self.turns.wait(event)
        else:
            await super().on_event(event)

    async def _give(self, typed: Key | Paste) -> None:
        """To what has the focus."""
        target = self.focused or self.screen
        await super().on_event(typed)
        if typed.is_forwarded:
            self.turns.follow(target, typed)

    def on_mount(self) -> None:
        leave_when_told(partial(self.exit, None))
        if self._wrong:
            more = f" ({len(self._wrong) - 1} more: callboard config check)" if len(self._wrong) > 1 else ""
            self.workbench.flash(self._wrong[0] + more, "trouble")
        self.call_after_refresh(self._connect)
        self.set_timer(_LATEST, self._connect)  # no frame comes of a screen that somebody typed past

    def _connect(self) -> None:
        if self._conversation is not None:
            return
        gc.freeze()
        gc.enable()
        self._conversation = asyncio.create_task(self.workbench.live.run(self._ensure))
        self._conversation.add_done_callback(self._disconnected)
        from tui.alerts.wiring import alerts_of

        self.alerts = alerts_of(self)
        self.alerts.begin()

    def _disconnected(self, conversation: asyncio.Task[None]) -> None:
        """It goes on for good, so that only a mistake can have ended it."""
        error = None if conversation.cancelled() else conversation.exception()
        if isinstance(error, Exception):
            self.end_by(error)

    async def on_unmount(self) -> None:
        if self._conversation is not None:
            self._conversation.cancel()
        if self.alerts is not None:
            self.alerts.end()
        self._cache.keep(self.workbench.last_seen(self.theme))

    # What can be done everywhere

    def action_stay(self) -> None:
        place = self.screen if isinstance(self.screen, Place) else self.workbench
        place.flash("ctrl+c leaves nothing: q quits, and the server goes on.")

    def action_go_inbox(self) -> None:
        go(self, "inbox")

    def action_go_automations(self) -> None:
        go(self, "automations")

    def action_go_work(self) -> None:
        go(self, "work")

    def action_go_sessions(self) -> None:
        go(self, "sessions")

    def action_go_channels(self) -> None:
        go(self, "channels")

    def action_go_deliveries(self) -> None:
        go(self, "deliveries")

    def action_go_rules(self) -> None:
        go(self, "rules")

    def action_go_events(self) -> None:
        go(self, "events")

    def action_go_profile(self) -> None:
        show_settings(self)

    async def action_quit(self) -> None:
        leave_all(self, self._quit)

    def _quit(self) -> None:
        """What was typed is kept from screen to screen, but not from start to start."""
        while not isinstance(self.screen, Place):
            self.pop_screen()
        if not self.desk.unsent:
            self.exit()
            return
        from tui.widgets.question import Answer, Question

        answers = [Answer("y", "leaves; those words are lost", self.exit), Answer("n", "stays")]
        if not self.screen.query(Question):
            self.screen.mount(Question("Leave? There are words of yours that were not sent.", answers))

    async def action_help(self) -> None:
        from tui.screens.help import Help

        if not isinstance(self.screen, Help):
            here = self.screen.scopes() if isinstance(self.screen, Place) else ()
            await self.push_screen(Help(self.settings, here))

    async def action_palette(self) -> None:
        if not isinstance(self.screen, CommandPalette):
            await self.push_screen(CommandPalette([ActionProvider], placeholder="What do you want to do?"))

    async def action_jump(self) -> None:
        from tui.screens.jump import Jump, targets_of

        if isinstance(self.screen, Place) and (targets := targets_of(self.screen)):
            await self.push_screen(Jump(targets), self._jumped)

    def _jumped(self, target: Widget | None) -> None:
        if target is not None and target.is_attached:
            self.screen.set_focus(target)

    async def action_theme(self) -> None:
        if not isinstance(self.screen, CommandPalette):
            self._themes_before = self.theme
            await self.push_screen(CommandPalette([ThemeChoice], placeholder="Which colours?"))

    def action_redraw(self) -> None:
        self.refresh(layout=True)
        self.screen.refresh()

    @on(CommandPalette.Opened)
    def _palette_opened(self) -> None:
        for field in self.screen.query(Input):
            field.cursor_blink = False  # an idle screen sends nothing

    @on(CommandPalette.OptionHighlighted)
    def _preview_theme(self, event: CommandPalette.OptionHighlighted) -> None:
        name = str(event.highlighted_event.option.prompt).split("\n")[0].strip()
        if self._themes_before is not None and name in self.available_themes:
            self.theme = name

    @on(CommandPalette.Closed)
    def _theme_chosen(self, event: CommandPalette.Closed) -> None:
        before, self._themes_before = self._themes_before, None
        if before is not None and not event.option_selected:
            self.theme = before

    def end_by(self, error: Exception) -> None:
        """Leave because of a mistake of our own."""
        self._handle_exception(error)

    def _handle_exception(self, error: Exception) -> None:
        """Textual would print the local variables of every frame: they may hold what is nobody's business. The
        traceback goes to the log, and `run` says one line."""
        self.trouble = self.trouble or error
        if self.is_headless:
            super()._handle_exception(error)
        else:
            self.exit(return_code=1)


def run(home: Home, socket: Path | None) -> int:
    """Open the app on the home's server, or on the one at the named socket; answers with the exit code."""
    from core.live_client import LiveClient

    where = socket or home.socket
    folder = folder_of(home.path, where)
    settings, wrong = load(settings_path())
    app = CallboardApp(
        LiveClient(where),
        partial(ensure, home) if socket is None else _nothing,
        cache=Cache(folder),
        settings=settings,
        wrong=wrong,
        place=home.path.name if socket is None else str(where),
        clock=SystemClock(),
    )
    app.run(mouse=settings.mouse != "off")
    if app.trouble is not None:
        told = f"The app ended by an error of its own; {_written_down(folder, app.trouble)}."
        sys.stderr.write(clean(told) + "\n")
    return app.return_code or 0


def _nothing() -> None:
    """A server that was named by its socket is not ours to start."""


def _written_down(folder: Path, error: Exception) -> str:
    from core.log import configure

    try:
        path = configure(folder)
    except CallboardError as unwritable:
        return f"{type(error).__name__}: {unwritable.sentence}"
    log.error("The app ended by an error", exc_info=error)
    return f"what happened is in {path}"
