"""One delivery on a screen of its own."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType

from core.api import deliveries
from core.api.deliveries import Delivery
from core.errors import NotFoundError
from tui.actions import bindings
from tui.desk import Desk
from tui.screens.delivering import Delivering
from tui.screens.whole import Whole
from tui.widgets.delivery_text import DeliveryText


class DeliveryScreen(Delivering, Whole):
    """With all that was tried."""

    WORDS = "Delivery"
    SCOPE = "delivery"
    TOPICS = frozenset({"deliveries"})
    AGES = 5.0  # it may be about to go out
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("delivery"), *bindings("place")]

    text: DeliveryText

    def __init__(self, desk: Desk, id: str) -> None:
        self._of = id
        self.record: Delivery | None = None
        super().__init__(desk)
        self.title_bar.retitle(f"Delivery › {id}")

    @property
    def there(self) -> bool:
        return self.record is not None

    def make_text(self) -> DeliveryText:
        return DeliveryText(self.desk)

    def subjects(self) -> Sequence[Delivery]:
        return [] if self.record is None else [self.record]

    async def look(self) -> None:
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
