"""A board with views: a line of tabs above its list, each of them the name of a filter."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.widget import Widget

from tui.desk import Desk
from tui.live.records import R
from tui.screens.board import Board
from tui.views import View
from tui.widgets.record_list import Nothing
from tui.widgets.view_tabs import ViewTabs
from tui.widgets.virtual_list import VirtualList


class Viewed(Board[R]):
    """It begins with a filter, and goes back to that before it goes back to where one came from."""

    VIEWS: ClassVar[Sequence[View]]
    TITLED: ClassVar[bool] = True  # a filter that is no view is in the title, as it may have come with a link

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.tabs = ViewTabs(self.VIEWS)
        self.begin_with(self.VIEWS[0].filter)

    def begin_with(self, filter: str) -> None:
        """Ask for this first."""
        self.begun = self.records.filter = filter
        self.filtered()

    @property
    def view(self) -> View | None:
        """The view that the filter is, if it is one."""
        return next((view for view in self.VIEWS if view.filter == self.records.filter.strip()), None)

    def hint(self, view: View) -> str:
        """What to do where the view shows nothing."""
        return view.hint

    def heads(self) -> Iterable[Widget]:
        yield self.tabs

    def nothing(self) -> Nothing:
        view = self.view
        if view is None or not self.records.known or self.records.refusal:
            return super().nothing()
        return Nothing(view.nothing, self.hint(view))

    def filter_as_typed(self) -> str:
        return "" if self.view else self.records.filter

    def filtered(self) -> None:
        view = self.view
        self.tabs.show(view)
        if self.TITLED:
            self.title_bar.retitle(self.WORDS if view is not None else f"{self.WORDS} › {self.records.filter}")

    async def show_view(self, view: View) -> None:
        await self.look_for(view.filter)

    async def view_by(self, by: int) -> None:
        """So many views on; the first, where none is shown."""
        view = self.view
        number = self.VIEWS.index(view) + by if view is not None else 0
        await self.show_view(self.VIEWS[number % len(self.VIEWS)])

    @on(ViewTabs.Chosen)
    async def _view_pressed(self, event: ViewTabs.Chosen) -> None:
        await self.show_view(event.view)

    @on(VirtualList.Cleared)
    async def _cleared_filter(self, event: VirtualList.Cleared) -> None:
        event.prevent_default()  # without a filter there are other views, too
        if self.view is None and self.records.filter != self.begun:
            await self.look_for(self.begun)
        else:
            self.action_leave()
