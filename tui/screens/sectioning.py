"""The sections above the notifications: the cursor goes through all as through one list, and what is done is done
to whatever it is on."""

from collections.abc import Mapping

from textual import on
from textual.app import App
from textual.widget import Widget

from core.api import inbox
from core.api.work import WorkItem
from core.text import clean
from tui.actions import Scope
from tui.live.feed import Heard
from tui.navigation import open_link, work_link
from tui.screens.acting import Acting
from tui.screens.viewing import Viewing
from tui.widgets.detail import Detail
from tui.widgets.section import SectionHead
from tui.widgets.section_list import NOTIFICATIONS, SectionList
from tui.widgets.virtual_list import VirtualList


class Sectioning(Acting, Viewing):
    """One of the two lists has the cursor: the one that had the focus last."""

    _in_sections = False

    @property
    def current(self) -> VirtualList:
        if self.focused is self.sections or self.focused is self.list:
            return self.sections if self.focused is self.sections else self.list
        return self.sections if self._in_sections else self.list

    def on_mount(self) -> None:
        self._light()
        self.sections.beyond = self.list.beyond = self._over
        if self.folded:
            self.call_after_refresh(self.sections.focus)

    def heard(self, heard: Heard) -> None:
        super().heard(heard)
        self.sidebar.hear(heard)

    def scopes(self) -> Mapping[Scope, App[None] | Widget]:
        return {**super().scopes(), "list": self.current}

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

    def _over(self, by: int, end: bool) -> None:
        """From the last row of the sections to the first notification, and back. From a list that has no row,
        down as well: all that there is is above it. Not while a range is marked, which ends with its list."""
        here = self.current
        alone = here is self.list and not here.row_count
        there = self.list if by > 0 and not alone else self.sections
        if here is there or here.ranging or not there.display or (there is self.list and not there.row_count):
            return
        back = (by > 0) == end
        there.move_to(there.row_count - 1 if back else 0)
        self.key_bar.clear_flash()
        self._go_to(there)

    async def _step(self, by: int) -> None:
        if self.current is not self.sections:
            await super()._step(by)
        elif by > 0:
            self.sections.action_down()
        else:
            self.sections.action_up()

    async def _to_unread(self, by: int) -> None:
        """Among the sections, to what needs the person; from the last of it to the first unread notification."""
        if self.current is not self.sections:
            await super()._to_unread(by)
            return
        here = self.sections.position
        places = [place for place in self.sections.needing if (place > here if by > 0 else place < here)]
        if places:
            self.sections.move_to(places[0] if by > 0 else places[-1])
        elif by < 0 or not self.list.display:
            self.flash("Nothing that needs you is further up." if by < 0 else "Nothing more needs you.")
        else:
            self.list.move_to(0)
            self._go_to(self.list)
            first = self.under_cursor()
            if first is None or first.read_at is not None:
                await super()._to_unread(by)

    def follow_cursor(self) -> None:
        if self.current is not self.sections:
            super().follow_cursor()
            return
        if self.opened is not None and self.focused is self.sections:
            self.close()
        if self.opened is None:
            self.detail.open_key = self.key_of("open")
            self.detail.show_work(self.sections.item if self.pair else None)

    @on(Detail.Left)
    def _left_for_sections(self, event: Detail.Left) -> None:
        if self.current is self.sections and self.opened is None:
            event.prevent_default()
            self.set_focus(self.sections)

    def action_switch(self) -> None:
        if self.current is not self.sections:
            super().action_switch()
        elif self.focused is self.detail:
            self.set_focus(self.sections)
        elif self.pair:
            self.set_focus(self.detail)

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
        await self.open_thing(event.item)

    @on(SectionList.Whole)
    async def _whole(self, event: SectionList.Whole) -> None:
        await self._open_page(event.type)

    async def _open_page(self, section: str) -> None:
        await open_link(self.app, work_link(f"type:{section} is:open"))

    async def open_thing(self, item: WorkItem) -> None:
        if item.link and not await open_link(self.app, item.link):
            self.copy_link(item)

    def copy_link(self, item: WorkItem) -> None:
        if item.link:
            self.app.copy_to_clipboard(item.link)
            self.flash(f"Copied {clean(item.link)}")
        else:
            self.flash("It has no link.", "trouble")
