"""What stands below a message's text: where it comes from, what a cooldown held back, and where it leads."""

from core.channels.message import Message
from core.clock import to_datetime
from core.text import excerpt
from storage.ids import Instant

_LONGEST = 200


def footer(message: Message) -> str:
    """One line: the event, and how many were held back before this one."""
    said = f"Callboard · {excerpt(message.event, _LONGEST)}"
    if not message.held_back:
        return said
    since = f" since {_time(message.held_since)}" if message.held_since is not None else ""
    return f"{said} · {message.held_back} more held back by the rule's cooldown{since}"


def browsable(link: str | None) -> str | None:
    """The link, if a browser goes there and nothing in it can be taken for anything else."""
    if link is None or not link.startswith(("https://", "http://")) or len(link) > 2000:
        return None
    return link if all("!" <= char <= "~" and char not in "<>\"'|\\`" for char in link) else None


def _time(instant: Instant) -> str:
    return f"{to_datetime(instant):%Y-%m-%d %H:%M} UTC"
