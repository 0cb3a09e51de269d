"""What has changed in the files of a session, looked at for whoever asks: rarely, and once for all who do."""

import asyncio
from pathlib import Path

from core.api.sessions import FileChange
from core.sessions.branches import ignored_by
from core.sessions.runs.files import files_of
from core.sessions.runs.preparing import Place
from core.sessions.workshop import Workshop
from storage.ids import SessionId
from storage.sessions import SessionRow

_FRESH_SECONDS = 3.0
_MOST = 200

_Seen = tuple[float, SessionRow, list[FileChange] | None]


class Glances:
    """Looking runs git, so that what was seen stays true for a moment, unless the session has changed since."""

    def __init__(self, shop: Workshop) -> None:
        self._shop = shop
        self._seen: dict[SessionId, _Seen] = {}
        self._looking = asyncio.Semaphore(2)

    async def changes(self, row: SessionRow) -> list[FileChange] | None:
        """The files that have changed since it began; nothing where that cannot be known."""
        if row.workdir is None or row.base_sha is None:
            return None
        async with self._looking:
            seen = self._seen.get(row.id)
            now = self._shop.clock.monotonic()
            if seen is not None and seen[1] == row and now - seen[0] < _FRESH_SECONDS:
                return seen[2]
            found = await self._look(row)
        if len(self._seen) >= _MOST:
            self._seen.clear()
        self._seen[row.id] = (self._shop.clock.monotonic(), row, found)
        return found

    async def _look(self, row: SessionRow) -> list[FileChange] | None:
        place = Place(Path(row.workdir or ""), row.base_ref or "", row.base_sha or "", row.branch)
        found = await files_of(row, place, ignored_by(self._shop, row)).listed()
        return None if found is None else [FileChange(*change) for change in found.files]
