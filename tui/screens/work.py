"""The page of My Work: one table of sessions, draft plans, round tables and notifications, finished and hidden
ones included."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import App
from textual.binding import BindingType
from textual.widget import Widget

from core.api import inbox, work
from core.api.inbox import InboxActionRequest
from core.api.wire import Call, Page
from core.api.work import HIDING, TYPES, WorkAction, WorkActionRequest, WorkItem, WorkSort
from core.filters import WORK_FIELDS
from core.text import clean
from tui.actions import Scope, bindings
from tui.desk import Desk
from tui.navigation import open_link, work_link
from tui.screens.viewed import Viewed
from tui.triage import undone
from tui.views import View
from tui.widgets.question import Answer, Question
from tui.widgets.work_list import COLUMNS, VIEWS, Sorting, WorkHeads, WorkList
from tui.widgets.work_text import WorkText
from tui.words import work as said

_KEYS: Mapping[WorkSort, str] = {
    "type": "t",
    "state": "s",
    "title": "i",
    "workspace": "w",
    "created": "a",
    "updated": "u",
}


class WorkScreen(Viewed[WorkItem]):
    """The table, and below it the whole of what the cursor is on."""

    WORDS = "All of My Work"
    VIEWS = VIEWS
    TOPICS = frozenset({HIDING}).union(*(each.topics for each in TYPES.values()))
    ROOM = (0, 30)
    PLACED = "-below"
    FILTER_FIELDS = WORK_FIELDS
    FILTER_EXAMPLE = "type:session  state:failed  since:7d"
    FILTER_WORDS = "words  type:session  state:failed  workspace:atelier  is:needs  since:7d  -deploy"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("work"), *bindings("board"), *bindings("place")]

    list: WorkList
    text: WorkText

    def __init__(self, desk: Desk, filter: str | None = None) -> None:
        self._sorting = self._shown = Sorting()  # what is wanted, and what is shown until that is there
        super().__init__(desk)
        if filter is not None:
            self.begin_with(filter)
            self.begun = VIEWS[0].filter  # a link leads into the whole of it
        self._heads = WorkHeads(self.list, lambda: self._shown)

    def ask(self, limit: int, cursor: str | None, filter: str) -> Call[Page[WorkItem]]:
        by, order = self._sorting if cursor is None else self._shown  # a cursor is of the order that it is from
        return work.work(limit=limit, cursor=cursor, filter=filter, sort=by, order=order)

    def number(self, record: WorkItem) -> int:
        return said.number_of(record)

    def make_list(self) -> WorkList:
        return WorkList(lambda: self.records.records, self.nothing, self.records.need, self.desk.clock)

    def make_text(self) -> WorkText:
        return WorkText(self.desk, lambda: self.key_of("open"))

    def heads(self) -> Iterable[Widget]:
        yield from super().heads()
        yield self._heads

    def hint(self, view: View) -> str:
        return view.hint.format(hide=self.key_of("work-hide"))

    def scopes(self) -> Mapping[Scope, App[None] | Widget]:
        return {**super().scopes(), "work": self}

    def show_text(self, record: WorkItem | None) -> None:
        if self.text.display:
            self.text.show(record)

    def open(self, record: WorkItem) -> None:
        self.start(self._open(record), opens=True)

    async def _open(self, record: WorkItem) -> None:
        link = f"callboard:{record.ref}" if record.type == "notification" else record.link or ""
        if not await open_link(self.app, link):
            self.app.copy_to_clipboard(link)
            self.flash(f"Copied {clean(link)}")

    def action_work_copy(self) -> None:
        link = work_link(self.records.filter)
        self.app.copy_to_clipboard(link)
        self.flash(f"Copied {clean(link)}")

    # Views

    async def action_work_next(self) -> None:
        await self.view_by(1)

    async def action_work_previous(self) -> None:
        await self.view_by(-1)

    # The order

    def action_work_sort(self) -> None:
        if not self.query(Question):
            answers = [
                Answer(_KEYS[column.sort], column.title, partial(self._sort, self._shown.to(column.sort)))
                for column in COLUMNS
            ]
            turned = Answer("r", "as it is, the other way round", partial(self._sort, self._shown.turned()))
            self.mount(Question("Sort by what?", [*answers, turned]))

    @on(WorkHeads.Pressed)
    def _head_pressed(self, event: WorkHeads.Pressed) -> None:
        self._sort(self._shown.to(event.by))

    def _sort(self, sorting: Sorting) -> None:
        self.start(self._sorted(sorting))

    async def _sorted(self, sorting: Sorting) -> None:
        self._sorting = sorting
        try:
            await self.records.look_for(self.records.filter)
            self._shown = self._sorting
        finally:
            self._sorting = self._shown
        self._heads.refresh()
        self.list.move_to(0, by_hand=False)

    # What is done to them

    def action_work_select(self) -> None:
        self.list.action_mark()

    def action_work_hide(self) -> None:
        self._act("hide", "Hid")

    def action_work_hide_all(self) -> None:
        if self.list.marked:
            self.action_work_hide()
        elif not self.records.ids:
            self.flash("There is nothing in this filter.")
        elif not self.query(Question):
            everything = WorkActionRequest("hide", filter=self.records.filter)
            answers = [
                Answer(
                    "y", "hides all of it, and dismisses the notifications", partial(self._hide_all, everything)
                ),
                Answer("n", "leaves it as it is"),
            ]
            self.mount(Question("Hide all that this filter shows?", answers))

    def _hide_all(self, everything: WorkActionRequest) -> None:
        self.start(self._send(everything, "Hid"))

    def action_work_show(self) -> None:
        self._act("show", "Shown again:")

    def _act(self, action: WorkAction, words: str) -> None:
        refs = [record.ref for record in self.chosen]
        self.list.clear_marks()
        if refs:
            self.start(self._send(WorkActionRequest(action, refs), words))

    async def _send(self, request: WorkActionRequest, words: str) -> None:
        result = await self.desk.source.send(work.act(request))
        if result.undo is not None:
            self.flash(f"{words} {len(result.changed):,} · {self.key_of('work-undo')} undoes it")
        else:
            self.flash("Nothing changed: it is so already.")

    def action_work_undo(self) -> None:
        self.start(self._undo())

    async def _undo(self) -> None:
        result = await self.desk.source.send(work.undo())
        known = {record.ref: number for number, record in self.records.records.items()}
        self.flash(undone(result))
        if len(result.changed) == 1 and result.changed[0] in known:
            self.list.want(known[result.changed[0]])

    def action_work_star(self) -> None:
        items = [record for record in self.chosen if record.type == "notification"]
        if not items:
            self.flash("Only notifications have a star.", "trouble")
            return
        self.list.clear_marks()
        starred = all(item.starred for item in items)
        self.start(self._star([item.id for item in items], starred))

    async def _star(self, ids: Sequence[int], starred: bool) -> None:
        await self.desk.source.send(inbox.act(InboxActionRequest("unstar" if starred else "star", [*ids])))
        words = "Took the star from" if starred else "Starred"
        self.flash(f"{words} {len(ids)} · {self.key_of('work-undo')} undoes it")

    def _go_to_needing(self, by: int) -> None:
        ids, known = self.records.ids, self.records.records
        here = self.list.position
        places = range(here + 1, len(ids)) if by > 0 else range(here - 1, -1, -1)
        found = next((place for place in places if known[ids[place]].needs), None)
        if found is None:
            self.flash("Nothing more needs you here.")
        else:
            self.list.move_to(found)

    def action_work_needing(self) -> None:
        self._go_to_needing(1)

    def action_work_needing_before(self) -> None:
        self._go_to_needing(-1)
