"""The main screen: the sidebar with My Work, and beside it, or in its place, what was chosen there."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.screen import Screen
from textual.timer import Timer

from core.api.inbox import InboxAction, InboxItem
from core.clock import Clock
from core.errors import CallboardError
from tui.cache import LastSeen
from tui.actions import ACTIONS, bindings, shown
from tui.keymap import AppSettings
from tui.live import LiveInbox, Source
from tui.times import zone_named
from tui.triage import Triage
from tui.views import BY_ID as VIEWS_BY_ID
from tui.views import VIEWS, View, view_of
from tui.widgets.detail import Detail
from tui.widgets.filter_line import FilterLine
from tui.widgets.key_bar import KeyBar, Tone
from tui.widgets.notification_list import Nothing, NotificationList
from tui.widgets.section import SectionHead, ViewLine
from tui.widgets.snooze_menu import SnoozeMenu
from tui.widgets.title_bar import TitleBar
from tui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from tui.app import CallboardApp

WIDE = 100
SMALLEST = (40, 10)
_REST = 0.08  # seconds that the cursor rests before the text beside it follows


class Workbench(Screen[None]):
    """Shows what `LiveInbox` knows, and passes on what is wanted of it."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("workbench")
    AUTO_FOCUS = "#notifications"

    app: "CallboardApp"

    def __init__(self, source: Source, clock: Clock, settings: AppSettings, place: str, seen: LastSeen) -> None:
        super().__init__()
        self.live = live = LiveInbox(source, clock, self)
        live.paint(seen.items, seen.starred, seen.counts)
        self._clock = clock
        self._settings = settings
        self._person = seen.person
        self._zone = seen.zone
        self._open: int | None = None
        self._folded = False
        self._preview = True
        self._before = ""  # the filter before the one that is typed
        self._resting: Timer | None = None
        self.title_bar = TitleBar(place)
        self.head = SectionHead("Notifications")
        self.views = ViewLine()
        self.filter_line: FilterLine | None = None  # nobody has filtered yet
        self._room = False
        self.list = NotificationList(lambda: live.records, self._nothing, live.need, clock)
        self.body = Horizontal(id="body")
        self.side = Vertical(id="side")
        self.detail = Detail(clock, lambda: self._key("follow"))
        self.key_bar = KeyBar()
        self.triage = Triage(live, self.flash, lambda: self._key("undo"))

    def compose(self) -> ComposeResult:
        yield self.title_bar
        with self.body:
            with self.side:
                yield self.head
                yield self.views
                yield self.list
            yield self.detail
        yield self.key_bar

    def on_mount(self) -> None:
        self.detail.zone = zone_named(self._zone)
        self.list.show(self.live.ids)
        self.counts_changed()
        self.connection_changed()
        self.set_interval(20, self._minute)

    # What the live picture says

    def connection_changed(self) -> None:
        self.title_bar.show(self._person, self.live.connection)
        if self.live.connection == "lost" and self.live.trouble:
            self.flash(f"{self.live.trouble} Trying again by itself.", "trouble")
        elif self.key_bar.flashed.endswith("Trying again by itself."):
            self.key_bar.clear_flash()

    def items_replaced(self) -> None:
        self.list.show(self.live.ids)
        self._follow_cursor()

    def items_changed(self, ids: Iterable[int], first: int | None) -> None:
        ids = list(ids)
        self.list.rows_changed(ids, first)
        if self.detail.item is not None and self.detail.item.id in ids:
            self.detail.show(self.live.records.get(self.detail.item.id, self.detail.item))
        elif self.list.cursor_id in ids:
            self._follow_cursor()

    def counts_changed(self) -> None:
        counts = self.live.counts
        self.head.show(f"{counts.unread} unread", self._folded)
        shown_counts = {"inbox": counts.total, "unread": counts.unread, "starred": counts.starred}
        self.views.show(view_of(self.live.filter), shown_counts)

    def profile_changed(self) -> None:
        if self.live.me is not None:
            self.show_person(self.live.me.display_name or self.live.me.name, self.live.me.time_zone)

    def show_person(self, person: str, zone: str) -> None:
        self._person, self._zone = person, zone
        self.detail.zone = zone_named(zone)
        self.detail.lay_out()
        self.connection_changed()

    def refused(self, error: CallboardError) -> None:
        self.flash(error.sentence, "trouble")

    def flash(self, text: str, tone: Tone = "done") -> None:
        self.key_bar.flash(text, tone)

    # Layout

    @property
    def person(self) -> tuple[str, str]:
        """The name and the zone."""
        return self._person, self._zone

    @property
    def wide(self) -> bool:
        return self._preview and self._room

    @on(Resize)
    def _fit(self, event: Resize) -> None:
        width, height = event.size
        wanted = self._settings.layout
        self._room = width >= WIDE if wanted == "auto" else wanted == "wide"
        tiny = width < SMALLEST[0] or height < SMALLEST[1]
        for part in (self.title_bar, self.body, self.key_bar):
            part.display = not tiny
        shown = self.query(TooSmall)
        if tiny and not shown:
            self.mount(TooSmall())
        elif not tiny:
            shown.remove()
        self._arrange()

    def _arrange(self) -> None:
        pair = self.wide
        self.side.set_class(pair, "-pair")
        self.side.display = pair or self._open is None
        self.detail.display = pair or self._open is not None
        for part in (self.views, self.list):
            part.display = not self._folded
        self._follow_cursor()
        self.show_keys()

    def _nothing(self) -> Nothing:
        if not self.live.known:
            return Nothing("", "Asking the server…")
        view = view_of(self.live.filter)
        if view is None:
            return Nothing("Nothing matches", f"{self._key('clear')} clears the filter.")
        return Nothing(view.nothing, view.hint)

    def _minute(self) -> None:
        self.list.refresh_ages()
        self.detail.lay_out()

    # Keys

    def _key(self, action: str) -> str:
        keys = self._settings.keys(action)
        return shown(keys[0]) if keys else ""

    def show_keys(self) -> None:
        scope = "detail" if self.focused is self.detail else "list"
        apply = [a for a in ACTIONS if a.footer and a.scope in (scope, "workbench", "everywhere")]
        apply.sort(key=lambda action: action.footer)
        self.key_bar.show([(a.method, self._key(a.id), a.title) for a in apply if self._key(a.id)])

    def on_descendant_focus(self) -> None:
        self.show_keys()

    @on(KeyBar.Pressed)
    async def _pressed(self, event: KeyBar.Pressed) -> None:
        await (self.focused or self).run_action(event.action)

    # Reading

    @on(NotificationList.Moved)
    def _moved(self) -> None:
        if self._resting is not None:
            self._resting.stop()
        self._resting = self.set_timer(_REST, self._follow_cursor)

    def _follow_cursor(self) -> None:
        """Show beside the list what the cursor is on. Reading it is another matter."""
        if self._open is not None and self._open != self.list.cursor_id and self.focused is self.list:
            self._close()
        if self._open is None:
            self.detail.show(self._under_cursor() if self.wide else None)

    def _under_cursor(self) -> InboxItem | None:
        id = self.list.cursor_id
        return None if id is None else self.live.records.get(id)

    @on(NotificationList.Opened)
    async def _opened(self, event: NotificationList.Opened) -> None:
        await self.open(event.id)

    async def open(self, id: int) -> None:
        item = self.live.records.get(id)
        if item is None:
            return
        if self._open is not None and self._open != id:
            self.live.release()
        self._open = self.live.held = id
        self.detail.show(item)
        self._arrange()
        self.detail.focus()
        if item.read_at is None:
            await self.triage.read(id)

    def _close(self) -> None:
        self._open = None
        self.live.release()

    @on(Detail.Left)
    def _left(self) -> None:
        self._close()
        self.list.focus()
        self._arrange()

    async def _step(self, by: int) -> None:
        if self.list.row_count:
            self.list.move_to(self.list.position + by)
            if self._open is not None and self.list.cursor_id is not None:
                await self.open(self.list.cursor_id)

    async def action_next(self) -> None:
        await self._step(1)

    async def action_previous(self) -> None:
        await self._step(-1)

    def action_switch(self) -> None:
        if self.focused is self.list and self.wide:
            self.detail.focus()
        elif self.focused is self.detail:
            self._left()

    # Acting

    def _chosen(self) -> list[int]:
        if self._open is not None and self.focused is self.detail:
            return [self._open]
        return self.list.chosen

    async def _act(self, action: InboxAction) -> None:
        ids = self._chosen()
        if not ids:
            return
        if action in ("dismiss", "restore") and self._open in ids:
            self.live.held = None
            self._left()
        self.list.clear_marks()
        await self.triage.do(action, ids)

    async def action_star(self) -> None:
        await self._act(self.triage.toggled_star(self._chosen()))

    async def action_dismiss(self) -> None:
        await self._act("dismiss")

    async def action_restore(self) -> None:
        await self._act("restore")

    async def action_read(self) -> None:
        await self._act("read")

    async def action_unread(self) -> None:
        await self._act("unread")

    async def action_undo(self) -> None:
        changed = await self.triage.undo()
        if len(changed) == 1:
            self.list.want(changed[0])

    async def action_snooze(self) -> None:
        ids = self._chosen()
        if not ids:
            return
        if view_of(self.live.filter) is VIEWS_BY_ID["snoozed"]:
            await self._act("unsnooze")
            return
        await self.mount(SnoozeMenu(self._clock, zone_named(self._zone), len(ids)))

    @on(SnoozeMenu.Chosen)
    async def _snoozed(self, event: SnoozeMenu.Chosen) -> None:
        ids = self._chosen()
        self.list.clear_marks()
        await self.triage.do("snooze", ids, event.until)

    def action_follow(self) -> None:
        item = self.detail.item if self._open is not None else self._under_cursor()
        if item is None or not item.link:
            self.flash("This notification has no link.", "trouble")
            return
        self.app.copy_to_clipboard(item.link)
        self.flash(f"Copied the link: {item.link}")

    def action_copy(self) -> None:
        item = self.detail.item if self._open is not None else self._under_cursor()
        if item is not None:
            self.app.copy_to_clipboard("\n\n".join(part for part in (item.title, item.body) if part))
            self.flash("Copied the text")

    @on(Detail.Followed)
    def _followed(self) -> None:
        self.action_follow()

    # Views and the filter

    async def show_view(self, view: View) -> None:
        await self._look_for(view.filter)

    async def _look_for(self, filter: str) -> bool:
        self._open = None
        try:
            await self.live.look_for(filter)
        except CallboardError as error:
            if self.filter_line is not None and self.filter_line.editing:
                self.filter_line.complain(error)
            else:
                self.refused(error)
            return False
        if self.filter_line is not None:
            self.filter_line.show("" if view_of(filter) else filter)
        self.counts_changed()
        self._arrange()
        return True

    async def action_view_inbox(self) -> None:
        await self.show_view(VIEWS_BY_ID["inbox"])

    async def action_view_unread(self) -> None:
        await self.show_view(VIEWS_BY_ID["unread"])

    async def action_view_starred(self) -> None:
        await self.show_view(VIEWS_BY_ID["starred"])

    async def action_view_snoozed(self) -> None:
        await self.show_view(VIEWS_BY_ID["snoozed"])

    async def action_view_history(self) -> None:
        await self.show_view(VIEWS_BY_ID["history"])

    async def action_view_next(self) -> None:
        await self._view_by(1)

    async def action_view_previous(self) -> None:
        await self._view_by(-1)

    async def _view_by(self, by: int) -> None:
        view = view_of(self.live.filter)
        number = VIEWS.index(view) + by if view is not None else 0
        await self.show_view(VIEWS[number % len(VIEWS)])

    @on(ViewLine.Chosen)
    async def _view_pressed(self, event: ViewLine.Chosen) -> None:
        await self.show_view(event.view)

    async def action_filter(self) -> None:
        self._before = self.live.filter
        self._folded = False
        self._arrange()
        if self.filter_line is None:
            self.filter_line = FilterLine()
            await self.side.mount(self.filter_line, before=self.list)
        await self.filter_line.edit("" if view_of(self._before) else self._before)

    @on(FilterLine.Typed)
    async def _typed(self, event: FilterLine.Typed) -> None:
        await self._look_for(event.text)

    @on(FilterLine.Submitted)
    async def _submitted(self, event: FilterLine.Submitted) -> None:
        if await self._look_for(event.text):
            self._end_filtering()

    def _end_filtering(self) -> None:
        if self.filter_line is not None:
            self.filter_line.close()
        self.list.focus()

    @on(FilterLine.Cancelled)
    async def _cancelled(self) -> None:
        self._end_filtering()
        await self._look_for(self._before)

    async def action_clear(self) -> None:
        if not self.list.clear_marks() and self.live.filter:
            await self._look_for("")

    def action_fold(self) -> None:
        self._folded = not self._folded
        self.counts_changed()
        self._arrange()

    @on(SectionHead.Pressed)
    def _head_pressed(self) -> None:
        self.action_fold()

    def action_preview(self) -> None:
        self._preview = not self._preview
        self._arrange()
