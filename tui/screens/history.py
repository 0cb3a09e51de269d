"""The history of an automation, or of all of them: why each occurrence ran or did not."""

from collections.abc import Iterable, Mapping
from typing import ClassVar

from textual.app import App
from textual.binding import BindingType
from textual.widget import Widget

from core.api import automations
from core.api.automations import Automation, Execution
from core.api.wire import Call, Page
from core.filters import EXECUTION_FIELDS
from tui.actions import Scope, bindings
from tui.desk import Desk
from tui.navigation import open_link
from tui.screens.board import Board
from tui.widgets.execution_list import ExecutionHeads, ExecutionList, ExecutionText
from tui.widgets.record_list import Nothing
from tui.words import automations as wordings


class HistoryScreen(Board[Execution]):
    """The list, and below it the whole of what the cursor is on."""

    WORDS = "History"
    TOPICS = frozenset({"executions", "sessions"})
    ROOM = (0, 22)
    PLACED = "-below"
    FILTER_FIELDS = EXECUTION_FIELDS
    FILTER_NAMES: ClassVar = {"automation": "automation_name"}
    FILTER_EXAMPLE = "outcome:failed  since:7d"
    FILTER_WORDS = "words  outcome:failed  trigger:webhook  since:7d"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("history"), *bindings("board"), *bindings("place")]

    text: ExecutionText

    def __init__(self, desk: Desk, of: Automation | None = None) -> None:
        self._of = of
        super().__init__(desk)
        if of is not None:
            self.title_bar.retitle(f"History › {of.name}")

    def ask(self, limit: int, cursor: str | None, filter: str) -> Call[Page[Execution]]:
        # Ours comes last, so that the place of a mistake is the one that the person sees.
        narrowed = filter if self._of is None else f"{filter} automation:{self._of.id}".strip()
        return automations.executions(limit=limit, cursor=cursor, filter=narrowed)

    def make_list(self) -> ExecutionList:
        made = ExecutionList(lambda: self.records.records, self.nothing, self.records.need, self.desk.clock)
        made.desk = self.desk
        made.of_all = self._of is None
        return made

    def make_text(self) -> ExecutionText:
        return ExecutionText(self.desk)

    def heads(self) -> Iterable[Widget]:
        yield ExecutionHeads(self.list, self._of is None)

    def empty(self) -> Nothing:
        return Nothing(
            "Nothing ran yet",
            "Every run of an automation appears here, and every one that was not, with the reason."
            f" {self.key_of('automation-run')} runs an automation now, from their list.",
        )

    def scopes(self) -> Mapping[Scope, App[None] | Widget]:
        return {**super().scopes(), "history": self}

    def show_text(self, record: Execution | None) -> None:
        self.text.show(record)

    def open(self, record: Execution) -> None:
        if record.session is None:
            self.flash(wordings.why(record), "trouble")
        else:
            self.call_later(open_link, self.app, f"callboard:session/{record.session}")

    async def action_history_automation(self) -> None:
        if (record := self.current) is not None:
            await open_link(self.app, f"callboard:automation/{record.automation}")
