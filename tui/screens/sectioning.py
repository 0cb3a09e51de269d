"""The sections above the notifications: the cursor goes through all as through one list, and what is done is done
to whatever it is on."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual import on
from textual.app import App
from textual.widget import Widget

from core.api import inbox
from core.api.inbox import InboxItem
from core.api.work import WorkItem
from core.text import clean
from tui.actions import Action, Scope
from tui.feed import Heard
from tui.navigation import open_link, work_link
from tui.screens.acting import Acting
from tui.screens.viewing import Viewing
from tui.widgets.section import SectionHead
from tui.widgets.section_list import NOTIFICATIONS, SectionList
from tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from tui.widgets.work_text import WorkText

_FOR_ALL = frozenset({"dismiss", "undo", "follow", "copy"})
"""What the group of the notifications has for sessions, draft plans and round tables as well."""


class Sectioning(Acting, Viewing):
    """One of the two lists has the cursor: the one that had the focus last."""

    _in_sections = False
    _beside: "WorkText | None" = None  # nobody has had the cursor on a session yet

    @property
    def current(self) -> VirtualList:
        if self.focused is self.sections or self.focused is self.list:
            return self.sections if self.focused is self.sections else self.list
        return self.sections if self._in_sections else self.list

    def on_mount(self) -> None:
        self._light()
        if self.folded:
            self.call_after_refresh(self.sections.focus)

    def heard(self, heard: Heard) -> None:
        super().heard(heard)
        self.sidebar.hear(heard)

    def scopes(self) -> Mapping[Scope, App[None] | Widget]:
        text = self._beside if self.current is self.sections and self._beside is not None else self.detail
        return {**super().scopes(), "list": self.current, "detail": text}

    def applies(self, action: Action) -> bool:
        if self.current is self.sections and action.group == "Notifications" and action.id not in _FOR_ALL:
            return False
        return super().applies(action)

    def sections_changed(self) -> None:
        super().sections_changed()
        if self.current is self.sections:
            if not self.sections.row_count:
                self._go_to(self.list)
            self.follow_cursor()

    # Where the cursor is

    def on_descendant_focus(self) -> None:
        self._in_sections = self.current is self.sections
        self._light()

    def _light(self) -> None:
        current = self.current
        self.sections.light(current is self.sections)
        self.list.light(current is self.list)

    def _go_to(self, there: VirtualList) -> None:
        self._in_sections = there is self.sections
        if there.display:
            self.set_focus(there)
        self._light()
        self.follow_cursor()

    @on(VirtualList.Edge)
    def _over(self, event: VirtualList.Edge) -> None:
        """From the last row of the sections to the first notification, and back."""
        event.stop()
        here = self.current
        there = self.list if event.by > 0 else self.sections
        if here is there or not there.display or (there is self.list and not there.row_count):
            return
        back = (event.by > 0) == event.end
        there.move_to(there.row_count - 1 if back else 0)
        self.key_bar.clear_flash()
        self._go_to(there)

    def follow_cursor(self) -> None:
        if self.current is not self.sections:
            if self._beside is not None:
                self._beside.display = False
                self.detail.display = self.pair or self.opened is not None
            super().follow_cursor()
            return
        if self.opened is not None and self.focused is self.sections:
            self.close()
        if self.opened is None and self.pair:
            self._show_beside(self.sections.item)
        elif self._beside is not None:
            self._beside.display = False

    def _show_beside(self, item: WorkItem | None) -> None:
        if self._beside is None:
            from tui.widgets.work_text import WorkText

            self._beside = WorkText(self.desk, lambda: self.key_of("open"), lambda: self.set_focus(self.sections))
            self.body.mount(self._beside)
        self._beside.show(item)
        self._beside.display = True
        self.detail.display = False

    def action_switch(self) -> None:
        if self.current is not self.sections:
            super().action_switch()
        elif self.focused is self._beside:
            self.set_focus(self.sections)
        elif self._beside is not None and self._beside.display:
            self.set_focus(self._beside)

    # What is folded

    def action_fold(self) -> None:
        section = self.sections.section if self.current is self.sections else "notification"
        if section is not None:
            self._fold(section)

    @on(SectionList.Folded)
    async def _section_pressed(self, event: SectionList.Folded) -> None:
        head = event.type
        if head in self.folds or head == "notification" or self.sections.shows(head):
            self._fold(head)
        else:
            await self._open_page(head)

    @on(SectionHead.Pressed)
    def _head_pressed_here(self, event: SectionHead.Pressed) -> None:
        event.prevent_default()
        self._fold("notification")

    def _fold(self, section: str) -> None:
        if section != "notification":
            self.folds ^= {section}
            self.sections_changed()
            self.sections.to_section(section)
            self.follow_cursor()
            return
        self.folded = not self.folded
        self.show_counts()
        self.settle()
        if self.folded:
            self.sections.want(NOTIFICATIONS)
        self._go_to(self.sections if self.folded else self.list)

    def unfold(self) -> None:
        super().unfold()
        self._go_to(self.list)

    def show_counts(self) -> None:
        super().show_counts()
        if self.folded:
            self.sections_changed()

    # What is opened

    def show_notification(self, number: int) -> None:
        """Open this one, wherever it is."""
        self.start(self._show_notification(number))

    async def _show_notification(self, number: int) -> None:
        if number not in self.live.records:
            self.live.records[number] = await self.desk.source.send(inbox.show(number))
        if self.folded:
            self._fold("notification")
        self.list.want(number)
        self.opened = number
        self.settle()
        self.set_focus(self.detail)
        await self.open(number)

    @on(SectionList.Chosen)
    async def _chosen_here(self, event: SectionList.Chosen) -> None:
        await self._open_thing(event.item)

    @on(SectionList.Whole)
    async def _whole(self, event: SectionList.Whole) -> None:
        await self._open_page(event.type)

    async def _open_page(self, section: str) -> None:
        await open_link(self.app, work_link(f"type:{section}"))

    async def _open_thing(self, item: WorkItem) -> None:
        if item.link and not await open_link(self.app, item.link):
            self._copy_link(item)

    def _copy_link(self, item: WorkItem) -> None:
        if item.link:
            self.app.copy_to_clipboard(item.link)
            self.flash(f"Copied the link {clean(item.link)}")
        else:
            self.flash("It has no link.", "trouble")

    # What is done to it

    def _chosen(self) -> list[int]:
        """Notifications only: their actions pass by what else there is."""
        if self.current is self.sections:
            self.flash("This is for notifications, and the cursor is on none.", "trouble")
            return []
        return super()._chosen()

    def in_view(self) -> InboxItem | None:
        return None if self.current is self.sections else super().in_view()

    async def action_dismiss(self, result: None = None) -> None:
        if self.current is not self.sections:
            await super().action_dismiss()
            return
        items = self.sections.chosen_items
        self.sections.clear_marks()
        if items:
            self.start(self._hide(items))

    async def _hide(self, items: list[WorkItem]) -> None:
        result = await self.sidebar.hide(items)
        if result.undo is not None:
            self.triage.remember([result.undo])
            self.flash(f"Hid {len(result.changed)} · {self.key_of('undo')} undoes it")

    async def action_follow(self, event: object = None) -> None:
        item = self.sections.item
        if self.current is not self.sections:
            await super().action_follow()
        elif item is not None:
            await self._open_thing(item)

    def action_copy(self) -> None:
        item = self.sections.item
        if self.current is not self.sections:
            super().action_copy()
        elif item is not None:
            self._copy_link(item)
