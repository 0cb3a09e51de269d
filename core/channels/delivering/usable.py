"""Whether a channel can be used now, and in which words it cannot."""

import logging

from core.api.rules import Problem
from core.channels.adapter import Adapter, Adapters
from storage.ids import Instant
from storage.standings import Standing

_log = logging.getLogger("callboard.channels")


def usable(adapters: Adapters, name: str) -> Adapter | Problem:
    """The channel of this name, or why it cannot be used. A fault in making one is that one's alone."""
    try:
        return adapters.adapter(name)
    except Exception:
        _log.exception("A channel could not be made", extra={"channel": name})
        return Problem(f"channels.{name}", "It could not be made, by a fault of the server; its log says more.")


def works(standing: Standing, now: Instant) -> bool:
    """Whether the channel is to send now."""
    paused = standing.paused_until is not None and standing.paused_until > now
    return standing.present and standing.disabled_at is None and not paused


def why_not(adapters: Adapters, standing: Standing, now: Instant) -> str | None:
    """Why the channel delivers nothing now."""
    if not standing.present:
        return "There is no such channel any more."
    if standing.disabled_at is not None:
        return f"The channel was disabled: {standing.disabled_reason or 'by hand'}"
    if not works(standing, now):
        return f"The channel was paused: {standing.pause_reason or 'its service asked for it'}"
    found = usable(adapters, standing.name or "")
    return f"The channel could not be used: {found.sentence}" if isinstance(found, Problem) else None
