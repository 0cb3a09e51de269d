"""What is kept of old sessions: their rows for good, what they printed for so many days."""

import asyncio
import logging
import shutil
from functools import partial
from pathlib import Path

from core.clock import DAY
from core.sessions.workshop import Workshop
from storage import sessions
from storage.ids import Instant, SessionId

_STEP = 100
_DAY_SECONDS = 86_400

_FINISHED = frozenset({"done", "failed", "cancelled"})
"""And not waiting: a person may still look at what one of those printed."""

_log = logging.getLogger("callboard.sessions")


async def keep_clear(shop: Workshop) -> None:
    """Clear now and daily, until cancelled."""
    while True:
        await clear(shop)
        await asyncio.sleep(_DAY_SECONDS)


async def clear(shop: Workshop) -> int:
    """Remove the folders of sessions that ended long ago, a few at a time, and answer how many there were.
    Worktrees are elsewhere, and stay."""
    before = Instant(shop.clock.now() - shop.rules().keep_days * DAY)
    found = await asyncio.to_thread(_folders, shop.home / "sessions")
    cleared = 0
    for start in range(0, len(found), _STEP):
        ids = found[start : start + _STEP]
        rows = await shop.database.read(partial(sessions.these, ids=ids))
        old = [
            row.id
            for row in rows.values()
            if row.state in _FINISHED and (row.ended_at or row.updated_at) < before
        ]
        for session in old:
            await asyncio.to_thread(shutil.rmtree, shop.folder(session), ignore_errors=True)
        cleared += len(old)
    if cleared:
        _log.info("The output of %d old sessions was removed", cleared)
    return cleared


def _folders(folder: Path) -> list[SessionId]:
    """The sessions that have a folder."""
    if not folder.is_dir():
        return []
    return sorted(SessionId(int(entry.name)) for entry in folder.iterdir() if entry.name.isdecimal())
