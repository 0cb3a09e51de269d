"""The frame of the main screen: its widgets, and how they share the room that the terminal has."""

from collections.abc import Mapping

from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from tui.actions import Scope
from tui.cache import LastSeen
from tui.desk import Desk
from tui.live.inbox import LiveInbox, Watcher
from tui.live.pins import LivePins
from tui.live.saved import LiveSaved
from tui.live.sidebar import LiveSidebar
from tui.screens.filtering import Filtering
from tui.triage import Triage
from tui.views import HOME, view_of
from tui.widgets.launch_row import LaunchRow
from tui.widgets.notification_list import NotificationList
from tui.widgets.record_list import Nothing
from tui.widgets.section import SectionHead, ViewLine
from tui.widgets.section_list import NOTIFICATIONS, Head, SectionList, rows
from tui.widgets.side_text import SideText
from tui.words.work import number_of

WIDE = 110  # columns from which the text is beside the list
TALL = 30  # lines from which, in fewer columns, it is below

_AROUND = 3  # lines of the screen that are not the sidebar's
_LAUNCH = 2  # lines of the quick-launch row
_ROOMY = 24  # lines of the screen from which there is more than the least
_LOW = 15  # lines of the screen below which there is no room for anything that can be done without
_FEW = 3  # lines below all heads where there is not


class Frame(Filtering):
    """The sidebar and the text beside it; in a narrow terminal, the one or the other."""

    WORDS = "My Work"
    AUTO_FOCUS = "#notifications"

    def __init__(self, desk: Desk, seen: LastSeen) -> None:
        super().__init__(desk)
        self.live = live = LiveInbox(desk.source, desk.clock, self.watcher(), desk.feed, HOME.filter)
        live.shown.group, live.shown.zone = seen.group, desk.zone
        live.paint(seen.items, seen.counts)
        self.opened: int | None = None  # what is being read
        self.folded = "notification" in seen.folded
        self.folds = {name for name in seen.folded if name != "notification"}
        self.preview = True
        self._room = False
        self._below = False  # the text is below the list, where it has a place
        self._height = 0
        self._low = False  # so few lines that the notifications need every one
        self._seen = seen
        self.body = Horizontal(id="body", classes="-mail")
        self.side = Vertical(id="side")
        self.sidebar = LiveSidebar(desk.source, self.start, self.sections_changed, seen.sections)
        self.sections = SectionList(desk.clock)
        self.head = SectionHead("Notifications")
        self.views = ViewLine()
        self.list: NotificationList = NotificationList(live.shown, self._nothing, live.need, desk.clock)
        self.detail = SideText(desk.clock, lambda: self.key_of("follow"), lambda: self.key_of("answer"))
        self.pins = LivePins(desk.source, self.start, self.pins_changed, seen.pins)
        self.launch = LaunchRow(seen.pins)
        self.saved = LiveSaved(desk.source, self.start, self.saved_changed, "inbox")
        self.triage = Triage(live, desk.source, self.flash, lambda: self.key_of("undo"))

    def watcher(self) -> Watcher:
        """Who is told what the picture of the server says."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        yield self.title_bar
        with self.body:
            with self.side:
                yield self.launch
                yield self.sections
                yield self.head
                yield self.views
                yield self.list
            yield self.detail
        yield self.key_bar

    def saved_changed(self) -> None:
        """Other filters have names."""

    def pins_changed(self) -> None:
        self.launch.show(self.pins.pins)
        self.sections_changed()

    def sections_changed(self) -> None:
        """Show of the sections what there is room for: half of the height, or all of it where the notifications
        are folded."""
        lines = self._height * 3 // 5 if self.pair and self._below else self._height
        height = lines - _AROUND + self._low - (_LAUNCH if self.launch.display else 0)
        roomy = lines >= _ROOMY
        room = height - 1 if self.folded else height // 2 - roomy
        self.sections.set_class(roomy and not self.folded, "-roomy")
        most = room if roomy or self.folded else _FEW
        made = rows(self.sidebar.sections, self.folds, room, most)
        if self.folded:
            made[NOTIFICATIONS] = Head("notification", self.head.count, "", 0)
        here = self.sections.cursor_id
        self.sections.show_rows(made)
        if here is not None and here not in made and here in map(number_of, self.sidebar.items):
            self.sections.want(here)  # once there is room for it again

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
        beside = width >= WIDE if wanted == "auto" else wanted == "wide"
        self._room = beside or (wanted == "auto" and height >= TALL)
        self._below = not beside
        self._height = height
        self._low = height < _LOW
        self.side.set_class(self._low, "-low")
        self.launch.make_room(not self._low)
        self.settle()

    def settle(self) -> None:
        """Give the list and the text their places."""
        pair = self.pair
        self.side.set_class(pair, "-pair")
        self.body.set_class(pair and self._below, "-below")
        self.body.set_class(self.opened is not None, "-open")
        self.side.display = pair or self.opened is None
        self.detail.display = pair or self.opened is not None
        for part in (self.head, self.views, self.list):
            part.display = not self.folded
        self.sections_changed()
        self.follow_cursor()
        self.show_keys()

    def follow_cursor(self) -> None:
        """Show beside the list what the cursor is on."""
        raise NotImplementedError

    def last_seen(self, theme: str) -> LastSeen:
        """What the next start paints before the server answers."""
        live, seen = self.live, self._seen
        items, starred = live.seen() or (seen.items, seen.starred)
        return LastSeen(
            items,
            starred,
            live.counts,
            self.desk.person,
            self.desk.zone_name,
            theme,
            self.pins.pins,
            self.sidebar.sections,
            sorted(self.folds) + ["notification"] * self.folded,
            live.shown.group,
        )

    def _nothing(self) -> Nothing:
        if not self.live.known:
            return Nothing("", "Asking the server…")
        view = view_of(self.live.filter)
        if view is None:
            return Nothing("Nothing matches", f"{self.key_of('clear')} clears the filter.")
        if view is HOME and self.nothing_yet():
            return Nothing("Nothing yet", "What needs you appears here by itself.", self._first_steps())
        return Nothing(view.nothing, view.hint)

    def nothing_yet(self) -> bool:
        """Whether there never was anything that could be here."""
        return False

    def _first_steps(self) -> list[tuple[str, str]]:
        make = f"{self.key_of('go-automations')} then {self.key_of('automation-new')}"
        return [
            ("callboard exec -- make test", "tells you how it ended"),
            (make, "makes what runs by itself"),
            (self.key_of("go-profile"), "your name and your alerts"),
        ]
