"""The filters that a person has saved for one list, kept as the server has them."""

from collections.abc import Callable, Coroutine, Sequence

from core.api import filters
from core.api.filters import FilteredList, SavedFilter, Saving
from core.errors import NotFoundError
from tui.live.feed import Heard
from tui.live.looking import Looking
from tui.live.source import Source


class LiveSaved:
    """Works in tasks of its owner, which says what was refused."""

    def __init__(
        self,
        source: Source,
        start: Callable[[Coroutine[None, None, None]], None],
        changed: Callable[[], None],
        of: FilteredList,
    ) -> None:
        self._source = source
        self._changed = changed
        self._of = of
        self._looking = Looking(self._look, start)
        self._all: list[SavedFilter] = []  # those of other lists, too: they are kept together
        self._known = False

    @property
    def filters(self) -> list[SavedFilter]:
        """Those of this list, in their order."""
        return [one for one in self._all if one.list == self._of]

    def hear(self, heard: Heard) -> None:
        self._looking.hear(heard, {"filters"}, self._known)

    async def _look(self) -> None:
        try:
            answer = await self._source.send(filters.saved())
        except NotFoundError:  # a server of an earlier version
            return
        self._show(answer.filters)

    async def keep(self, these: Sequence[SavedFilter]) -> None:
        """Have exactly these saved for this list. What is refused is raised, and all stays as it was."""
        before = self._all
        others = [one for one in before if one.list != self._of]
        self._show([*others, *these])
        try:
            self._show((await self._source.send(filters.save(Saving([*others, *these])))).filters)
        except BaseException:
            self._show(before)
            raise

    def _show(self, saved: Sequence[SavedFilter]) -> None:
        self._known = True
        if saved != self._all:
            self._all = [*saved]
            self._changed()
