"""The events of a workspace: what happened, and from there what each rule makes of it."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import App
from textual.binding import BindingType
from textual.widget import Widget

from core.api import events
from core.api.events import Event
from core.api.rules import Explaining
from core.api.wire import Call, Page
from core.errors import InvalidError
from core.filters import EVENT_FIELDS
from tui.actions import Scope, bindings
from tui.desk import Desk
from tui.live.feed import Heard
from tui.screens.board import Board
from tui.screens.event import EventScreen, copy_event, copy_payload
from tui.widgets.event_list import EventHeads, EventList
from tui.widgets.event_text import EventText
from tui.widgets.record_list import Nothing
from tui.widgets.workspace_tabs import WorkspaceTabs

if TYPE_CHECKING:
    from core.completing import Values


class EventsScreen(Board[Event]):
    """The list, the newest first, and beside it the one that the cursor is on."""

    WORDS = "Events"
    TOPICS = frozenset({"events"})
    FILTER_FIELDS = EVENT_FIELDS
    FILTER_EXAMPLE = "event:task:*  since:1h"
    FILTER_WORDS = "words  event:task:*  ticket:T-12  mission:m1  since:1h"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("events"),
        *bindings("event"),
        *bindings("board"),
        *bindings("place"),
    ]

    text: EventText

    def __init__(self, desk: Desk) -> None:
        self.workspace = desk.workspaces[0] if desk.workspaces else ""
        super().__init__(desk)
        self._tabs = WorkspaceTabs(lambda: desk.workspaces)
        self._tabs.show(self.workspace)

    def ask(self, limit: int, cursor: str | None, filter: str) -> Call[Page[Event]]:
        if not self.workspace:
            raise InvalidError("You belong to no workspace yet: ask an admin.")
        return events.page(self.workspace, limit=limit, cursor=cursor, filter=filter)

    def number(self, record: Event) -> int:
        return record.seq

    def make_list(self) -> EventList:
        return EventList(lambda: self.records.records, self.nothing, self.records.need, self.desk.clock)

    def make_text(self) -> EventText:
        return EventText(self.desk)

    def heads(self) -> Iterable[Widget]:
        yield self._tabs
        yield EventHeads(self.list)

    def empty(self) -> Nothing:
        return Nothing("Nothing has happened here yet", "What is done in this workspace appears here by itself.")

    def scopes(self) -> Mapping[Scope, App[None] | Widget]:
        return {**super().scopes(), "events": self, "event": self}

    def filter_values(self) -> "Values":
        known, shown = super().filter_values(), list(self.records.records.values())
        said = dict.fromkeys(one.event for one in shown)
        tickets = dict.fromkeys(one.task_id for one in shown if one.task_id)
        return {**known, "event": dict.fromkeys((*said, *known["event"])), "ticket": tickets}

    def heard(self, heard: Heard) -> None:
        """Whoever opened it before there was a connection learns now where there is something to see."""
        if heard == "live" and not self.workspace and self.desk.workspaces:
            self._choose(self.desk.workspaces[0])
        super().heard(heard)

    # What a person does

    def show_text(self, record: Event | None) -> None:
        if self.text.display:
            self.text.show(record)

    def open(self, record: Event) -> None:
        self.app.push_screen(EventScreen(self.desk, Explaining(event_id=record.id)))

    def action_event_explain(self) -> None:
        if (one := self.current) is not None:
            self.open(one)

    def action_event_copy(self) -> None:
        if (one := self.current) is not None:
            copy_event(self, one.id)

    def action_event_copy_json(self) -> None:
        if (one := self.current) is not None:
            copy_payload(self, one.data)

    # Workspaces

    def _choose(self, workspace: str) -> None:
        self.workspace = workspace
        self._tabs.show(workspace)

    async def show_workspace(self, workspace: str) -> None:
        before = self.workspace
        if workspace != before:
            self._choose(workspace)
            if not await self.look_for(self.records.filter):
                self._choose(before)

    async def _workspace_by(self, by: int) -> None:
        there = self.desk.workspaces
        if there:
            at = there.index(self.workspace) if self.workspace in there else -1
            await self.show_workspace(there[(at + by) % len(there)])

    async def action_events_next(self) -> None:
        await self._workspace_by(1)

    async def action_events_previous(self) -> None:
        await self._workspace_by(-1)

    @on(WorkspaceTabs.Chosen)
    async def _workspace_pressed(self, event: WorkspaceTabs.Chosen) -> None:
        await self.show_workspace(event.workspace)
