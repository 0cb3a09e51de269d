"""Identifiers and secrets: the one place where randomness comes from."""

import secrets
from typing import Protocol

from storage.ids import EventId, Instant

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Entropy(Protocol):
    def bits(self, count: int) -> int:
        """A random number of so many bits."""


class SystemEntropy:
    """The randomness of the machine."""

    def bits(self, count: int) -> int:
        return secrets.randbits(count)


def event_id(now: Instant, entropy: Entropy) -> EventId:
    """An id that sorts by time: 48 bits of milliseconds, 80 random ones."""
    number = ((now // 1000) << 80) | entropy.bits(80)
    return EventId("ev_" + _crockford(number, 26))


def key_id(entropy: Entropy) -> str:
    return "key_" + _crockford(entropy.bits(60), 12)


def lease_token(entropy: Entropy) -> str:
    return f"{entropy.bits(128):032x}"


def _crockford(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, 32)
        digits.append(_CROCKFORD[digit])
    return "".join(reversed(digits))


def run_mark(entropy: Entropy) -> str:
    """What every process of a turn carries."""
    return "run_" + _crockford(entropy.bits(130), 26)
