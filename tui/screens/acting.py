"""Acting on notifications: on those that are marked, or on the one that is read or that the cursor is on."""

from collections.abc import Callable, Sequence
from datetime import datetime

from textual import on

from core.api.inbox import InboxAction
from core.clock import to_datetime
from core.text import clean
from tui.navigation import open_link
from tui.screens.reading import Reading
from tui.triage import AT_ONCE
from tui.views import BY_ID, view_of
from tui.widgets.detail import Detail
from tui.widgets.snooze_menu import SnoozeMenu
from tui.widgets.virtual_list import VirtualList
from tui.words.times import ago

_LONGEST_COPY = 50_000  # characters: terminals drop what is longer
_ASKED_FROM = 10  # more than so many are not dismissed together without being asked about
_STILL: dict[InboxAction, str] = {"read": "is:unread", "dismiss": "-is:dismissed"}
"""What an action is still to be done to."""
_IN_PLACE = ("read", "unread")
_LEAVE = ("dismiss", "restore", "snooze", "unsnooze")


class Acting(Reading):
    """Each action is said in a line, with the key that undoes it. The cursor then is on what comes next."""

    def _chosen(self) -> list[int]:
        if self.opened is not None and self.focused is self.detail:
            return [self.opened]
        return self.list.chosen

    async def _act(self, action: InboxAction) -> None:
        ids = self._chosen()
        if ids:
            await self._do(action, ids)

    async def _do(self, action: InboxAction, ids: list[int], until: datetime | None = None) -> None:
        every = len(ids) == self.list.row_count
        self._go_on(ids, action)
        if len(ids) > AT_ONCE and every:
            self.start(self.triage.do_all(action, self.live.filter, max(ids), until))
        else:
            await self.triage.do(action, ids, until)

    def _go_on(self, ids: Sequence[int], action: InboxAction) -> None:
        """Put the cursor where it is to be afterwards, and leave what leaves the list."""
        reading = self.opened is not None and self.focused is self.detail
        after = self.list.next_to(ids)
        self.list.clear_marks()
        if action in _IN_PLACE and len(ids) == 1:
            self.live.held = ids[0]
            return
        if action in _LEAVE and self.live.held in ids:
            self.live.held = None
        if action in _LEAVE and self.opened in ids:
            self.leave()
        elif reading:
            return
        if after is not None:
            self.list.want(after)

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

    def action_select(self) -> None:
        here = self.scopes()["list"]
        if isinstance(here, VirtualList):
            here.action_mark()

    async def action_undo(self) -> None:
        back = await self.triage.undo()
        if back:
            self.list.want(max(back))

    def action_explain(self) -> None:
        from core.api.rules import Explaining
        from tui.screens.event import EventScreen

        if (item := self.in_view()) is not None:
            self.app.push_screen(EventScreen(self.desk, Explaining(notification=item.id)))

    # All in the filter

    def action_read_all(self) -> None:
        asking = self._all_in_filter("read", "Mark {} read", "All in this filter is read.")
        self.start(asking, opens=True)

    async def action_dismiss_all(self) -> None:
        marked = self.list.chosen if self.list.marked else []
        if not marked:
            asking = self._all_in_filter("dismiss", "Dismiss {}", "There is nothing in this filter.")
            self.start(asking, opens=True)
        elif len(marked) > _ASKED_FROM:
            self._ask_whether(f"Dismiss {_notifications(len(marked))}?", lambda: self.start(self._act("dismiss")))
        else:
            await self._act("dismiss")

    async def _all_in_filter(self, action: InboxAction, deed: str, nothing: str) -> None:
        """Ask about all that the filter matches now, and do it to no more than these."""
        wanted = f"{self.live.filter} {_STILL[action]}".strip()
        found = await self.live.matching(wanted)
        count = len(found.ids)
        if not count:
            self.flash(nothing)
            return

        def do() -> None:
            if self.opened is None:
                self.live.release()
            elif action == "dismiss":
                self.live.release()
                self.leave()
            self.start(self.triage.do_all(action, wanted, max(found.ids)))

        starred = f", {found.starred:,} of them starred" if action == "dismiss" and found.starred else ""
        if action == "read" or count > _ASKED_FROM:
            self._ask_whether(deed.format(_notifications(count) + starred) + "?", do)
        else:
            do()

    def _ask_whether(self, asked: str, do: Callable[[], object]) -> None:
        from tui.widgets.question import Answer, Question

        if not self.query(Question):
            answers = [Answer("y", f"does it; {self.key_of('undo')} takes it back", do), Answer("n", "does not")]
            self.mount(Question(asked, answers))

    # For a time

    async def action_snooze(self) -> None:
        ids = self._chosen()
        if view_of(self.live.filter) is BY_ID["snoozed"]:
            await self._act("unsnooze")
        elif ids and not self.query(SnoozeMenu):
            await self.mount(SnoozeMenu(self.desk.clock, self.desk.zone, ids))

    @on(SnoozeMenu.Chosen)
    async def _snoozed(self, event: SnoozeMenu.Chosen) -> None:
        await self._do("snooze", event.ids, event.until)

    def on_menu_turned(self) -> None:
        self.show_keys()

    def action_mute(self) -> None:
        self.start(self._offer_mutes(), opens=True)

    async def _offer_mutes(self) -> None:
        from core.api.mutes import mutes
        from tui.widgets.mute_menu import MOST, MuteMenu

        muted = (await self.desk.source.send(mutes(limit=MOST))).items
        if not muted and self.in_view() is None:
            self.flash("There is no notification here to mute, and nothing is muted.", "trouble")
        elif not self.query(MuteMenu):
            mute, unmute = self.triage.mute, self.triage.unmute
            await self.mount(
                MuteMenu(
                    self.desk.clock,
                    self.desk.zone,
                    self.in_view(),
                    muted,
                    lambda muting, until: self.start(mute(muting, until)),
                    lambda one: self.start(unmute(one)),
                )
            )

    # Its link and its text

    @on(Detail.Followed)
    async def action_follow(self, event: Detail.Followed | None = None) -> None:
        item = self.in_view()
        if item is not None and item.link and await open_link(self.app, item.link):
            if item.read_at is None:
                await self.triage.read(item.id)
            return
        self.action_copy()

    def action_copy(self) -> None:
        item = self.in_view()
        if item is None:
            return
        if not item.link:
            key = self.key_of("copy-whole")
            self.flash(f"This notification has no link; {key} copies its text.", "trouble")
            return
        self.app.copy_to_clipboard(item.link)
        self.flash(f"Copied {item.link}")

    def action_copy_whole(self) -> None:
        item = self.in_view()
        if item is not None:
            text = "\n\n".join(part for part in (clean(item.title), clean(item.body, multiline=True)) if part)
            self.app.copy_to_clipboard(text[:_LONGEST_COPY])
            self.flash("Copied the text")

    # The picture

    def action_ask_again(self) -> None:
        self.start(self._ask_again())

    async def _ask_again(self) -> None:
        before, now = self.live.asked_at, self.desk.now
        await self.live.reload()
        last = "" if before is None else f"; the last time was {ago(to_datetime(before), now)}"
        self.flash(f"Asked the server again{last}")


def _notifications(count: int) -> str:
    return f"{count:,} notification{'' if count == 1 else 's'}"
