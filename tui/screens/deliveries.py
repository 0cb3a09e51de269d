"""The deliveries: what went out, what waits, and what a service would not take."""

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from textual import on
from textual.app import App
from textual.binding import BindingType
from textual.widget import Widget

from core.api import deliveries
from core.api.deliveries import Delivery
from core.api.wire import Call, Page
from core.filters import DELIVERY_FIELDS
from tui.actions import Scope, bindings
from tui.desk import Desk
from tui.live.records import Numbering
from tui.screens.delivering import Delivering
from tui.screens.delivery import DeliveryScreen
from tui.screens.viewed import Viewed
from tui.views import View
from tui.widgets.delivery_list import VIEWS, DeliveryHeads, DeliveryList
from tui.widgets.delivery_text import DeliveryText
from tui.widgets.virtual_list import VirtualList


class DeliveriesScreen(Delivering, Viewed[Delivery]):
    """The list, and beside it the one that the cursor is on."""

    WORDS = "Deliveries"
    VIEWS = VIEWS
    TOPICS = frozenset({"deliveries"})
    FILTER_FIELDS = DELIVERY_FIELDS
    FILTER_NAMES: ClassVar = {"channel": "channel", "rule": "rule_id", "event": "event"}
    FILTER_EXAMPLE = "state:failed  since:7d"
    FILTER_WORDS = "words  state:failed  channel:ops  rule:direct  event:task:*  since:7d"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("deliveries"),
        *bindings("delivery"),
        *bindings("board"),
        *bindings("place"),
    ]

    text: DeliveryText

    def __init__(self, desk: Desk, filter: str = "") -> None:
        self._numbers = Numbering()
        super().__init__(desk)
        self.begin_with(filter)

    def ask(self, limit: int, cursor: str | None, filter: str) -> Call[Page[Delivery]]:
        return deliveries.deliveries(limit=limit, cursor=cursor, filter=filter)

    def number(self, record: Delivery) -> int:
        return self._numbers.of(record.id)

    def want(self, id: str) -> None:
        """Put the cursor on this one, now or when it comes."""
        self.list.want(self._numbers.of(id))

    def make_list(self) -> DeliveryList:
        return DeliveryList(lambda: self.records.records, self.nothing, self.records.need, self.desk.clock)

    def make_text(self) -> DeliveryText:
        return DeliveryText(self.desk)

    def heads(self) -> Iterable[Widget]:
        yield from super().heads()
        yield DeliveryHeads(self.list)

    def hint(self, view: View) -> str:
        return view.hint.format(send=self.key_of("delivery-send"))

    def scopes(self) -> Mapping[Scope, App[None] | Widget]:
        return {**super().scopes(), "deliveries": self, "delivery": self}

    def subjects(self) -> Sequence[Delivery]:
        return list(self.chosen)

    def done(self) -> None:
        self.list.clear_marks()

    def show_text(self, record: Delivery | None) -> None:
        if self.text.display:
            self.show_whole(record)

    @on(VirtualList.Moved)
    def _keys_may_differ(self) -> None:
        self.show_keys()

    def records_changed(self, ids: Iterable[int], first: int | None) -> None:
        super().records_changed(ids, first)
        self.show_keys()

    def open(self, record: Delivery) -> None:
        self.app.push_screen(DeliveryScreen(self.desk, record.id))

    # Views

    async def action_deliveries_next(self) -> None:
        await self.view_by(1)

    async def action_deliveries_previous(self) -> None:
        await self.view_by(-1)
