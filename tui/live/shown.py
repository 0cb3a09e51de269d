"""What the app knows of an inbox: the ids of the filter in force in their order, and the records that were looked
at. Nothing is asked here: whoever asks the server puts the answers in."""

from collections.abc import Iterable, Sequence
from datetime import UTC, tzinfo

from core.api.inbox import InboxActionRequest, InboxGrouping, InboxIndex, InboxItem
from core.clock import Clock
from tui.live.foresight import foreseen, leaves
from tui.live.order import Order, key_of


class Shown:
    """Each change answers from which position on the order is different, if it is."""

    def __init__(self) -> None:
        self.filter = ""
        self.group: InboxGrouping = "none"
        self.zone: tzinfo = UTC
        self.order = Order()
        self.records: dict[int, InboxItem] = {}
        self.touched: set[int] = set()  # what changed since all ids were asked for
        self.misplaced = False  # something is in no group that is known

    def gather(self, items: Sequence[InboxItem]) -> None:
        """These items, and no others."""
        self.order.gather(items, self.group, self.zone)
        self.know(items)

    def know(self, items: Sequence[InboxItem]) -> None:
        self.records = {item.id: item for item in items}

    def arrange(self, index: InboxIndex) -> None:
        """All ids, as the server orders them."""
        self.order.set(index.ids, index.starred, index.groups, self.group)
        self.misplaced = False

    def forget(self, most: int) -> None:
        """Keep no more records than so many, those that came last."""
        if len(self.records) > most:
            self.records = {number: self.records[number] for number in list(self.records)[-most // 2 :]}

    def find(self, number: int) -> int | None:
        """Where an item is in the list."""
        found = self.order.find(number, self._key(self.records.get(number)))
        return None if found is None else found[0]

    def take(self, asked: Iterable[int], found: dict[int, InboxItem]) -> int | None:
        """These are as the server says now; what it does not name is not in the list any longer."""
        return _first(self._place(found[one]) if one in found else self._remove(one) for one in asked)

    def foresee(self, request: InboxActionRequest, held: int | None, clock: Clock) -> int | None:
        """What an action will come to; what is held stays in its place."""
        gone = leaves(request.action, self.filter)
        return _first(self._foresee(one, request, gone and one != held, clock) for one in request.ids)

    def _foresee(self, number: int, request: InboxActionRequest, gone: bool, clock: Clock) -> int | None:
        item = self.records.get(number)
        if gone:
            return self._remove(number, forget=False)
        return None if item is None else self._place(foreseen(item, request, clock))

    def _key(self, item: InboxItem | None) -> str | None:
        return None if item is None else key_of(item, self.group, self.zone)

    def _place(self, item: InboxItem) -> int | None:
        key = key_of(item, self.group, self.zone)
        self.records[item.id] = item
        now = self.order.find(item.id, key)
        if now is not None and now[1] == key:
            return None
        self.touched.add(item.id)
        before = None if now is None else self.order.remove(item.id, now[1])
        if not self.order.knows(key):
            self.misplaced = True
            return before
        position = self.order.put(item.id, key)
        return position if before is None else min(position, before)

    def _remove(self, number: int, *, forget: bool = True) -> int | None:
        key = self._key(self.records.get(number))
        if forget:
            self.records.pop(number, None)
        self.touched.add(number)
        return self.order.remove(number, key)


def _first(positions: Iterable[int | None]) -> int | None:
    return min((position for position in positions if position is not None), default=None)
