"""One automation on a screen of its own: where a link leads, and where the list has no room for the text."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.widget import Widget

from core.api import automations
from core.api.automations import Automation
from core.api.stream import Change, Reset
from core.errors import NotFoundError
from tui.actions import Scope, bindings
from tui.desk import Desk
from tui.live.feed import Heard
from tui.live.looking import Looking
from tui.screens.automating import TOPICS, Automating
from tui.widgets.automation_text import AutomationText
from tui.widgets.text_view import TextView

_AGES = 20.0  # seconds between looks at whether it reads differently


class AutomationScreen(Automating):
    """Asks for it when it is opened and whenever it may have changed."""

    WORDS = "Automation"
    AUTO_FOCUS = "#text"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("automation"), *bindings("place")]

    def __init__(self, desk: Desk, number: int) -> None:
        super().__init__(desk)
        self.text = AutomationText(desk)
        self._number = number
        self._looking = Looking(self._look, self.start)
        self.record: Automation | None = None

    def compose(self) -> ComposeResult:
        yield self.title_bar
        yield self.text
        yield self.key_bar

    def scopes(self) -> Mapping[Scope, App[None] | Widget]:
        return {"detail": self.text, "automation": self, "place": self, "everywhere": self.app}

    def on_mount(self) -> None:
        self._looking.again()
        self.set_interval(_AGES, self.text.lay_out)

    def subjects(self) -> Sequence[Automation]:
        return [] if self.record is None else [self.record]

    def heard(self, heard: Heard) -> None:
        super().heard(heard)
        match heard:
            case Change() if heard.topic in TOPICS:
                self._looking.again()
            case Reset() | "live":
                self._looking.again()

    async def _look(self) -> None:
        try:
            self.record = await self.desk.source.send(automations.automation(self._number))
        except NotFoundError:
            self.record = None
            raise
        else:
            self.title_bar.retitle(f"Automation › {self.record.name}")
        finally:
            self.show_whole(self.record)

    def deleted(self, count: int) -> None:
        self.action_leave()
        super().deleted(count)

    @on(TextView.Left)
    def _left(self) -> None:
        self.action_leave()
