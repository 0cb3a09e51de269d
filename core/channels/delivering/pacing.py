"""How fast a channel may send: a bucket that fills at the service's own rate. Each server keeps its own, which is
full at the start."""

from core.channels.adapter import Rate
from core.clock import Clock

_ALMOST = 1e-6  # a token that lacks no more is whole


class Bucket:
    """So many messages may begin now. Without a rate there is always room."""

    def __init__(self, rate: Rate | None, clock: Clock) -> None:
        self.rate = rate
        self._clock = clock
        self._tokens = 0.0 if rate is None else float(rate.burst)
        self._filled_at = clock.monotonic()

    def room(self, most: int) -> int:
        """How many may begin now, `most` at the most."""
        if self.rate is None:
            return most
        self._fill(self.rate)
        return max(0, min(most, int(self._tokens + _ALMOST)))

    def take(self, count: int) -> None:
        """So many begin."""
        self._tokens -= count

    def wait(self) -> float:
        """In how many seconds there is room for one."""
        if self.rate is None:
            return 0.0
        self._fill(self.rate)
        return max(0.0, (1.0 - self._tokens) * self.rate.seconds / self.rate.count)

    def _fill(self, rate: Rate) -> None:
        now = self._clock.monotonic()
        gained = (now - self._filled_at) * rate.count / rate.seconds
        self._tokens = min(float(rate.burst), self._tokens + gained)
        self._filled_at = now
