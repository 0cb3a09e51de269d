"""One channel on a screen of its own: where a link leads, and where the list has no room for the text."""

from collections.abc import Mapping
from typing import ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.widget import Widget

from core.api import channels
from core.api.channels import Channel
from core.errors import NotFoundError
from tui.actions import Scope, bindings
from tui.desk import Desk
from tui.live.feed import Heard
from tui.live.looking import Looking
from tui.screens.channeling import Channeling
from tui.widgets.channel_text import ChannelText
from tui.widgets.text_view import TextView

_AGES = 20.0  # seconds between looks at whether it reads differently
_TOPICS = frozenset({"channels", "deliveries"})


class ChannelScreen(Channeling):
    """Asks for it when it is opened and whenever it may have changed."""

    WORDS = "Channel"
    AUTO_FOCUS = "#text"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("channel"), *bindings("place")]

    def __init__(self, desk: Desk, name: str) -> None:
        super().__init__(desk)
        self.title_bar.retitle(f"Channel › {name}")
        self.text = ChannelText(desk)
        self._of = name
        self._looking = Looking(self._look, self.start)
        self.record: Channel | None = None

    def compose(self) -> ComposeResult:
        yield self.title_bar
        yield self.text
        yield self.key_bar

    def scopes(self) -> Mapping[Scope, App[None] | Widget]:
        return {"detail": self.text, "channel": self, "place": self, "everywhere": self.app}

    def on_mount(self) -> None:
        self._looking.again()
        self.set_interval(_AGES, self._refresh_ages)

    def _refresh_ages(self) -> None:
        self.text.lay_out()
        if self.record is not None and self.may_go_on(self.record):
            self._looking.again()

    @property
    def channel(self) -> Channel | None:
        return self.record

    def heard(self, heard: Heard) -> None:
        self._looking.hear(heard, _TOPICS, self.record is not None)

    async def _look(self) -> None:
        try:
            record = await self.desk.source.send(channels.channel(self._of))
            self.record = record
        except NotFoundError:
            self.record = None
            raise
        finally:
            self.show_whole(self.record)

    def deleted(self, name: str) -> None:
        self.action_leave()
        super().deleted(name)

    @on(TextView.Left)
    def _left(self) -> None:
        self.action_leave()
