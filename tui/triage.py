"""What is done to notifications: which ones, what the picture and the server are told, and what is said after."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from core.api import mutes
from core.api.inbox import InboxAction, InboxActionRequest, InboxActionResult
from core.api.mutes import Mute, Muting
from core.api.work import WorkUndone
from core.errors import CallboardError
from core.text import clean
from tui.live.inbox import LiveInbox
from tui.live.source import Source
from tui.widgets.key_bar import Tone

AT_ONCE = 5_000  # ids in one request

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
    """Acts, one action after the other, and takes the latest back: the server knows which that was, from this
    terminal or another, today or before. Only that something was muted is known here."""

    def __init__(
        self, live: LiveInbox, source: Source, flash: Callable[[str, Tone], None], undo_key: Callable[[], str]
    ) -> None:
        self._live = live
        self._source = source
        self._flash = flash
        self._undo_key = undo_key
        self._turn = asyncio.Lock()
        self._muted: Mute | None = None  # by the latest action of all

    async def do(self, action: InboxAction, ids: Sequence[int], until: datetime | None = None) -> None:
        """Do it to these, and say how many it changed."""
        if len(ids) > AT_ONCE:
            self._flash(f"Mark {AT_ONCE:,} at most, or filter for them and take all in the filter.", "trouble")
            return
        request = InboxActionRequest(action, [*ids], until=until)
        self._live.foresee(request)
        await self._act(request)

    async def do_all(self, action: InboxAction, filter: str, upto: int, until: datetime | None = None) -> None:
        """Do it to all that a filter matches, but to none that came after what the person has seen."""
        await self._act(InboxActionRequest(action, filter=filter, until=until, upto=upto))

    async def _act(self, request: InboxActionRequest) -> None:
        try:
            async with self._turn:
                result = await self._live.act(request)
        except CallboardError as error:
            self._flash(error.sentence, "trouble")
            return
        if result.undo is not None:
            self._muted = None
            said = _DONE[request.action].format(f"{_count(result):,}")
            self._flash(f"{said} · {self._undo_key()} undoes it", "done")

    async def read(self, one: int) -> None:
        """Mark what was opened as read, without a word: undo does not count it."""
        request = InboxActionRequest("read", [one], undoable=False)
        self._live.foresee(request)
        try:
            async with self._turn:
                await self._live.act(request)
        except CallboardError as error:
            self._flash(error.sentence, "trouble")

    def toggled_star(self, ids: Sequence[int]) -> InboxAction:
        """Star, unless all of them are starred."""
        records = self._live.records
        starred = [records[one].starred_at is not None for one in ids if one in records]
        return "unstar" if starred and all(starred) else "star"

    def remember(self, steps: list[int]) -> None:
        """Something else was done, which undo takes back in its turn."""
        self._muted = None

    async def mute(self, muting: Muting, until: str) -> None:
        """Mute a source, and say until when."""
        try:
            self._muted = await self._source.send(mutes.mute(muting))
        except CallboardError as error:
            self._flash(error.sentence, "trouble")
            return
        self._flash(f"Muted {named(self._muted)} {until} · {self._undo_key()} undoes it", "done")

    async def unmute(self, mute: Mute) -> None:
        self._muted = None
        try:
            await self._source.send(mutes.unmute(mute.id))
        except CallboardError as error:
            self._flash(error.sentence, "trouble")
            return
        self._flash(f"No longer muted: {named(mute)}", "done")

    async def undo(self) -> list[int]:
        """Take the last action back; answers which notifications are as they were."""
        if self._muted is not None:
            await self.unmute(self._muted)
            return []
        try:
            async with self._turn:
                result = await self._live.undo()
        except CallboardError as error:
            self._flash(error.sentence, "trouble")
            return []
        self._flash(undone(result), "done")
        refs = [ref.partition("/") for ref in result.changed]
        return [int(number) for kind, _, number in refs if kind == "notification"]


def undone(result: WorkUndone) -> str:
    """What was taken back; nothing, where it had come back by itself."""
    count = result.count or len(result.changed)
    if not count:
        return f"Nothing of this {result.action} was left to undo."
    return f"Undone: {result.action} of {count:,}"


def named(mute: Mute | Muting) -> str:
    """What is muted, in words."""
    what = clean(mute.source)
    return f"{clean(mute.event)} from {what}" if mute.event else f"all from {what}"


def _count(result: InboxActionResult) -> int:
    return result.count or len(result.changed)
