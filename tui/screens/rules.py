"""The rules: when an event goes out and to where, and above them what is wrong in the configuration."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import App
from textual.binding import BindingType
from textual.widget import Widget

from core.api import rules
from core.api.rules import Rule
from core.api.wire import Call, Page
from core.filters import RULE_FIELDS
from tui.actions import Action, Scope, bindings
from tui.desk import Desk
from tui.live.feed import Heard
from tui.live.looking import Looking
from tui.live.records import Numbering
from tui.screens.board import Board
from tui.screens.rule import RuleScreen
from tui.screens.ruling import Ruling
from tui.widgets.problem_lines import ProblemLines
from tui.widgets.record_list import Nothing
from tui.widgets.rule_list import RuleHeads, RuleList
from tui.widgets.rule_text import RuleText

if TYPE_CHECKING:
    from core.completing import Values

_PROBLEMS = frozenset({"rules", "channels"})


class RulesScreen(Ruling, Board[Rule]):
    """The list in the order in which they are asked, and beside it the one that the cursor is on."""

    WORDS = "Rules"
    TOPICS = frozenset({"rules", "channels", "deliveries"})
    FILTER_FIELDS = RULE_FIELDS
    FILTER_NAMES: ClassVar = {"rule": "id"}
    FILTER_EXAMPLE = "channel:ops  is:on"
    FILTER_WORDS = "words  event:task:*  channel:ops  is:off  source:file  severity:critical"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("rules"),
        *bindings("rule"),
        *bindings("board"),
        *bindings("place"),
    ]

    text: RuleText

    def __init__(self, desk: Desk) -> None:
        self._numbers = Numbering()
        super().__init__(desk)
        self._problems = ProblemLines()
        self._looking = Looking(self._look, self.start)
        self._looked = False

    def on_mount(self) -> None:
        self._looking.again()

    def ask(self, limit: int, cursor: str | None, filter: str) -> Call[Page[Rule]]:
        return rules.rules(limit=limit, cursor=cursor, filter=filter)

    def number(self, record: Rule) -> int:
        return self._numbers.of(record.id)

    def want(self, id: str) -> None:
        """Put the cursor on this one, now or when it comes."""
        self.list.want(self._numbers.of(id))

    def make_list(self) -> RuleList:
        return RuleList(lambda: self.records.records, self.nothing, self.records.need, self.desk.clock)

    def make_text(self) -> RuleText:
        return RuleText(self.desk)

    def heads(self) -> Iterable[Widget]:
        yield self._problems
        yield RuleHeads(self.list)

    def empty(self) -> Nothing:
        return Nothing(
            "There is no rule yet",
            "A rule says which events go out, and to which channels. "
            f"{self.key_of('rule-new')} makes one; the home's files can have some, too.",
        )

    def scopes(self) -> Mapping[Scope, App[None] | Widget]:
        return {**super().scopes(), "rules": self, "rule": self}

    def named(self, action: Action) -> Action:
        return replace(action, title="On/off") if action.id == "mark" else action

    def filter_values(self) -> "Values":
        shown = list(self.records.records.values())
        channels = dict.fromkeys(name for one in shown for name in one.channels)
        patterns = dict.fromkeys(text for one in shown for text in one.events)
        known = super().filter_values()
        return {**known, "channel": channels, "event": dict.fromkeys((*patterns, *known["event"]))}

    # What the server says

    def heard(self, heard: Heard) -> None:
        super().heard(heard)
        self._looking.hear(heard, _PROBLEMS, self._looked)

    async def _look(self) -> None:
        found = await self.desk.source.send(rules.rule_problems())
        self._looked = True
        self._problems.show(found.problems)

    # What a person does

    @property
    def rule(self) -> Rule | None:
        return self.current

    def show_text(self, record: Rule | None) -> None:
        if self.text.display:
            self.show_whole(record)

    def open(self, record: Rule) -> None:
        self.app.push_screen(RuleScreen(self.desk, record.id))

    @on(RuleList.Switched)
    def _switched(self) -> None:
        self.action_rule_switch()

    def action_rule_new(self) -> None:
        from tui.screens.rule_form import RuleFormScreen

        self.app.push_screen(RuleFormScreen(self.desk))
