"""Hears of notifications that are new: not of old ones that merely changed, nor of those that need nobody.

What comes at once is asked for at once. After a lost connection, what was missed is asked for the same way."""

from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime

from core.alerts.words import News, news_of
from core.api import inbox
from core.api.inbox import InboxItem
from core.api.stream import Change, Reset
from tui.live.feed import Heard
from tui.live.looking import Looking
from tui.live.source import Source

_PAGE = 100  # items asked for at once
_MOST = 400  # items of which more than their number is asked for
_UNREAD = "is:unread"


class Arrivals:
    """`came` is told what is new, and `gone` what needs nobody any more of what is `waiting` to be told."""

    def __init__(
        self,
        source: Source,
        since: datetime,
        *,
        wanted: Callable[[], bool],
        came: Callable[[Sequence[News]], None],
        waiting: Callable[[], set[int]],
        gone: Callable[[int], None],
        start: Callable[[Coroutine[None, None, None]], None],
    ) -> None:
        self._source = source
        self._since = since
        self._wanted = wanted
        self._came = came
        self._waiting = waiting
        self._gone = gone
        self._looking = Looking(self._look, start)
        self._highest = 0
        self._new: set[int] = set()
        self._changed: set[int] = set()
        self._missed: int | None = None  # all after this one may have been missed

    def hear(self, heard: Heard) -> None:
        match heard:
            case Change(topic="inbox", id=str(one)):
                self._change(int(one))
            case Change(topic="inbox"):  # many at once
                self._changed |= self._waiting()
            case Reset():
                self._missed = self._highest if self._missed is None else min(self._missed, self._highest)
            case "live":
                pass
            case _:
                return
        if self._new or self._changed or self._missed is not None:
            self._looking.again()

    def _change(self, number: int) -> None:
        if number > self._highest:
            self._highest = number
            self._new.add(number)
        elif number in self._waiting():
            self._changed.add(number)

    async def _look(self) -> None:
        new, self._new = self._new, set()
        changed, self._changed = self._changed, set()
        missed, self._missed = self._missed, None
        if not self._wanted():
            return
        try:
            if missed is not None:
                new |= set(await self._after(missed))
            await self._tell(sorted(new))
            still = {item.id for item in await self._items(sorted(changed))} if changed else set()
            for number in changed - still:
                self._gone(number)
        except BaseException:
            self._new |= new
            self._changed |= changed
            self._missed = missed
            raise

    async def _after(self, number: int) -> list[int]:
        """What is unread after this one. If no number is known yet, most of that is old."""
        index = await self._source.send(inbox.index(_UNREAD))
        found = sorted(one for one in index.ids if one > number)
        self._highest = max([self._highest, *found])
        return found if number else found[-_MOST:]

    async def _tell(self, numbers: Sequence[int]) -> None:
        """Of very many the last ones by their words, the others by their number alone."""
        items = await self._items(numbers[-_MOST:])
        news = [news_of(item) for item in items if item.created_at >= self._since]
        if len(news) == _MOST:
            news = [*(News(number, "", "", "info") for number in numbers[:-_MOST]), *news]
        if news:
            self._came(news)

    async def _items(self, numbers: Sequence[int]) -> list[InboxItem]:
        """Those of them that still need somebody."""
        found: list[InboxItem] = []
        for begin in range(0, len(numbers), _PAGE):
            page = await self._source.send(inbox.these(list(numbers[begin : begin + _PAGE]), _UNREAD))
            found += page.items
        return found
