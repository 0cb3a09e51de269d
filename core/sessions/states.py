"""The states of a session, and from where it can go where."""

from typing import Final

from core.api.sessions import SessionState

MOVES: Final[dict[SessionState, frozenset[SessionState]]] = {
    "queued": frozenset({"running", "cancelled"}),
    "running": frozenset({"asking", "waiting", "done", "failed", "cancelled"}),
    "asking": frozenset({"running", "waiting", "failed", "cancelled"}),
    "waiting": frozenset({"queued", "done"}),
    "failed": frozenset({"queued", "waiting", "done"}),
    "cancelled": frozenset({"queued", "waiting", "done"}),
    "done": frozenset({"queued"}),
}

HELD: Final[tuple[SessionState, ...]] = ("running", "asking")
"""A server runs it."""

OPEN: Final[tuple[SessionState, ...]] = ("waiting", "failed", "cancelled")
"""Its run is over, and a person may go on."""

OVER: Final[tuple[SessionState, ...]] = (*OPEN, "done")
"""Nothing of it runs, or will by itself."""
