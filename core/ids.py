"""Identifiers and secrets: the one place where randomness comes from."""

import secrets
from base64 import b32encode
from typing import Protocol

from storage.ids import EventId, Instant

_LONGEST_NUMBER = 18  # digits
_CROCKFORD = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789ABCDEFGHJKMNPQRSTVWXYZ")


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


def delivery_id(now: Instant, entropy: Entropy) -> str:
    """Like an event's: by it a service that was sent the same twice knows that."""
    return "notif_" + _crockford(((now // 1000) << 80) | entropy.bits(80), 26)


def key_id(entropy: Entropy) -> str:
    return "key_" + _crockford(entropy.bits(60), 12)


def ticket_id(entropy: Entropy) -> str:
    return "t_" + _crockford(entropy.bits(60), 12)


def mission_id(entropy: Entropy) -> str:
    return "m_" + _crockford(entropy.bits(60), 12)


def rule_id(entropy: Entropy) -> str:
    return "rule_" + _crockford(entropy.bits(60), 12)


def lease_token(entropy: Entropy) -> str:
    return f"{entropy.bits(128):032x}"


def _crockford(number: int, length: int) -> str:
    rest = -length % 8  # encoded are groups of eight digits, which are five bytes
    encoded = b32encode((number << 5 * rest).to_bytes((length + rest) * 5 // 8, "big"))
    return encoded[:length].translate(_CROCKFORD).decode()


def run_mark(entropy: Entropy) -> str:
    """What every process of a turn carries."""
    return "run_" + _crockford(entropy.bits(130), 26)


def row_number(text: str) -> int | None:
    """The number of a row, as it was typed or sent; nothing where this is none that a row can have."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else None
