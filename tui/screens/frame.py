"""The frame of the main screen: its widgets, and how they share the room that the terminal has."""

from collections.abc import Mapping

from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from tui.actions import Scope
from tui.cache import LastSeen
from tui.desk import Desk
from tui.live import LiveInbox, Watcher
from tui.pinning import LivePins
from tui.screens.filtering import Filtering
from tui.triage import Triage
from tui.views import view_of
from tui.widgets.detail import Detail
from tui.widgets.launch_row import LaunchRow
from tui.widgets.notification_list import NotificationList
from tui.widgets.record_list import Nothing
from tui.widgets.section import SectionHead, ViewLine

WIDE = 100


class Frame(Filtering):
    """The sidebar and the text beside it; in a narrow terminal, the one or the other."""

    WORDS = "My Work"
    AUTO_FOCUS = "#notifications"

    def __init__(self, desk: Desk, seen: LastSeen) -> None:
        super().__init__(desk)
        self.live = live = LiveInbox(desk.source, desk.clock, self.watcher(), desk.feed)
        live.paint(seen.items, seen.starred, seen.counts)
        self.opened: int | None = None  # what is being read
        self.folded = False
        self.preview = True
        self._room = False
        self.body = Horizontal(id="body")
        self.side = Vertical(id="side")
        self.head = SectionHead("Notifications")
        self.views = ViewLine()
        self.list: NotificationList = NotificationList(lambda: live.records, self._nothing, live.need, desk.clock)
        self.detail = Detail(desk.clock, lambda: self.key_of("follow"), lambda: self.key_of("answer"))
        self.pins = LivePins(desk.source, self.start, self.pins_changed, seen.pins)
        self.launch = LaunchRow(seen.pins)
        self.triage = Triage(live, self.flash, lambda: self.key_of("undo"))

    def watcher(self) -> Watcher:
        """Who is told what the picture of the server says."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        yield self.title_bar
        with self.body:
            with self.side:
                yield self.launch
                yield self.head
                yield self.views
                yield self.list
            yield self.detail
        yield self.key_bar

    def pins_changed(self) -> None:
        self.launch.show(self.pins.pins)

    def scopes(self) -> Mapping[Scope, App[None] | Widget]:
        return {
            "list": self.list,
            "detail": self.detail,
            "board": self,
            "workbench": self,
            "everywhere": self.app,
        }

    @property
    def pair(self) -> bool:
        """Whether the text has its place beside the list."""
        return self.preview and self._room

    def fit(self, width: int, height: int) -> None:
        wanted = self.desk.settings.layout
        self._room = width >= WIDE if wanted == "auto" else wanted == "wide"
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
