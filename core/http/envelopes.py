"""In which form an error leaves: the one of the API, but for the paths that promise one of their own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import msgspec

from core.api.trigger import HTTP_TRIGGER, TriggerAnswer
from core.api.wire import Failure

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Envelope:
    """`failure` makes the body of a sentence and a code; `challenge` is how one says who one is."""

    failure: Callable[[str, str], bytes]
    challenge: str


OF_API: Final = Envelope(lambda sentence, code: _encode(Failure(error=sentence, code=code)), "Bearer")
OF_TRIGGER: Final = Envelope(
    lambda sentence, _: _encode(TriggerAnswer(success=False, error=sentence)), "Api-Authentication"
)


def envelope_of(path: str) -> Envelope:
    """The envelope of this path, or of a line that it stands in."""
    return OF_TRIGGER if HTTP_TRIGGER in path else OF_API
