"""Hears of alerts that rules send to desktops: what each says is asked for, and told like what else comes in."""

from collections import deque
from collections.abc import Callable, Coroutine, Sequence

from core.alerts.words import LONGEST, News
from core.api import deliveries
from core.api.inbox import Severity
from core.api.stream import Change
from core.errors import NotFoundError
from tui.live.feed import Heard
from tui.live.looking import Looking
from tui.live.source import Source

TOPIC = "desktop-alerts"
_MOST = 20  # of which more than their number is asked for at once
_KNOWN = 500  # an attempt that is made again announces what was told already


class Announced:
    """`came` is told what is new. Their numbers are below those of notifications: they are none."""

    def __init__(
        self,
        source: Source,
        *,
        wanted: Callable[[], bool],
        came: Callable[[Sequence[News]], None],
        start: Callable[[Coroutine[None, None, None]], None],
    ) -> None:
        self._source = source
        self._wanted = wanted
        self._came = came
        self._looking = Looking(self._look, start)
        self._new: list[str] = []
        self._known: deque[str] = deque(maxlen=_KNOWN)
        self._next = -(2**53)

    def hear(self, heard: Heard) -> None:
        match heard:
            case Change(topic=topic, id=str(one)) if topic == TOPIC and one not in self._known:
                self._known.append(one)
                self._new.append(one)
            case "live":
                pass
            case _:
                return
        if self._new:
            self._looking.again()

    async def _look(self) -> None:
        """Of very many the last ones by their words, the others by their number alone."""
        new, self._new = self._new, []
        if not self._wanted():
            return
        try:
            told = [await self._asked(one) for one in new[-_MOST:]]
        except BaseException:
            self._new = new + self._new
            raise
        news = [one for one in told if one is not None]
        if len(news) == _MOST:
            news = [*(self._numbered("", "", "info") for _ in new[:-_MOST]), *news]
        if news:
            self._came(news)

    async def _asked(self, one: str) -> News | None:
        """What it says; nothing where the person may not see it."""
        try:
            alert = await self._source.send(deliveries.desktop_alert(one))
        except NotFoundError:
            return None
        return self._numbered(alert.title, alert.body, alert.severity, f"callboard:delivery/{one}")

    def _numbered(self, title: str, body: str, severity: Severity, link: str | None = None) -> News:
        self._next += 1
        return News(self._next, title[:LONGEST], body[:LONGEST], severity, link)
