"""The automations: what runs by itself, when it runs next, and how the last run ended."""

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from textual.app import App
from textual.binding import BindingType
from textual.widget import Widget

from core.api import automations
from core.api.automations import Automation
from core.api.wire import Call, Page
from core.filters import AUTOMATION_FIELDS
from tui.actions import Scope, bindings
from tui.live.feed import Heard
from tui.screens.automating import TOPICS, Automating
from tui.screens.automation import AutomationScreen
from tui.screens.board import Board
from tui.widgets.automation_list import AutomationHeads, AutomationList
from tui.widgets.automation_text import AutomationText
from tui.widgets.record_list import Nothing


class AutomationsScreen(Automating, Board[Automation]):
    """The list, and beside it the one that the cursor is on."""

    WORDS = "Automations"
    TOPICS = TOPICS
    FILTER_FIELDS = AUTOMATION_FIELDS
    FILTER_NAMES: ClassVar = {"automation": "name", "person": "creator"}
    FILTER_EXAMPLE = "state:disabled  deploy"
    FILTER_WORDS = "words  type:recurring  state:disabled  outcome:failed  due:2h"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("automations"),
        *bindings("automation"),
        *bindings("board"),
        *bindings("place"),
    ]

    text: AutomationText

    def ask(self, limit: int, cursor: str | None, filter: str) -> Call[Page[Automation]]:
        return automations.automations(limit=limit, cursor=cursor, filter=filter)

    def make_list(self) -> AutomationList:
        made = AutomationList(lambda: self.records.records, self.nothing, self.records.need, self.desk.clock)
        made.desk = self.desk
        return made

    def make_text(self) -> AutomationText:
        return AutomationText(self.desk)

    def heads(self) -> Iterable[Widget]:
        yield AutomationHeads(self.list)

    def empty(self) -> Nothing:
        return Nothing(
            "Nothing runs by itself yet",
            "An automation runs a prompt or a workflow at its times, in a loop, or when a webhook is called."
            f" {self.key_of('automation-new')} makes one.",
        )

    def scopes(self) -> Mapping[Scope, App[None] | Widget]:
        return {**super().scopes(), "automations": self, "automation": self}

    def subjects(self) -> Sequence[Automation]:
        return list(self.chosen)

    def heard(self, heard: Heard) -> None:
        Automating.heard(self, heard)
        Board.heard(self, heard)

    def show_text(self, record: Automation | None) -> None:
        if self.text.display:
            self.show_whole(record)

    def open(self, record: Automation) -> None:
        self.app.push_screen(AutomationScreen(self.desk, record.id))

    def deleted(self, count: int) -> None:
        self.list.clear_marks()
        super().deleted(count)

    def action_automation_new(self) -> None:
        from tui.screens.editor import EditorScreen

        self.app.push_screen(EditorScreen(self.desk))

    def action_history_all(self) -> None:
        from tui.screens.history import HistoryScreen

        self.app.push_screen(HistoryScreen(self.desk))

    def action_automation_day(self) -> None:
        from tui.screens.day import DayScreen

        self.app.push_screen(DayScreen(self.desk))
