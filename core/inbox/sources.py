"""What a notification comes from, in one word: what its link leads to, who sent it, or the area of its event.

Grouping by source, the field `from:` and mutes go by it."""

import re

from core.text import storable

LONGEST = 200
"""As long as the column is."""

_THING = re.compile(r"callboard:([^/?#]+/[^?#]+)")


def source_of(event: str, link: str | None = None, sender: str | None = None, source: str | None = None) -> str:
    """What the catalogue says, where it does; otherwise `automation/12` where the link leads to one thing;
    otherwise `person/dana` where a person sent it by name; otherwise the first part of the event's name."""
    thing = _THING.match(link or "")
    led = thing[1].rstrip("/") if thing else None
    return storable(source or led or (f"person/{sender}" if sender else event.partition(":")[0]))[:LONGEST]


def sources_of(source: str) -> tuple[str, ...]:
    """The source and what it is one of: whoever names `automation` means `automation/12` too."""
    head, slash, _ = source.partition("/")
    return (source, head) if slash else (source,)
