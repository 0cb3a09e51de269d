"""What rules would have sent of events that were recorded or are made up: nothing is sent."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from core.routing.cooldown import Cooldowns
from core.routing.router import Dispatch, Event, decide
from core.routing.rule_set import RuleSet


class Sent(NamedTuple):
    """What one event would have sent, or a cooldown would have held back; `number` counts events from 0."""

    number: int
    event: Event
    dispatches: list[Dispatch]


def replay(events: Iterable[Event], rules: RuleSet, cooldowns: Cooldowns | None = None) -> Iterator[Sent]:
    """What each of the events sends, in their order. Without cooldowns, nothing is held back."""
    for number, event in enumerate(events):
        dispatches = decide(event, rules, None, None, cooldowns)
        if dispatches:
            yield Sent(number, event, dispatches)
