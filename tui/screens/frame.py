"""The frame of the main screen: its widgets, and how they share the room that the terminal has."""

from typing import TYPE_CHECKING

from textual import on
from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.screen import Screen
from textual.widget import Widget

from core.clock import Clock
from tui.actions import ACTIONS, Action, Scope, shown
from tui.cache import LastSeen
from tui.keymap import AppSettings
from tui.live import LiveInbox, Source, Watcher
from tui.triage import Triage
from tui.views import view_of
from tui.widgets.asking import Asking
from tui.widgets.detail import Detail
from tui.widgets.key_bar import KeyBar, Tone
from tui.widgets.notification_list import Nothing, NotificationList
from tui.widgets.section import SectionHead, ViewLine
from tui.widgets.title_bar import TitleBar
from tui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from tui.app import CallboardApp

WIDE = 100
SMALLEST = (40, 10)


class Frame(Screen[None]):
    """The sidebar and the text beside it; in a narrow terminal, the one or the other."""

    AUTO_FOCUS = "#notifications"

    app: "CallboardApp"

    def __init__(self, source: Source, clock: Clock, settings: AppSettings, place: str, seen: LastSeen) -> None:
        super().__init__()
        self.live = live = LiveInbox(source, clock, self.watcher())
        live.paint(seen.items, seen.starred, seen.counts)
        self.clock = clock
        self.settings = settings
        self.person = seen.person
        self.zone_name = seen.zone
        self.opened: int | None = None  # what is being read
        self.folded = False
        self.preview = True
        self._room = False
        self.title_bar = TitleBar(place)
        self.body = Horizontal(id="body")
        self.side = Vertical(id="side")
        self.head = SectionHead("Notifications")
        self.views = ViewLine()
        self.list = NotificationList(lambda: live.records, self._nothing, live.need, clock)
        self.detail = Detail(clock, lambda: self.key_of("follow"))
        self.key_bar = KeyBar()
        self.triage = Triage(live, self.flash, lambda: self.key_of("undo"))

    def watcher(self) -> Watcher:
        """Who is told what the picture of the server says."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        yield self.title_bar
        with self.body:
            with self.side:
                yield self.head
                yield self.views
                yield self.list
            yield self.detail
        yield self.key_bar

    @property
    def pair(self) -> bool:
        """Whether the text has its place beside the list."""
        return self.preview and self._room

    def flash(self, text: str, tone: Tone = "done") -> None:
        self.key_bar.flash(text, tone)

    @on(Resize)
    def _fit(self, event: Resize) -> None:
        width, height = event.size
        wanted = self.settings.layout
        self._room = width >= WIDE if wanted == "auto" else wanted == "wide"
        tiny = width < SMALLEST[0] or height < SMALLEST[1]
        for part in (self.title_bar, self.body, self.key_bar):
            part.display = not tiny
        shown_now = self.query(TooSmall)
        if tiny and not shown_now:
            self.mount(TooSmall())
        elif not tiny:
            shown_now.remove()
        self.settle()

    def settle(self) -> None:
        """Give the list and the text their places."""
        pair = self.pair
        self.side.set_class(pair, "-pair")
        self.side.display = pair or self.opened is None
        self.detail.display = pair or self.opened is not None
        for part in (self.views, self.list):
            part.display = not self.folded
        self.follow_cursor()
        self.show_keys()

    def follow_cursor(self) -> None:
        """Show beside the list what the cursor is on."""
        raise NotImplementedError

    def _nothing(self) -> Nothing:
        if not self.live.known:
            return Nothing("", "Asking the server…")
        view = view_of(self.live.filter)
        if view is None:
            return Nothing("Nothing matches", f"{self.key_of('clear')} clears the filter.")
        return Nothing(view.nothing, view.hint)

    def key_of(self, action: str) -> str:
        """The first key of an action, as a person knows it."""
        keys = self.settings.keys(action)
        return shown(keys[0]) if keys else ""

    def show_keys(self) -> None:
        """The keys of the actions that apply where the focus is, or what to do where keys are typed."""
        if self.focused not in (None, self.list, self.detail):
            self.key_bar.show([], self._hint())
            return
        scope = "detail" if self.focused is self.detail else "list"
        apply = [a for a in ACTIONS if a.footer and a.scope in (scope, "workbench", "everywhere")]
        apply.sort(key=lambda a: a.footer)
        self.key_bar.show([(action, self.key_of(action.id)) for action in apply if self.key_of(action.id)])

    def _hint(self) -> str:
        asking = (
            [part for part in self.focused.ancestors_with_self if isinstance(part, Asking)]
            if self.focused
            else []
        )
        return asking[0].HINT if asking else ""

    def on_descendant_focus(self) -> None:
        self.show_keys()

    async def do(self, action: Action) -> None:
        """Do it where its scope is, whatever has the focus."""
        places: dict[Scope, App[None] | Widget] = {
            "list": self.list,
            "detail": self.detail,
            "workbench": self,
            "everywhere": self.app,
        }
        await places[action.scope].run_action(action.method)

    @on(KeyBar.Pressed)
    async def _pressed(self, event: KeyBar.Pressed) -> None:
        await self.do(event.action)
