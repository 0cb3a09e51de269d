"""What an answer means for a delivery when the service itself says no more: the table of statuses, and
`Retry-After` in seconds and as a date."""

from datetime import UTC
from email.utils import parsedate_to_datetime
from math import isfinite

from core.channels.outcome import Gone, Outcome, Refused, RetryAt, Transient
from core.clock import HOUR, SECOND, from_datetime
from storage.ids import Instant

LONGEST_PAUSE = 12 * HOUR
PAUSE = 30 * SECOND
"""How long a channel rests when a service says "too many" and not for how long."""

GONE = frozenset({410})
LATER = frozenset({408, 421, 425})
TOO_MANY = 429


def outcome_of(status: int, sentence: str, retry_at: Instant | None, now: Instant) -> Outcome:
    """How an attempt ended that was answered with anything but success."""
    if status == TOO_MANY:
        return RetryAt(retry_at if retry_at is not None else Instant(now + PAUSE), sentence)
    if status in LATER or status >= 500:
        return Transient(sentence) if retry_at is None else RetryAt(retry_at, sentence)
    return Gone(sentence) if status in GONE else Refused(sentence)


def retry_at(header: str | None, now: Instant) -> Instant | None:
    """When a `Retry-After` header lets us come back: a number of seconds, or a date."""
    if header is None:
        return None
    at = after_seconds(header, now)
    return at if at is not None else _at_date(header, now)


def after_seconds(said: object, now: Instant) -> Instant | None:
    """When a number of seconds has gone by, as a header or a field of JSON gives it: twelve hours at most."""
    if isinstance(said, bool) or not isinstance(said, str | int | float):
        return None
    try:
        seconds = float(said)
    except (ValueError, OverflowError):
        return None
    if not isfinite(seconds) or seconds < 0:
        return None
    return Instant(now + min(int(seconds * SECOND), LONGEST_PAUSE))


def _at_date(header: str, now: Instant) -> Instant | None:
    try:
        moment = parsedate_to_datetime(header)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return Instant(min(max(from_datetime(aware), now), now + LONGEST_PAUSE))
