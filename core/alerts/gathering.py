"""What waits to be told: at most one alert in two seconds, and what comes meanwhile is told together.

One critical notification among others is told by itself, before them; of several, the count says it. Time comes
in as a monotonic number of seconds."""

from core.alerts.words import News

PAUSE = 2.0  # seconds between two alerts
SETTLE = 0.4  # seconds in which what comes at once comes together


class Gathering:
    """Nothing is told twice, and nothing is lost from the counts."""

    def __init__(self) -> None:
        self._waiting: dict[int, News] = {}
        self._held: dict[int, News] = {}
        self._since = 0.0  # when the first of those that wait came
        self._last: float | None = None
        self._passed = False  # the last alert was one that went before others

    @property
    def held(self) -> int:
        """How many are kept for the end of the quiet hours."""
        return len(self._held)

    def put(self, news: News, now: float) -> None:
        """It is to be told as soon as may be."""
        if not self._waiting:
            self._since = now
        self._waiting[news.id] = news

    def hold(self, news: News) -> None:
        """It is to be told when the quiet hours have ended."""
        self._held[news.id] = news

    def release(self, now: float) -> None:
        """The quiet hours have ended."""
        held, self._held = self._held, {}
        for news in held.values():
            self.put(news, now)

    def waiting(self) -> set[int]:
        """The notifications that are still to be told."""
        return {news.id for news in (*self._waiting.values(), *self._held.values()) if news.item is not None}

    def withdraw(self, number: int) -> None:
        """It needs nobody any more."""
        self._waiting.pop(number, None)
        self._held.pop(number, None)

    def forget(self) -> None:
        """The person has come back, and sees it all."""
        self._waiting.clear()
        self._held.clear()

    def wait(self, now: float) -> float | None:
        """In how many seconds something is to be told; nothing where nothing waits."""
        if not self._waiting:
            return None
        begin = self._since + SETTLE
        if self._last is not None:
            begin = max(begin, self._last + PAUSE)
        return max(0.0, begin - now)

    def take(self, now: float) -> list[News]:
        """What one alert tells now, oldest first; nothing where it is too early."""
        if self.wait(now) != 0.0:
            return []
        self._last = now
        critical = [news for news in self._waiting.values() if news.severity == "critical"]
        if len(critical) == 1 and len(self._waiting) > 1 and not self._passed:
            self._passed = True
            return [self._waiting.pop(critical[0].id)]
        self._passed = False
        taken, self._waiting = sorted(self._waiting.values(), key=lambda news: news.id), {}
        return taken
