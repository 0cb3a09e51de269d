"""What all screens have in common that one goes to: a title, the keys at the foot, and a way back."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, ClassVar, Self

from textual import on
from textual.app import App
from textual.events import Resize
from textual.geometry import Region
from textual.screen import Screen
from textual.widget import Widget

from core.errors import CallboardError
from tui.actions import ACTIONS, BY_ID, Action, Scope, shown
from tui.desk import Desk
from tui.live.feed import Heard
from tui.widgets.asking import Asking
from tui.widgets.key_bar import KeyBar, Tone
from tui.widgets.title_bar import TitleBar
from tui.widgets.too_small import TooSmall
from tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from tui.app import CallboardApp

SMALLEST = (40, 10)
AGAIN = "Trying again by itself."


class Place(Screen[None]):
    """A screen says with `scopes` where its actions are done, and with `WORDS` what it is called."""

    WORDS: ClassVar[str] = ""
    AUTO_FOCUS = ""

    key = ""  # what the place is called by `go`, if one goes there by a key
    app: "CallboardApp"
    _focusing = False

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.title_bar = TitleBar(desk.place, self.WORDS)
        self.key_bar = KeyBar()
        self._held: Widget | None = None  # what had the focus before the terminal became too small
        self._put_away: list[Widget] = []  # what is not shown meanwhile
        self._work: set[asyncio.Task[None]] = set()

    # What a screen says of itself

    def scopes(self) -> Mapping[Scope, App[None] | Widget]:
        """Where the actions of a scope are done. Those of texts and lists count where the focus is there."""
        raise NotImplementedError

    @property
    def unsaved(self) -> bool:
        """Whether something that a person typed would be lost."""
        return False

    def ask_to_leave(self, leave: Callable[[], object]) -> None:
        """Ask whether what is unsaved may be lost, and leave then."""
        leave()

    def fit(self, width: int, height: int) -> None:
        """The terminal has another size."""

    # What the server says

    def on_mount(self) -> None:
        self.desk.feed.join(self._heard)
        self.show_connection()

    def on_unmount(self) -> None:
        self.desk.feed.leave(self._heard)
        for task in list(self._work):
            task.cancel()

    def _heard(self, heard: Heard) -> None:
        if isinstance(heard, str):
            self.show_connection()
        self.heard(heard)

    def heard(self, heard: Heard) -> None:
        """Something changed on the server."""

    def show_connection(self) -> None:
        feed = self.desk.feed
        self.title_bar.show(self.desk.person, feed.connection)
        ours = not self.key_bar.flashed or self.key_bar.flashed.endswith(AGAIN)
        if feed.connection == "lost" and feed.trouble:
            if ours:  # it is said again at each attempt, and what an action came to must stay to be read
                self.flash(f"{feed.trouble} {AGAIN}", "trouble")
        elif ours:
            self.key_bar.clear_flash()

    # Where the keys go

    def set_focus(self, widget: Widget | None, scroll_visible: bool = True, from_app_focus: bool = False) -> None:
        self._focusing = True
        try:
            super().set_focus(widget, scroll_visible, from_app_focus)
        finally:
            self._focusing = False

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """Who has the focus, and who had it, repaint themselves: the whole screen is ten kilobytes more."""
        if self._focusing and not layout and not recompose:
            return self
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    # What a person does

    def start(self, work: Coroutine[None, None, None], *, opens: bool = False) -> None:
        """Do it beside everything else: keys are answered while the server is asked, unless it opens something
        that they may be typed for. A refusal is said."""
        task = asyncio.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._ended)
        if opens:
            self.app.turns.opens(task)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._work.discard(task)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, CallboardError):
            self.flash(error.sentence, "trouble")
        elif isinstance(error, Exception):
            self.app.end_by(error)

    def flash(self, text: str, tone: Tone = "done") -> None:
        self.key_bar.flash(text, tone)

    def key_of(self, action: str) -> str:
        """The first key of an action, as a person knows it."""
        keys = self.desk.settings.keys(action)
        return shown(keys[0]) if keys else ""

    def show_keys(self) -> None:
        """The keys of the actions that apply where the focus is, or what to do where keys are typed."""
        asking = (
            [part for part in self.focused.ancestors_with_self if isinstance(part, Asking)]
            if self.focused
            else []
        )
        if asking:
            self.key_bar.show([], asking[0].HINT)
            return
        apply = [action for action in ACTIONS if action.footer and self.applies(action)]
        apply.sort(key=lambda action: action.footer)
        keys = [(self.named(action), self.key_of(action.id)) for action in apply if self.key_of(action.id)]
        if isinstance(self.focused, VirtualList) and "place" in self.scopes():
            keys.insert(0, (BY_ID["leave"], self.key_of("clear") or self.key_of("leave")))
        self.key_bar.show(keys)

    def applies(self, action: Action) -> bool:
        """Whether an action can be done where the focus is."""
        place = self.scopes().get(action.scope)
        if place is None or (action.scope in ("list", "detail") and place is not self.focused):
            return False
        return isinstance(place, App) or bool(place.check_action(action.method, ()))

    def named(self, action: Action) -> Action:
        """The action with the title that it has where the focus is."""
        return action

    def on_descendant_focus(self) -> None:
        self.show_keys()

    async def do(self, action: Action) -> None:
        """Do it where its scope is, whatever has the focus."""
        place = self.scopes().get(action.scope)
        if place is not None:
            await place.run_action(action.method)

    @on(KeyBar.Pressed)
    async def _pressed(self, event: KeyBar.Pressed) -> None:
        await self.do(event.action)

    def action_leave(self) -> None:
        """Back to where one came from."""
        if self is self.app.screen:
            self.ask_to_leave(self.app.pop_screen)

    @on(Resize)
    def _fit(self, event: Resize) -> None:
        width, height = event.size
        tiny = width < SMALLEST[0] or height < SMALLEST[1]
        there = self.query(TooSmall)
        if tiny and not there:
            self._held = self.focused
            self._put_away = [
                part for part in self.children if part.display and not part.has_class("-textual-system")
            ]
            for part in self._put_away:
                part.display = False
            self.mount(TooSmall())
        elif there and not tiny:
            for part in self._put_away:
                part.display = True
            there.remove()
        self.fit(width, height)
        if not tiny:
            self.call_after_refresh(self._keep_focus)

    def _keep_focus(self) -> None:
        """Where keys went before the terminal changed, they go on to go, and that can be seen."""
        held, self._held = self._held, None
        if self.focused is None and held is not None and held.is_attached:
            self.set_focus(held)
        if self.focused is not None:
            self.focused.scroll_visible(animate=False)
