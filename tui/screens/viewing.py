"""Which notifications the list shows: the views, and the filter that a person types."""

from textual import on

from core.errors import CallboardError
from tui.screens.reading import Reading
from tui.views import BY_ID, VIEWS, View, view_of
from tui.widgets.filter_line import FilterLine
from tui.widgets.notification_list import NotificationList
from tui.widgets.section import SectionHead, ViewLine


class Viewing(Reading):
    """A filter is asked for while it is typed. What it cannot mean is said below it, and the list stays."""

    _filter_line: FilterLine | None = None  # nobody has filtered yet
    _before = ""  # the filter before the one that is being typed

    async def show_view(self, view: View) -> None:
        await self._look_for(view.filter)

    async def _look_for(self, filter: str) -> bool:
        line = self._filter_line
        try:
            await self.live.look_for(filter)
        except CallboardError as error:
            if line is not None and line.editing:
                line.complain(error)
            else:
                self.flash(error.sentence, "trouble")
            return False
        if line is not None:
            line.show("" if view_of(filter) else filter)
        if self.opened is not None:
            self.leave()
        self.show_counts()
        self.settle()
        return True

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

    async def action_filter(self) -> None:
        if self.opened is not None:
            self.leave()
        self._before = self.live.filter
        self.folded = False
        self.show_counts()
        self.settle()
        if self._filter_line is None:
            self._filter_line = FilterLine()
            await self.side.mount(self._filter_line, before=self.list)
        await self._filter_line.edit("" if view_of(self._before) else self._before)

    @on(FilterLine.Typed)
    async def _typed(self, event: FilterLine.Typed) -> None:
        await self._look_for(event.text)

    @on(FilterLine.Submitted)
    async def _submitted(self, event: FilterLine.Submitted) -> None:
        if await self._look_for(event.text):
            self._end_filtering()

    @on(FilterLine.Cancelled)
    async def _cancelled(self) -> None:
        self._end_filtering()
        await self._look_for(self._before)

    def _end_filtering(self) -> None:
        if self._filter_line is not None:
            self._filter_line.close()
        self.list.focus()

    @on(NotificationList.Cleared)
    async def _cleared(self) -> None:
        if self.live.filter:
            await self._look_for("")

    def action_fold(self) -> None:
        self.folded = not self.folded
        self.show_counts()
        self.settle()

    @on(SectionHead.Pressed)
    def _head_pressed(self) -> None:
        self.action_fold()
