"""The channels: where alerts go, how each of them does, and how it did on the last days."""

from collections.abc import Iterable, Mapping
from typing import ClassVar

from textual.app import App
from textual.binding import BindingType
from textual.widget import Widget

from core.api import channels
from core.api.channels import Channel
from core.api.wire import Call, Page
from core.filters import CHANNEL_FIELDS
from tui.actions import Scope, bindings
from tui.desk import Desk
from tui.live.records import Numbering
from tui.screens.board import Board
from tui.screens.channel import ChannelScreen
from tui.screens.channeling import Channeling
from tui.widgets.channel_list import ChannelHeads, ChannelList
from tui.widgets.channel_text import ChannelText
from tui.widgets.record_list import Nothing


class ChannelsScreen(Channeling, Board[Channel]):
    """The list, and beside it the one that the cursor is on."""

    WORDS = "Channels"
    TOPICS = frozenset({"channels", "deliveries"})
    FILTER_FIELDS = CHANNEL_FIELDS
    FILTER_NAMES: ClassVar = {"channel": "name"}
    FILTER_EXAMPLE = "type:slack  state:paused"
    FILTER_WORDS = "words  type:slack  state:paused  source:file"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("channels"),
        *bindings("channel"),
        *bindings("board"),
        *bindings("place"),
    ]

    text: ChannelText

    def __init__(self, desk: Desk) -> None:
        self._numbers = Numbering()
        super().__init__(desk)

    def ask(self, limit: int, cursor: str | None, filter: str) -> Call[Page[Channel]]:
        return channels.channels(limit=limit, cursor=cursor, filter=filter)

    def number(self, record: Channel) -> int:
        return self._numbers.of(record.name)

    def want(self, name: str) -> None:
        """Put the cursor on this one, now or when it comes."""
        self.list.want(self._numbers.of(name))

    def make_list(self) -> ChannelList:
        return ChannelList(lambda: self.records.records, self.nothing, self.records.need, self.desk.clock)

    def make_text(self) -> ChannelText:
        return ChannelText(self.desk)

    def heads(self) -> Iterable[Widget]:
        yield ChannelHeads(self.list)

    def empty(self) -> Nothing:
        return Nothing(
            "There is no channel yet",
            "A channel is where alerts go: Slack, Telegram, WhatsApp, mail, a webhook, PagerDuty, the desktop."
            f" {self.key_of('channel-new')} makes one.",
        )

    def scopes(self) -> Mapping[Scope, App[None] | Widget]:
        return {**super().scopes(), "channels": self, "channel": self}

    @property
    def channel(self) -> Channel | None:
        return self.current

    def refresh_ages(self) -> None:
        super().refresh_ages()
        if any(map(self.may_go_on, self.records.records.values())):
            self.records.look_again()

    def show_text(self, record: Channel | None) -> None:
        if self.text.display:
            self.show_whole(record)

    def open(self, record: Channel) -> None:
        self.app.push_screen(ChannelScreen(self.desk, record.name))

    def action_channel_new(self) -> None:
        from tui.screens.channel_form import ChannelFormScreen

        self.app.push_screen(ChannelFormScreen(self.desk))
