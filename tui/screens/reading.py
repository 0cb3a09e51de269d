"""Reading: what the cursor is on shows beside the list; what is opened is read, and counts as read."""

from textual import on
from textual.timer import Timer

from core.api.inbox import InboxItem
from tui.screens.frame import Frame
from tui.widgets.detail import Detail
from tui.widgets.notification_list import NotificationList

_REST = 0.08  # seconds that the cursor rests before the text beside it follows


class Reading(Frame):
    """Opens, closes, and goes from one to the next."""

    _resting: Timer | None = None

    @on(NotificationList.Moved)
    def _moved(self, event: NotificationList.Moved) -> None:
        if event.by_hand:
            self.key_bar.clear_flash()
        if self._resting is not None:
            self._resting.stop()
        self._resting = self.set_timer(_REST, self.follow_cursor) if self.pair else None

    def follow_cursor(self) -> None:
        if self.opened is not None and self.opened != self.list.cursor_id and self.focused is self.list:
            self.close()
        if self.opened is None:
            self.detail.show(self.under_cursor() if self.pair else None)

    def under_cursor(self) -> InboxItem | None:
        number = self.list.cursor_id
        return None if number is None else self.live.records.get(number)

    def in_view(self) -> InboxItem | None:
        """What is being read, or else what the cursor is on."""
        return self.detail.item if self.opened is not None else self.under_cursor()

    @on(NotificationList.Opened)
    async def _opened(self, event: NotificationList.Opened) -> None:
        await self.open(event.id)

    async def open(self, number: int) -> None:
        """Show it whole, and mark it read."""
        item = self.live.records.get(number)
        if item is None:
            return
        if self.opened != number:
            self.live.release()
        self.opened = self.live.held = number
        self.detail.show(item)
        self.settle()
        self.detail.focus()
        if item.read_at is None:
            await self.triage.read(number)

    def close(self) -> None:
        self.opened = None
        self.live.release()

    @on(Detail.Left)
    def leave(self) -> None:
        """Go back to the list."""
        self.close()
        self.list.focus()
        self.settle()

    async def _step(self, by: int) -> None:
        if not self.list.row_count:
            return
        self.list.move_to(self.list.position + by)
        if self.opened is not None and self.list.cursor_id not in (None, self.opened):
            await self.open(self.list.cursor_id or 0)

    async def action_next(self) -> None:
        await self._step(1)

    async def action_previous(self) -> None:
        await self._step(-1)

    def action_switch(self) -> None:
        if self.focused is self.list and self.pair:
            self.detail.focus()
        elif self.focused is self.detail:
            self.leave()

    def action_preview(self) -> None:
        self.preview = not self.preview
        self.settle()
