"""What can be done with inbox items, as a table: the columns that an action sets, and which items it changes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import get_args

import msgspec

from core.api.inbox import InboxAction
from core.clock import DAY
from core.errors import InvalidError
from storage.ids import Instant
from storage.inbox_actions import StateRow, Swap, Values

ACTIONS: tuple[str, ...] = get_args(InboxAction)

_LONGEST_SLEEP = 3660 * DAY


@dataclass(frozen=True, slots=True)
class Change:
    """An action, decided: these columns get these values in the items that `applies` to."""

    action: str
    columns: tuple[str, ...]
    values: Values
    applies: Callable[[StateRow], bool]

    def before(self, state: StateRow) -> Values:
        return tuple(getattr(state, column) for column in self.columns)


class Step(msgspec.Struct, frozen=True):
    """What an action changed, so that it can be taken back: items grouped by the values that they had."""

    columns: tuple[str, ...]
    after: Values
    groups: list[tuple[Values, list[int]]]

    @classmethod
    def read(cls, text: str) -> "Step":
        return msgspec.json.decode(text, type=cls)

    def written(self) -> str:
        return msgspec.json.encode(self).decode()

    @property
    def size(self) -> int:
        return sum(len(ids) for _, ids in self.groups)

    def swaps(self, *, undoing: bool) -> list[Swap]:
        """What doing it, or taking it back, comes to for each of its items."""
        return [
            Swap(item, self.after, before) if undoing else Swap(item, before, self.after)
            for before, ids in self.groups
            for item in ids
        ]


def decide(action: InboxAction, now: Instant, until: Instant | None = None) -> Change:
    """What the action comes to at this moment."""
    if until is not None and action != "snooze":
        raise InvalidError("Only snooze takes a time.", "until")
    match action:
        case "read":
            return Change(action, ("read_at",), (now,), lambda state: state.read_at is None)
        case "unread":
            return Change(action, ("read_at",), (None,), lambda state: state.read_at is not None)
        case "star":
            return Change(action, ("starred", "starred_at"), (True, now), lambda state: not state.starred)
        case "unstar":
            return Change(action, ("starred", "starred_at"), (False, None), lambda state: state.starred)
        case "dismiss":
            return Change(action, ("dismissed_at",), (now,), lambda state: state.dismissed_at is None)
        case "restore":
            return Change(action, ("dismissed_at",), (None,), lambda state: state.dismissed_at is not None)
        case "snooze":
            if until is None:
                raise InvalidError("Say until when to snooze.", "until")
            if until <= now:
                raise InvalidError("Snooze until a time that is still to come.", "until")
            if until > now + _LONGEST_SLEEP:
                raise InvalidError("Snooze for ten years at most.", "until")
            return Change(action, ("snoozed_until",), (until,), lambda state: state.snoozed_until != until)
        case "unsnooze":
            return Change(action, ("snoozed_until",), (None,), lambda state: state.snoozed_until is not None)


def step_of(change: Change, states: Iterable[StateRow]) -> Step:
    """How to take the change back from these items."""
    groups: dict[Values, list[int]] = {}
    for state in states:
        groups.setdefault(change.before(state), []).append(state.id)
    return Step(change.columns, change.values, list(groups.items()))
