"""One channel on a screen of its own."""

from typing import ClassVar

from textual.binding import BindingType

from core.api import channels
from core.api.channels import Channel
from core.errors import NotFoundError
from tui.actions import bindings
from tui.desk import Desk
from tui.screens.channeling import Channeling
from tui.screens.whole import Whole
from tui.widgets.channel_text import ChannelText


class ChannelScreen(Channeling, Whole):
    """A pause of it may be over by now."""

    WORDS = "Channel"
    SCOPE = "channel"
    TOPICS = frozenset({"channels", "deliveries"})
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("channel"), *bindings("place")]

    text: ChannelText

    def __init__(self, desk: Desk, name: str) -> None:
        self._of = name
        self.record: Channel | None = None
        super().__init__(desk)
        self.title_bar.retitle(f"Channel › {name}")

    @property
    def there(self) -> bool:
        return self.record is not None

    def make_text(self) -> ChannelText:
        return ChannelText(self.desk)

    def refresh_ages(self) -> None:
        super().refresh_ages()
        if self.record is not None and self.may_go_on(self.record):
            self.looking.again()

    @property
    def channel(self) -> Channel | None:
        return self.record

    async def look(self) -> None:
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
