"""The main screen: My Work in the sidebar, kept as the server says it is."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType

from core.api import inbox
from core.errors import CallboardError
from tui.actions import bindings
from tui.live.inbox import Watcher
from tui.screens.answering import Answering
from tui.screens.launching import Launching
from tui.screens.section_acting import SectionActing

_AGES = 20.0  # seconds between looks at whether an age reads differently


class Workbench(SectionActing, Answering, Launching):
    """Shows what `LiveInbox` tells it of."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("workbench"), *bindings("board")]

    _listed = ""  # the filter of what is shown
    _history: bool | None = None  # whether there ever was a notification, once that is known

    def watcher(self) -> Watcher:
        return self

    def on_mount(self) -> None:
        self.detail.zone = self.desk.zone
        self._listed = self.live.filter
        self.list.show(self.live.ids)
        self.show_counts()
        self.set_interval(_AGES, self._refresh_ages)

    def connection_changed(self) -> None:
        """Every screen hears of it by itself."""

    def items_replaced(self) -> None:
        same, self._listed = self._listed == self.live.filter, self.live.filter
        self.list.show(self.live.ids, same=same)
        self.follow_cursor()
        self._look_back()

    def items_changed(self, ids: Iterable[int], first: int | None) -> None:
        ids = set(ids)
        self.list.rows_changed(ids, first)
        self._look_back()
        shown = self.detail.item
        if self.opened is None:
            if self.list.cursor_id in ids:
                self.follow_cursor()
        elif shown is not None and shown.id in ids:
            self.detail.show(self.live.records.get(shown.id, shown))

    def counts_changed(self) -> None:
        self.show_counts()

    def _look_back(self) -> None:
        """Whether this inbox is empty because nobody has used it yet."""
        if self.live.ids or self.live.counts.total:
            self._history = True
        elif self._history is None and self.live.known:
            self._history = True  # until the server says that there is none
            self.start(self._learn_history())

    async def _learn_history(self) -> None:
        self._history = bool((await self.desk.source.send(inbox.page(limit=1, filter="is:all"))).items)
        self.list.refresh()

    def nothing_yet(self) -> bool:
        return self._history is False and not (self.sections.row_count or self.pins.pins)

    def profile_changed(self) -> None:
        if self.live.me is not None:
            me = self.live.me
            self.desk.person = me.display_name or me.name
            self.desk.zone_name = me.time_zone
            self.desk.workspaces = me.workspaces
            self.zone_changed()
            self.show_connection()

    def refused(self, error: CallboardError) -> None:
        self.flash(error.sentence, "trouble")

    def broke(self, error: Exception) -> None:
        self.app.end_by(error)

    def zone_changed(self) -> None:
        """Days begin elsewhere."""
        self.detail.zone = self.desk.zone
        self.detail.lay_out()
        if self.live.shown.zone != self.desk.zone:
            self.live.shown.zone = self.desk.zone
            if self.live.shown.group == "day":
                self.start(self.live.reload())

    def _refresh_ages(self) -> None:
        self.list.refresh_ages()
        self.sections.refresh_ages()
        self.detail.lay_out()
