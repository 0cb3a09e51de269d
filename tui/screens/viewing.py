"""Which notifications the list shows: the views, and the filter that a person types."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on

from core.api.filters import SavedFilter
from core.api.inbox import InboxGrouping
from core.errors import CallboardError
from tui.live.feed import Heard
from tui.screens.reading import Reading
from tui.views import BY_ID, HOME, VIEWS, View, view_of
from tui.widgets.notification_list import NotificationList
from tui.widgets.section import SectionHead, ViewLine

if TYPE_CHECKING:
    from core.completing import Values
    from core.filters import Fields
    from tui.widgets.saved_menu import SavedMenu

GROUPINGS: tuple[InboxGrouping, ...] = ("none", "day", "source", "severity")


class Viewing(Reading):
    """Each view is a name for a line of the filter language."""

    _menu: "SavedMenu | None" = None

    FILTER_EXAMPLE = "sev:critical  age:<7d  deploy"
    FILTER_WORDS = 'words  "a phrase"  is:unread  sev:critical  age:<7d  -event:task:*'

    def filter_fields(self) -> "Fields":
        from core.filters import INBOX_FIELDS  # a start does not wait for them

        return INBOX_FIELDS

    def filter_values(self) -> "Values":
        shown = list(self.live.records.values())
        return {
            **super().filter_values(),
            "source": dict.fromkeys(item.source for item in shown),
            "ticket": dict.fromkeys(item.ticket for item in shown if item.ticket),
        }

    async def show_view(self, view: View) -> None:
        self.key_bar.clear_flash()
        if await self.look_for(view.filter):
            self.unfold()  # whoever asks for a view wants to see it, and to be in it

    def filter_in_force(self) -> str:
        return self.live.filter

    def filter_as_typed(self) -> str:
        return "" if view_of(self.live.filter) else self.live.filter

    async def ask_for(self, filter: str) -> None:
        await self.live.look_for(filter)

    def filtered(self) -> None:
        if self.opened is not None:
            self.leave()
        self.show_counts()
        self.settle()

    def unfold(self) -> None:
        if self.opened is not None:
            self.leave()
        self.folded = False
        self.show_counts()
        self.settle()

    def show_counts(self) -> None:
        counts = self.live.counts
        self.head.show(f"{counts.unread:,} unread" if counts.unread else "all read", self.folded)
        known = {
            "new": counts.unread,
            "inbox": counts.total,
            "starred": counts.starred,
            "snoozed": counts.snoozed,
            "failed": counts.failed,
        }
        self.views.show(view_of(self.live.filter), known)
        self.views.show_saved(self.saved.filters, self.live.filter)

    async def action_view_new(self) -> None:
        await self.show_view(BY_ID["new"])

    async def action_view_inbox(self) -> None:
        await self.show_view(BY_ID["inbox"])

    async def action_view_starred(self) -> None:
        await self.show_view(BY_ID["starred"])

    async def action_view_snoozed(self) -> None:
        await self.show_view(BY_ID["snoozed"])

    async def action_view_all(self) -> None:
        await self.show_view(BY_ID["all"])

    async def action_view_failed(self) -> None:
        await self.show_view(BY_ID["failed"])

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

    @on(NotificationList.Cleared)
    async def _cleared(self) -> None:
        if self.live.filter != HOME.filter:
            await self.look_for(HOME.filter)

    # Filters that have a name

    def heard(self, heard: Heard) -> None:
        super().heard(heard)
        self.saved.hear(heard)

    def saved_changed(self) -> None:
        self.views.show_saved(self.saved.filters, self.live.filter)
        if self._menu is not None:
            self._menu.reload(self.saved.filters)

    async def action_saved_filters(self) -> None:
        from tui.widgets.saved_menu import SavedMenu

        if not self.query(SavedMenu):
            here = "" if view_of(self.live.filter) else self.live.filter
            self._menu = SavedMenu(
                self.saved.filters, here, self._go_to_saved, lambda these: self.start(self._keep_saved(these))
            )
            await self.mount(self._menu)

    def _go_to_saved(self, one: SavedFilter) -> None:
        self.start(self._look_for_saved(one))

    async def _look_for_saved(self, one: SavedFilter) -> None:
        if await self.look_for(one.filter):
            self.unfold()

    async def _keep_saved(self, these: Sequence[SavedFilter]) -> None:
        await self.saved.keep(these)

    @on(ViewLine.SavedChosen)
    def _saved_pressed(self, event: ViewLine.SavedChosen) -> None:
        self._go_to_saved(event.saved)

    # Groups

    async def action_group(self) -> None:
        """The next way to group what is listed."""
        group = GROUPINGS[(GROUPINGS.index(self.live.shown.group) + 1) % len(GROUPINGS)]
        here = self.list.cursor_id
        try:
            await self.live.look_for(self.live.filter, group)
        except CallboardError as error:
            self.flash(error.sentence, "trouble")
        else:
            self.flash("Not grouped" if group == "none" else f"Grouped by {group}")
            if here is not None:
                self.list.want(here)

    def action_fold(self) -> None:
        self.folded = not self.folded
        self.show_counts()
        self.settle()

    @on(SectionHead.Pressed)
    def _head_pressed(self) -> None:
        self.action_fold()
