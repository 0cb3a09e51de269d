"""How one attempt to send ended. Every adapter answers with one of these, and does not raise.

A sentence is for a person: what the service said, cleaned, at most 500 characters, without a secret in it."""

from dataclasses import dataclass

from storage.ids import Instant


@dataclass(frozen=True, slots=True)
class Sent:
    """The service has taken it. `receipt` is what it calls it, `sentence` what else there is to say, as that one
    of two recipients was refused."""

    receipt: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class RetryAt:
    """The service wants to hear nothing on this channel before then: the channel pauses."""

    at: Instant
    sentence: str


@dataclass(frozen=True, slots=True)
class Transient:
    """It did not work, and may the next time."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The service will never take this message."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The channel itself is no more: a revoked token, a chat that is not there."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """It may have arrived: the connection ended after all was sent. It is sent again, with the same id."""

    sentence: str


Outcome = Sent | RetryAt | Transient | Refused | Gone | Ambiguous
