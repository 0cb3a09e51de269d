"""Which notifications the list shows: the views, and the filter that a person types."""

from textual import on

from core.filters import INBOX_FIELDS
from tui.screens.reading import Reading
from tui.views import BY_ID, VIEWS, View, view_of
from tui.widgets.notification_list import NotificationList
from tui.widgets.section import SectionHead, ViewLine


class Viewing(Reading):
    """Each view is a name for a line of the filter language."""

    FILTER_FIELDS = INBOX_FIELDS
    FILTER_EXAMPLE = "severity:critical  since:7d  deploy"
    FILTER_WORDS = 'words  "a phrase"  is:unread  severity:critical  since:7d  -event:task:*'

    async def show_view(self, view: View) -> None:
        await self.look_for(view.filter)

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
        self.head.show(f"{counts.unread} unread" if counts.unread else "all read", self.folded)
        known = {"inbox": counts.total, "unread": counts.unread, "starred": counts.starred}
        self.views.show(view_of(self.live.filter), known)

    async def action_view_inbox(self) -> None:
        await self.show_view(BY_ID["inbox"])

    async def action_view_unread(self) -> None:
        await self.show_view(BY_ID["unread"])

    async def action_view_starred(self) -> None:
        await self.show_view(BY_ID["starred"])

    async def action_view_snoozed(self) -> None:
        await self.show_view(BY_ID["snoozed"])

    async def action_view_history(self) -> None:
        await self.show_view(BY_ID["history"])

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
        if self.live.filter:
            await self.look_for("")

    def action_fold(self) -> None:
        self.folded = not self.folded
        self.show_counts()
        self.settle()

    @on(SectionHead.Pressed)
    def _head_pressed(self) -> None:
        self.action_fold()
