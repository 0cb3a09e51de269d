"""The orders of My Work, the same for all types, and the place in one where a page ends and the next begins."""

from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, asc, desc, false, literal, literal_column, or_, tuple_

Sort = Literal["updated", "created", "title", "state", "workspace", "type"]
Key = int | str

_TIMES = {"updated", "created"}


class Place(NamedTuple):
    """The last thing of a page: the next page begins after it. `rank` is that of its type, and `at` the time of
    its last change where the key is a word."""

    key: Key
    rank: int
    at: int
    id: int


class Ordering(NamedTuple):
    """Times come newest first; words from A, and of the same word each type with its newest first; or all that
    the other way round."""

    sort: Sort
    down: bool

    @property
    def by_type(self) -> bool:
        return self.sort == "type"

    @property
    def by_word(self) -> bool:
        return not (self.by_type or self.sort in _TIMES)

    @property
    def falling(self) -> bool:
        """Whether the keys become smaller."""
        return self.down is not self.by_word

    def of_all(self) -> list[ColumnElement[Any]]:
        rank: ColumnElement[Any] = asc("rank") if self.down else desc("rank")
        key, *others = self.of_type()
        return [rank, key, *others] if self.by_type else [key, rank, *others]

    def of_type(self) -> list[ColumnElement[Any]]:
        return [desc("key") if self.falling else asc("key"), *self.of_key()]

    def of_key(self) -> list[ColumnElement[Any]]:
        """The order of what has the same key."""
        return [desc(name) if self.down else asc(name) for name in (("at", "id") if self.by_word else ("id",))]

    def at(self, updated: ColumnElement[int]) -> ColumnElement[int]:
        return updated if self.by_word else literal_column("0")

    def leaves_behind(self, rank: int, after: Place | None) -> bool:
        """Whether a page after this place has nothing more of the type."""
        return self.by_type and after is not None and rank != after.rank and not self._follows(rank, after)

    def beyond(
        self,
        key: ColumnElement[Any],
        updated: ColumnElement[int],
        id: ColumnElement[int],
        rank: int,
        after: Place | None,
    ) -> list[ColumnElement[bool]]:
        """What of a type comes after the place."""
        if after is None or (self.by_type and rank != after.rank):
            return []
        past = key < after.key if self.falling else key > after.key
        up_to = key <= after.key if self.falling else key >= after.key
        if rank != after.rank:
            return [up_to if self._follows(rank, after) else past]
        if self.by_word:
            return [up_to, or_(past, self._beyond_in_key(updated, id, after))]
        here, there = tuple_(key, id), tuple_(literal(after.key), literal(after.id))
        return [here < there if self.down else here > there]

    def beyond_in_state(
        self, updated: ColumnElement[int], id: ColumnElement[int], rank: int, after: Place
    ) -> list[ColumnElement[bool]]:
        """What of a type, of those in the state of the place, comes after it."""
        if rank != after.rank:
            return [] if self._follows(rank, after) else [false()]
        return [self._beyond_in_key(updated, id, after)]

    def _beyond_in_key(
        self, updated: ColumnElement[int], id: ColumnElement[int], after: Place
    ) -> ColumnElement[bool]:
        here, there = tuple_(updated, id), tuple_(literal(after.at), literal(after.id))
        return here < there if self.down else here > there

    def _follows(self, rank: int, after: Place) -> bool:
        return (rank > after.rank) is self.down
