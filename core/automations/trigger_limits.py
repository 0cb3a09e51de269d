"""How much of something may come in a while: a bucket that fills at a steady rate, for each of many askers."""

from collections import OrderedDict

from core.clock import Clock

_MOST_ASKERS = 10_000


class Limit:
    """`burst` at once, and `per_second` in the long run. An asker costs one number, and those longest silent are
    forgotten first."""

    def __init__(self, clock: Clock, burst: int, per_second: float) -> None:
        self._clock = clock
        self._between = 1 / per_second
        self._allowance = burst * self._between
        self._empty_until: OrderedDict[object, float] = OrderedDict()

    def take(self, asker: object) -> float:
        """Take one; answers 0, or how many seconds it is until there is one again."""
        now = self._clock.monotonic()
        filled = max(self._empty_until.get(asker, now), now) + self._between
        wait = filled - now - self._allowance
        if wait > 0:
            return wait
        self._empty_until[asker] = filled
        self._empty_until.move_to_end(asker)
        if len(self._empty_until) > _MOST_ASKERS:
            self._empty_until.popitem(last=False)
        return 0.0
