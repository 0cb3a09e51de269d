"""Time as a parameter: the wall clock in UTC, the monotonic clock, and the way between instants and the wire."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

from storage.ids import Instant

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    def now(self) -> Instant:
        """The present instant."""

    def monotonic(self) -> float:
        """Seconds that never step back, for measuring intervals."""


class SystemClock:
    """The clock of the machine."""

    def now(self) -> Instant:
        return Instant(time.time_ns() // 1000)

    def monotonic(self) -> float:
        return time.monotonic()


class ManualClock:
    """A clock that moves when it is told to."""

    def __init__(self, now: Instant) -> None:
        self._now = now
        self._monotonic = 0.0

    def now(self) -> Instant:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, microseconds: int) -> None:
        self._now = Instant(self._now + microseconds)
        self._monotonic += microseconds / SECOND


def to_datetime(instant: Instant) -> datetime:
    return _EPOCH + timedelta(microseconds=instant)


def maybe_datetime(instant: Instant | None) -> datetime | None:
    return None if instant is None else to_datetime(instant)


def day_of(instant: Instant) -> str:
    """Its day in UTC: `2026-11-21`."""
    return f"{to_datetime(instant):%Y-%m-%d}"


def written(instant: Instant) -> str:
    """In UTC, to the second: `2026-11-21T20:05:00Z`."""
    return f"{to_datetime(instant):%Y-%m-%dT%H:%M:%SZ}"


def from_datetime(moment: datetime) -> Instant:
    """The instant of an aware datetime."""
    return Instant((moment - _EPOCH) // timedelta(microseconds=1))
