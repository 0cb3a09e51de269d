"""One event, explained: what each rule makes of it and why, to which channels, in which words."""

from collections.abc import Mapping
from typing import ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.widget import Widget

from core.api import rules
from core.api.rules import Explaining, Explanation
from core.errors import NotFoundError
from core.text import json_ascii
from tui.actions import Scope, bindings
from tui.desk import Desk
from tui.live.feed import Heard
from tui.live.looking import Looking
from tui.navigation import link_to
from tui.screens.place import Place
from tui.widgets.explain_text import ExplainText
from tui.widgets.text_view import TextView

_AGES = 20.0  # seconds between looks at whether it reads differently
_TOPICS = frozenset({"rules", "channels"})
_LONGEST_COPY = 50_000


class EventScreen(Place):
    """Asks when it is opened and whenever other rules may decide. `rule` is the one that is asked about, if it is
    about one."""

    WORDS = "Event"
    AUTO_FOCUS = "#text"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("event"), *bindings("place")]

    def __init__(self, desk: Desk, asked: Explaining, rule: str = "") -> None:
        super().__init__(desk)
        self.text = ExplainText(desk, rule)
        self._asked = asked
        self._looking = Looking(self._look, self.start)
        self.found: Explanation | None = None

    def compose(self) -> ComposeResult:
        yield self.title_bar
        yield self.text
        yield self.key_bar

    def scopes(self) -> Mapping[Scope, App[None] | Widget]:
        return {"detail": self.text, "event": self, "place": self, "everywhere": self.app}

    def on_mount(self) -> None:
        self._looking.again()
        self.set_interval(_AGES, self.text.lay_out)

    def heard(self, heard: Heard) -> None:
        self._looking.hear(heard, _TOPICS, self.found is not None)

    async def _look(self) -> None:
        try:
            self.found = await self.desk.source.send(rules.explain(self._asked))
            self.title_bar.retitle(f"Event › {self.found.event}")
        except NotFoundError:
            self.found = None
            raise
        finally:
            self.text.show(self.found)

    def action_event_copy(self) -> None:
        if self.found is not None and self.found.event_id is not None:
            copy_event(self, self.found.event_id)

    def action_event_copy_json(self) -> None:
        if self.found is not None:
            copy_payload(self, self.found.data)

    @on(TextView.Left)
    def _left(self) -> None:
        self.action_leave()


def copy_event(place: Place, id: str) -> None:
    link = link_to("event", id)
    place.app.copy_to_clipboard(link)
    place.flash(f"Copied {link}")


def copy_payload(place: Place, data: Mapping[str, object]) -> None:
    place.app.copy_to_clipboard(json_ascii(data, 2)[:_LONGEST_COPY])
    place.flash("Copied its payload")
