"""The order of the inbox's list: what is starred, then the others in their groups, in each the newest first. Ids
grow with time."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo
from typing import NamedTuple

from core.api.inbox import InboxGroup, InboxGrouping, InboxItem

STARRED = "\0"
"""The key of the group of what is starred: no day, source or severity is called so."""


class Head(NamedTuple):
    """What a group begins with: before which row, what of, and how many."""

    before: int
    key: str
    size: int


class Order:
    """All ids, always in the same list, and how many of them each group has."""

    def __init__(self) -> None:
        self.ids: list[int] = []
        self._grouped = False
        self._counts: dict[str, int] = {STARRED: 0, "": 0}

    @property
    def starred(self) -> int:
        return self._counts[STARRED]

    def set(self, ids: list[int], starred: int, groups: Sequence[InboxGroup], by: InboxGrouping) -> None:
        """All ids as the server orders them."""
        self.ids[:] = ids
        self._grouped = by != "none"
        self._counts = {STARRED: starred}
        if self._grouped:
            self._counts.update((group.key, group.count) for group in groups)
        else:
            self._counts[""] = len(ids) - starred

    def gather(self, items: Iterable[InboxItem], by: InboxGrouping, zone: tzinfo) -> None:
        """These items alone, in groups that come as the first of each comes."""
        groups: dict[str, list[int]] = {STARRED: []}
        for item in items:
            groups.setdefault(key_of(item, by, zone), []).append(item.id)
        if by == "day":
            groups = {
                key: groups[key] for key in sorted(groups, key=lambda key: (key == STARRED, key), reverse=True)
            }
        self._grouped = by != "none"
        if not self._grouped:
            groups.setdefault("", [])
        self.ids[:] = [number for ids in groups.values() for number in ids]
        self._counts = {key: len(ids) for key, ids in groups.items()}

    @property
    def heads(self) -> list[Head]:
        """The groups that have anything in them; none where the list is in one piece."""
        if not self._grouped:
            return []
        return [Head(low, key, high - low) for key, low, high in self._spans() if high > low]

    def find(self, number: int, key: str | None = None) -> tuple[int, str] | None:
        """Where an item is in the list, and in which group; looked for first in the one of this key."""
        spans = list(self._spans())
        if key is not None:
            spans.sort(key=lambda span: span[0] != key)
        for name, low, high in spans:
            position = self._within(number, low, high)
            if position < high and self.ids[position] == number:
                return position, name
        return None

    def knows(self, key: str) -> bool:
        return key in self._counts

    def put(self, number: int, key: str) -> int:
        """Put an item where it belongs in a group that is known; answers where that is."""
        low, high = next((low, high) for name, low, high in self._spans() if name == key)
        position = self._within(number, low, high)
        self.ids.insert(position, number)
        self._counts[key] += 1
        return position

    def remove(self, number: int, key: str | None = None) -> int | None:
        """Where it was, if it was there."""
        found = self.find(number, key)
        if found is None:
            return None
        position, name = found
        del self.ids[position]
        self._counts[name] -= 1
        return position

    def _spans(self) -> Iterator[tuple[str, int, int]]:
        low = 0
        for key, count in self._counts.items():
            yield key, low, low + count
            low += count

    def _within(self, number: int, low: int, high: int) -> int:
        return bisect_left(self.ids, -number, low, high, key=int.__neg__)


def key_of(item: InboxItem, by: InboxGrouping, zone: tzinfo) -> str:
    """The group that an item belongs into."""
    if item.starred_at is not None:
        return STARRED
    match by:
        case "day":
            return item.created_at.astimezone(zone).date().isoformat()
        case "source":
            return item.source
        case "severity":
            return item.severity
        case _:
            return ""
