"""One delivery on a screen of its own: where a link leads, and where the list has no room for the text."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.widget import Widget

from core.api import deliveries
from core.api.deliveries import Delivery
from core.errors import NotFoundError
from tui.actions import Scope, bindings
from tui.desk import Desk
from tui.live.feed import Heard
from tui.live.looking import Looking
from tui.screens.delivering import Delivering
from tui.widgets.delivery_text import DeliveryText
from tui.widgets.text_view import TextView

_AGES = 5.0  # seconds between looks at whether it reads differently: it may be about to go out
_TOPICS = frozenset({"deliveries"})


class DeliveryScreen(Delivering):
    """Asks for it when it is opened and whenever it may have changed."""

    WORDS = "Delivery"
    AUTO_FOCUS = "#text"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("delivery"), *bindings("place")]

    def __init__(self, desk: Desk, id: str) -> None:
        super().__init__(desk)
        self.title_bar.retitle(f"Delivery › {id}")
        self.text = DeliveryText(desk)
        self._of = id
        self._looking = Looking(self._look, self.start)
        self.record: Delivery | None = None

    def compose(self) -> ComposeResult:
        yield self.title_bar
        yield self.text
        yield self.key_bar

    def scopes(self) -> Mapping[Scope, App[None] | Widget]:
        return {"detail": self.text, "delivery": self, "place": self, "everywhere": self.app}

    def on_mount(self) -> None:
        self._looking.again()
        self.set_interval(_AGES, self.text.lay_out)

    def subjects(self) -> Sequence[Delivery]:
        return [] if self.record is None else [self.record]

    def heard(self, heard: Heard) -> None:
        self._looking.hear(heard, _TOPICS, self.record is not None)

    async def _look(self) -> None:
        try:
            detail = await self.desk.source.send(deliveries.delivery(self._of))
        except NotFoundError:
            self.record = None
            self.text.show(None, None)
            raise
        self.record = detail.delivery
        self.known(detail)
        self.show_whole(self.record)
        self.show_keys()

    @on(TextView.Left)
    def _left(self) -> None:
        self.action_leave()
