"""What a channel is given to send."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.api.inbox import Severity
from storage.ids import Instant


@dataclass(frozen=True, slots=True)
class Message:
    """One delivery, as each adapter turns it into its service's words. Texts are as they were made from what came
    from outside: the adapter cuts them, then escapes them. `id` stays the same from attempt to attempt."""

    id: str
    title: str
    body: str
    severity: Severity
    event: str
    rule: str
    data: Mapping[str, object]
    at: Instant  # when it was accepted
    thread: str  # what deliveries about one thing have in common: the ticket, the session, or the event's name
    link: str | None = None  # where it leads, as an address that a browser opens
    resolves: bool = False  # it says that what an earlier one of this thread told of is over
    held_back: int = 0  # by the rule's cooldown, since it last fired
    held_since: Instant | None = None
