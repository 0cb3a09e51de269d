"""The text beside the sidebar: a notification, or whatever else the cursor is on."""

from core.api.inbox import InboxItem
from core.api.work import WorkItem
from core.clock import to_datetime
from tui.widgets.detail import Detail
from tui.widgets.looks import Looks
from tui.widgets.text_view import Lines


class SideText(Detail):
    """One text for both: to change one for the other repaints only the cells that differ."""

    work: WorkItem | None = None
    open_key = ""

    def show(self, item: InboxItem | None) -> None:
        self.work = None
        super().show(item)

    def show_work(self, work: WorkItem | None) -> None:
        """Show it, from its start unless it is the one that was shown."""
        if work is None or self.work is None or work.ref != self.work.ref:
            self.to_start()
        self.work, self.item = work, None
        self.lay_out()

    def lines(self, width: int, looks: Looks) -> Lines:
        if self.work is None:
            return super().lines(width, looks)
        from tui.widgets.work_text import lines_of

        return lines_of(self.work, width, looks, to_datetime(self._clock.now()), self.zone, self.open_key)
