"""Whether a call was signed by its sender. What is signed is the body as it came; what would have been right is
in no answer and no log."""

import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Final

from core.api.automations import Signature
from core.clock import MINUTE, SECOND
from storage.ids import Instant

Header = Callable[[str], str | None]
"""The value of the header of this name; nothing where it is absent, or there more than once."""

TOLERANCE: Final = 5 * MINUTE
"""How far a signed time may be from ours."""

_LONGEST_TIME = 12
_PREFIX = "whsec_"


def is_signed(kind: Signature, secret: str, header: Header, body: bytes, now: Instant) -> bool:
    """Whether whoever sent this knows the secret."""
    return _CHECKS[kind](secret, header, body, now)


def is_signed_by_github(secret: str, header: Header, body: bytes) -> bool:
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return _same(header("X-Hub-Signature-256"), expected)


def _github(secret: str, header: Header, body: bytes, _: Instant) -> bool:
    return is_signed_by_github(secret, header, body)


def _gitlab(secret: str, header: Header, _: bytes, __: Instant) -> bool:
    return _same(header("X-Gitlab-Token"), secret)


def _standard(secret: str, header: Header, body: bytes, now: Instant) -> bool:
    """Standard Webhooks: the id, the time and the body are signed. While a sender replaces its secret, there are
    several signatures."""
    number, time, signatures = header("webhook-id"), header("webhook-timestamp"), header("webhook-signature")
    if not number or not time or not signatures or not _is_near(time, now):
        return False
    signed = b".".join((_bytes(number), _bytes(time), body))
    key = b64decode(secret.removeprefix(_PREFIX))
    expected = "v1," + b64encode(hmac.digest(key, signed, "sha256")).decode()
    return any(_same(signature, expected) for signature in signatures.split(" "))


_CHECKS: Final[dict[Signature, Callable[[str, Header, bytes, Instant], bool]]] = {
    "github": _github,
    "gitlab": _gitlab,
    "standard": _standard,
}


def _is_near(time: str, now: Instant) -> bool:
    if not (time.isascii() and time.isdigit()) or len(time) > _LONGEST_TIME:
        return False
    return abs(int(time) * SECOND - now) <= TOLERANCE


def _same(given: str | None, expected: str) -> bool:
    """Whether they are the same, in a time that does not say how much of them is."""
    digests = (hashlib.sha256(_bytes(text)).digest() for text in (given or "", expected))
    return given is not None and hmac.compare_digest(*digests)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
