"""When a delivery is tried again, and how many may begin at once."""

import pytest

from core.channels.adapter import Rate
from core.channels.delivering.backoff import PATIENCE, STEPS, next_attempt, pause
from core.channels.delivering.pacing import Bucket
from core.clock import HOUR, SECOND, ManualClock
from core.ids import Entropy
from storage.ids import Instant


class Chance:
    """Always the least, or always the most."""

    def __init__(self, *, most: bool) -> None:
        self._most = most

    def bits(self, count: int) -> int:
        return 2**count - 1 if self._most else 0


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(1, 5), (2, 30), (3, 120), (4, 600), (5, 1800), (6, 7200), (7, 18_000), (8, 18_000), (50, 18_000)],
)
def test_pauses_grow_by_their_schedule_and_vary_by_a_fifth(failures: int, seconds: int) -> None:
    least, most = pause(failures, Chance(most=False)), pause(failures, Chance(most=True))

    assert least == seconds * SECOND * 8 // 10
    assert most == pytest.approx(seconds * SECOND * 1.2, abs=10)


def test_nothing_is_tried_again_when_its_time_is_over(entropy: Entropy) -> None:
    now = Instant(0)

    assert next_attempt(1, now, Instant(7 * SECOND), entropy) is not None
    assert next_attempt(7, now, Instant(3 * HOUR), entropy) is None
    assert PATIENCE == 24 * HOUR
    assert sum(STEPS) < PATIENCE


def test_a_bucket_is_full_at_first_and_fills_by_its_rate(clock: ManualClock) -> None:
    bucket = Bucket(Rate(30, 60.0, 5), clock)

    assert bucket.room(10) == 5
    bucket.take(5)
    assert (bucket.room(10), bucket.wait()) == (0, 2.0)
    clock.advance(2 * SECOND)
    assert (bucket.room(10), bucket.wait()) == (1, 0.0)
    clock.advance(HOUR)
    assert bucket.room(10) == 5


def test_waiting_as_long_as_it_says_is_enough(clock: ManualClock) -> None:
    bucket = Bucket(Rate(7, 60.0, 3), clock)
    bucket.take(3)
    for _ in range(100):
        clock.advance(round(bucket.wait() * SECOND))
        assert bucket.room(1) == 1
        bucket.take(1)


def test_without_a_rate_there_is_always_room(clock: ManualClock) -> None:
    bucket = Bucket(None, clock)
    bucket.take(1_000)

    assert (bucket.room(4), bucket.wait()) == (4, 0.0)
