"""Acting on notifications: on those that are marked, or on the one that is read or that the cursor is on."""

from textual import on

from core.api.inbox import InboxAction
from core.text import clean
from tui.navigation import open_link
from tui.screens.reading import Reading
from tui.views import BY_ID, view_of
from tui.widgets.detail import Detail
from tui.widgets.snooze_menu import SnoozeMenu

_LONGEST_COPY = 50_000  # characters: terminals drop what is longer


class Acting(Reading):
    """Each action is said in a line, with the key that undoes it."""

    def _chosen(self) -> list[int]:
        if self.opened is not None and self.focused is self.detail:
            return [self.opened]
        return self.list.chosen

    async def _act(self, action: InboxAction) -> None:
        ids = self._chosen()
        if not ids:
            return
        self._let_go(ids, action)
        await self.triage.do(action, ids)

    def _let_go(self, ids: list[int], action: InboxAction) -> None:
        """What leaves the list is not read any longer."""
        self.list.clear_marks()
        if self.opened in ids and action in ("dismiss", "restore", "snooze", "unsnooze"):
            self.live.held = None
            self.leave()

    async def action_star(self) -> None:
        await self._act(self.triage.toggled_star(self._chosen()))

    async def action_dismiss(self, result: None = None) -> None:
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
        if view_of(self.live.filter) is BY_ID["snoozed"]:
            await self._act("unsnooze")
        elif ids and not self.query(SnoozeMenu):
            await self.mount(SnoozeMenu(self.desk.clock, self.desk.zone, ids))

    @on(SnoozeMenu.Chosen)
    async def _snoozed(self, event: SnoozeMenu.Chosen) -> None:
        self._let_go(event.ids, "snooze")
        await self.triage.do("snooze", event.ids, event.until)

    @on(Detail.Followed)
    async def action_follow(self, event: Detail.Followed | None = None) -> None:
        item = self.in_view()
        if item is None or not item.link:
            self.flash("This notification has no link.", "trouble")
            return
        if await open_link(self.app, item.link):
            if item.read_at is None:
                await self.triage.read(item.id)
            return
        self.app.copy_to_clipboard(item.link)
        self.flash(f"Copied the link {item.link}")

    def action_copy(self) -> None:
        item = self.in_view()
        if item is not None:
            text = "\n\n".join(part for part in (clean(item.title), clean(item.body, multiline=True)) if part)
            self.app.copy_to_clipboard(text[:_LONGEST_COPY])
            self.flash("Copied the text")
