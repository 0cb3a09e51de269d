"""What an action is, and the places in which its key is looked for."""

from dataclasses import dataclass
from typing import Literal

Scope = Literal[
    "everywhere",
    "place",  # every screen that one goes to and comes back from
    "board",  # a screen with a list that is filtered
    "workbench",
    "work",  # the page of My Work
    "automations",
    "automation",
    "history",
    "channels",
    "channel",
    "deliveries",
    "delivery",
    "rules",
    "rule",
    "events",
    "event",
    "sessions",
    "session",
    "run",  # the screen of one session
    "approval",
    "form",
    "profile",
    "list",
    "detail",
]


@dataclass(frozen=True, slots=True)
class Action:
    """`footer` is its place there, 0 for none. `danger` marks what throws something away that undo cannot bring
    back: it asks first."""

    id: str
    keys: tuple[str, ...]
    title: str
    help: str
    scope: Scope
    group: str
    footer: int = 0
    palette: bool = True
    danger: bool = False

    @property
    def method(self) -> str:
        """What Textual calls it: `action_` and this."""
        return self.id.replace("-", "_")
