"""One rule on a screen of its own: where a link leads, and where the list has no room for the text."""

from collections.abc import Mapping
from typing import ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.widget import Widget

from core.api import rules
from core.api.rules import Rule
from core.errors import NotFoundError
from tui.actions import Scope, bindings
from tui.desk import Desk
from tui.live.feed import Heard
from tui.live.looking import Looking
from tui.screens.ruling import Ruling
from tui.widgets.rule_text import RuleText
from tui.widgets.text_view import TextView

_AGES = 20.0  # seconds between looks at whether it reads differently
_TOPICS = frozenset({"rules", "channels", "deliveries"})


class RuleScreen(Ruling):
    """Asks for it when it is opened and whenever it may have changed."""

    WORDS = "Rule"
    AUTO_FOCUS = "#text"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("rule"), *bindings("place")]

    def __init__(self, desk: Desk, id: str) -> None:
        super().__init__(desk)
        self.title_bar.retitle(f"Rule › {id}")
        self.text = RuleText(desk)
        self._of = id
        self._looking = Looking(self._look, self.start)
        self.record: Rule | None = None

    def compose(self) -> ComposeResult:
        yield self.title_bar
        yield self.text
        yield self.key_bar

    def scopes(self) -> Mapping[Scope, App[None] | Widget]:
        return {"detail": self.text, "rule": self, "place": self, "everywhere": self.app}

    def on_mount(self) -> None:
        self._looking.again()
        self.set_interval(_AGES, self.text.lay_out)

    @property
    def rule(self) -> Rule | None:
        return self.record

    def heard(self, heard: Heard) -> None:
        super().heard(heard)
        self._looking.hear(heard, _TOPICS, self.record is not None)

    async def _look(self) -> None:
        try:
            self.record = await self.desk.source.send(rules.rule(self._of))
        except NotFoundError:
            self.record = None
            raise
        finally:
            self.show_whole(self.record)

    def deleted(self, id: str) -> None:
        self.action_leave()
        super().deleted(id)

    @on(TextView.Left)
    def _left(self) -> None:
        self.action_leave()
