"""Reading: what the cursor is on shows beside the list; what is opened is read, and counts as read."""

from textual import on
from textual.timer import Timer

from core.api.inbox import InboxItem
from core.errors import CallboardError
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
            if self.opened is None and self.live.held not in (None, event.id):
                self.live.release()
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
        self.key_bar.clear_flash()
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
        """It stays in the list until the cursor goes on."""
        self.opened = None
        if self.live.held != self.list.cursor_id:
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

    # What is not read yet

    async def action_unread_next(self) -> None:
        await self._to_unread(1)

    async def action_unread_previous(self) -> None:
        await self._to_unread(-1)

    async def _to_unread(self, by: int) -> None:
        try:
            found = await self._unread(by)
        except CallboardError as error:
            self.flash(error.sentence, "trouble")
            return
        if found is None:
            self.flash("Nothing unread is further down." if by > 0 else "Nothing unread is further up.")
            return
        self.list.move_to(found)
        number = self.list.cursor_id
        if self.opened is not None and number is not None and number != self.opened:
            await self.open(number)

    async def _unread(self, by: int) -> int | None:
        """The position of the next unread one: the server knows it where it is far from here."""
        ids, records = self.live.ids, self.live.records
        at = self.list.position + by
        while 0 <= at < len(ids) and (item := records.get(ids[at])) is not None:
            if item.read_at is None:
                return at
            at += by
        if not 0 <= at < len(ids):
            return None
        unread = {*(await self.live.matching(f"{self.live.filter} is:unread")).ids}
        rest = range(at, len(ids)) if by > 0 else range(min(at, len(ids) - 1), -1, -1)
        return next((position for position in rest if ids[position] in unread), None)

    def action_switch(self) -> None:
        if self.focused is self.list and self.pair:
            self.detail.focus()
        elif self.focused is self.detail:
            self.leave()

    def action_preview(self) -> None:
        self.preview = not self.preview
        self.settle()
