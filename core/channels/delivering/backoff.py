"""When a delivery that did not work is tried again: pure, with the chance that spreads the attempts given."""

from typing import Final

from core.clock import HOUR, MINUTE, SECOND
from core.ids import Entropy
from storage.ids import Instant

STEPS: Final = (5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR)
"""After the first failure, the second, and so on; the last for all that follow."""
PATIENCE: Final = 24 * HOUR
"""For how long a delivery is tried, from when it was first to be sent."""

_LEAST, _MOST = 0.8, 1.2
_BITS = 32


def pause(failures: int, entropy: Entropy) -> int:
    """How long to wait after so many failures, a little more or less each time."""
    chance = entropy.bits(_BITS) / 2**_BITS
    step = STEPS[min(max(failures, 1), len(STEPS)) - 1]
    return int(step * (_LEAST + (_MOST - _LEAST) * chance))


def next_attempt(failures: int, now: Instant, give_up_at: Instant, entropy: Entropy) -> Instant | None:
    """When to try again after so many failures; nothing where that would be too late."""
    at = Instant(now + pause(failures, entropy))
    return at if at <= give_up_at else None
