"""How long a rule that fired stays silent, and what it held back meanwhile."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from storage.ids import Instant

_MILLISECOND = 1_000


class Cooldown(NamedTuple):
    """When a rule last fired in a scope, and what it has held back. Kept for every rule that has fired."""

    fired_at: Instant
    fired: int = 0
    dropped: int = 0
    dropped_since: int = 0  # since it last fired
    held_since: Instant | None = None  # the first that was held back since then


class Cooldowns(Protocol):
    """What the router keeps them in, by rule and by the key of the scope that it lives in."""

    def get(self, rule: str, scope: str) -> Cooldown | None: ...

    def put(self, rule: str, scope: str, cooldown: Cooldown) -> None: ...


class Remembered:
    """Cooldowns that end with whoever asks, over those that are known already, which stay as they are."""

    def __init__(self, known: Cooldowns | None = None) -> None:
        self._known = known
        self._put: dict[tuple[str, str], Cooldown] = {}

    def get(self, rule: str, scope: str) -> Cooldown | None:
        found = self._put.get((rule, scope))
        return self._known.get(rule, scope) if found is None and self._known is not None else found

    def put(self, rule: str, scope: str, cooldown: Cooldown) -> None:
        self._put[rule, scope] = cooldown

    @property
    def changed(self) -> Mapping[tuple[str, str], Cooldown]:
        """All that was put here."""
        return self._put


def ready_at(state: Cooldown | None, cooldown_ms: int) -> Instant | None:
    """Until when the rule holds back, had it nothing to wait for."""
    if state is None or not cooldown_ms:
        return None
    return Instant(state.fired_at + cooldown_ms * _MILLISECOND)


def asked(state: Cooldown | None, cooldown_ms: int, now: Instant) -> tuple[Cooldown, Instant | None]:
    """The state after an event at this time that the rule would send, and until when it is held back, if it is.

    Where the clock has stepped back, the cooldown counts from there anew: it never lasts longer than it says."""
    if state is None:
        return Cooldown(now, fired=1), None
    since = min(state.fired_at, now)
    until = Instant(since + cooldown_ms * _MILLISECOND)
    if now >= until:
        return Cooldown(now, state.fired + 1, state.dropped), None
    held_since = state.held_since if state.dropped_since else now
    held = state._replace(
        fired_at=since, dropped=state.dropped + 1, dropped_since=state.dropped_since + 1, held_since=held_since
    )
    return held, until
