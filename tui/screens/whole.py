"""One thing on a screen of its own: where a link leads, and where a list has no room for the text."""

from collections.abc import Mapping
from typing import ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.widget import Widget

from tui.actions import Scope
from tui.desk import Desk
from tui.live.feed import Heard
from tui.live.looking import Looking
from tui.screens.place import Place
from tui.widgets.text_view import TextView


class Whole(Place):
    """Asks for it when it is opened and whenever it may have changed."""

    SCOPE: ClassVar[Scope]
    TOPICS: ClassVar[frozenset[str]]
    AGES: ClassVar[float] = 20.0  # seconds between looks at whether it reads differently
    AUTO_FOCUS = "#text"

    text: TextView

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.text = self.make_text()
        self.looking = Looking(self.look, self.start)

    # What a screen says of itself

    @property
    def there(self) -> bool:
        """Whether it is there to be shown."""
        raise NotImplementedError

    def make_text(self) -> TextView:
        raise NotImplementedError

    async def look(self) -> None:
        """Ask for it, and show it or that it is not there."""
        raise NotImplementedError

    # How it is put together

    def compose(self) -> ComposeResult:
        yield self.title_bar
        yield self.text
        yield self.key_bar

    def scopes(self) -> Mapping[Scope, App[None] | Widget]:
        return {"detail": self.text, self.SCOPE: self, "place": self, "everywhere": self.app}

    def on_mount(self) -> None:
        self.looking.again()
        self.set_interval(self.AGES, self.refresh_ages)

    def refresh_ages(self) -> None:
        self.text.lay_out()

    def heard(self, heard: Heard) -> None:
        super().heard(heard)
        self.looking.hear(heard, self.TOPICS, self.there)

    @on(TextView.Left)
    def _left(self) -> None:
        self.action_leave()
