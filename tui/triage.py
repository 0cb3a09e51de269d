"""What is done to notifications: which ones, what the picture and the server are told, and what is said after."""

from collections.abc import Callable, Sequence
from datetime import datetime

from core.api.inbox import InboxAction, InboxActionRequest
from core.errors import CallboardError
from tui.live import LiveInbox
from tui.widgets.key_bar import Tone

AT_ONCE = 500  # ids in one request

_DONE: dict[str, str] = {
    "read": "Marked {} read",
    "unread": "Marked {} unread",
    "star": "Starred {}",
    "unstar": "Took the star from {}",
    "dismiss": "Dismissed {}",
    "restore": "Restored {}",
    "snooze": "Snoozed {}",
    "unsnooze": "Brought back {}",
}


class Triage:
    """Acts, and remembers the steps that undo takes back."""

    def __init__(self, live: LiveInbox, flash: Callable[[str, Tone], None], undo_key: Callable[[], str]) -> None:
        self._live = live
        self._flash = flash
        self._undo_key = undo_key
        self._steps: list[list[int]] = []

    async def do(self, action: InboxAction, ids: Sequence[int], until: datetime | None = None) -> None:
        """Do it to these, and say how many it changed."""
        steps: list[int] = []
        changed = 0
        try:
            for start in range(0, len(ids), AT_ONCE):
                some = list(ids[start : start + AT_ONCE])
                result = await self._live.act(InboxActionRequest(action, some, until=until))
                changed += len(result.changed)
                if result.undo is not None:
                    steps.append(result.undo)
        except CallboardError as error:
            self._flash(error.sentence, "trouble")
        if steps:
            self._steps.append(steps)
            said = _DONE[action].format(changed)
            self._flash(f"{said} · {self._undo_key()} undoes it", "done")

    def remember(self, steps: list[int]) -> None:
        """Something else was done, which undo takes back in its turn."""
        self._steps.append(steps)

    async def read(self, one: int) -> None:
        """Mark what was opened as read, without a word: undo does not count it."""
        try:
            await self._live.act(InboxActionRequest("read", [one]))
        except CallboardError as error:
            self._flash(error.sentence, "trouble")

    def toggled_star(self, ids: Sequence[int]) -> InboxAction:
        """Star, unless all of them are starred."""
        records = self._live.records
        starred = [records[one].starred_at is not None for one in ids if one in records]
        return "unstar" if starred and all(starred) else "star"

    async def undo(self) -> list[int]:
        """Take the last action back; answers what is as it was."""
        steps: Sequence[int | None] = self._steps.pop() if self._steps else [None]
        changed: list[int] = []
        action = ""
        try:
            for step in reversed(steps):
                result = await self._live.undo(step)
                changed += result.changed
                action = result.action
        except CallboardError as error:
            self._flash(error.sentence, "trouble")
            return changed
        self._flash(f"Undone: {action} of {len(changed)}", "done")
        return changed
