"""Acting on sessions, draft plans and round tables from the sidebar, by the keys of the notifications."""

from collections.abc import Sequence
from dataclasses import replace

from core.api.inbox import InboxItem
from core.api.work import WorkItem
from tui.actions import Action
from tui.screens.sectioning import Sectioning
from tui.words.work import doing, number_of, title

_FOR_ALL = frozenset({"dismiss", "dismiss-all", "undo", "follow", "copy", "copy-whole"})
"""What the group of the notifications has for sessions, draft plans and round tables as well."""

_FOR_SOMETHING = frozenset({"open", "star", "dismiss", "restore", "read", "unread", "snooze", "next", "mark"})
"""What needs a notification to be done to."""

_ASKED_FROM = 10  # more than so many are not hidden together without being asked about


class SectionActing(Sectioning):
    """They are hidden where a notification is dismissed. What is for notifications only says so."""

    _hid: int | None = None  # what was hidden last, or the first of it

    def applies(self, action: Action) -> bool:
        if self.current is self.sections and action.group == "Notifications" and action.id not in _FOR_ALL:
            return False
        if self.current is self.list and not self.list.row_count and action.id in _FOR_SOMETHING:
            return False
        return super().applies(action)

    def named(self, action: Action) -> Action:
        hides = self.current is self.sections and action.id == "dismiss"
        return replace(action, title="Hide") if hides else action

    def _chosen(self) -> list[int]:
        """Notifications only: their actions pass by what else there is."""
        if self.current is self.sections:
            self.flash("This is for notifications, and the cursor is on none.", "trouble")
            return []
        return super()._chosen()

    def in_view(self) -> InboxItem | None:
        return None if self.current is self.sections else super().in_view()

    def action_select(self) -> None:
        self.current.action_mark()

    async def action_dismiss(self, result: None = None) -> None:
        if self.current is not self.sections:
            await super().action_dismiss()
        else:
            self._hide(self.sections.chosen_items)

    async def action_dismiss_all(self) -> None:
        """What is marked, or all that is shown of the section."""
        if self.current is not self.sections:
            await super().action_dismiss_all()
            return
        marked = self.sections.chosen_items if self.sections.marked else self.sections.items_of_section
        if len(marked) > _ASKED_FROM:
            self._ask_whether(f"Hide these {len(marked)}?", lambda: self._hide(marked))
        else:
            self._hide(marked)

    def _hide(self, items: Sequence[WorkItem]) -> None:
        self.sections.clear_marks()
        if items:
            self.start(self._hidden(items))

    async def _hidden(self, items: Sequence[WorkItem]) -> None:
        result = await self.sidebar.hide(items)
        if result.undo is not None:
            self._hid = number_of(items[0])
            self.triage.remember([result.undo])
            self.flash(f"Hid {len(result.changed)} · {self.key_of('undo')} undoes it")

    async def action_undo(self) -> None:
        await super().action_undo()
        if self.current is self.sections and self._hid is not None:
            self.sections.want(self._hid)

    async def action_follow(self, event: object = None) -> None:
        item = self.sections.item
        if self.current is not self.sections:
            await super().action_follow()
        elif item is not None:
            await self.open_thing(item)

    def action_copy(self) -> None:
        item = self.sections.item
        if self.current is not self.sections:
            super().action_copy()
        elif item is not None:
            self.copy_link(item)

    def action_copy_whole(self) -> None:
        item = self.sections.item
        if self.current is not self.sections:
            super().action_copy_whole()
        elif item is not None:
            self.app.copy_to_clipboard("\n\n".join(part for part in (title(item), doing(item)) if part))
            self.flash("Copied the text")

    # The picture

    async def _ask_again(self) -> None:
        self.sidebar.look_again()
        await super()._ask_again()
