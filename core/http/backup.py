"""GET /server/backup: an archive of the home, made while everybody works."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Protocol

from aiohttp.web import StreamResponse

from core import backup
from core.api.wire import API
from core.clock import Clock, to_datetime
from core.errors import NotAllowedError, UnavailableError
from core.home import Home
from core.http.answers import headers
from core.http.routes import Incoming, Route
from core.people.audit import Audit, write
from storage.database import Connection

_PIECE = 256 * 1024
_MEDIA = "application/gzip"


class Served(Protocol):
    """What is backed up."""

    home: Home
    schema: str

    @property
    def engine(self) -> str: ...


class Backup:
    """One backup at a time, for admins."""

    def __init__(self, served: Served, audit: Audit, clock: Clock) -> None:
        self._served = served
        self._audit = audit
        self._clock = clock
        self._making = asyncio.Lock()

    def routes(self) -> list[Route]:
        return [Route("GET", f"{API}/server/backup", self._answer, summary="A backup of the home", media=_MEDIA)]

    async def _answer(self, incoming: Incoming) -> StreamResponse:
        caller, now = incoming.caller, self._clock.now()

        def unit(connection: Connection) -> None:
            if caller is None or not caller.admin:
                raise NotAllowedError("Only an admin, on the server's own socket, can make a backup.")
            write(connection, caller, "server.backup", str(self._served.home.path), "done", {}, now)

        if caller is None:
            raise NotAllowedError("Only an admin can make a backup.")
        if self._served.engine != "sqlite":
            raise UnavailableError("This home's data is in PostgreSQL: back it up with pg_dump.")
        await self._audit.attempt(caller, "server.backup", str(self._served.home.path), unit)
        async with self._making, AsyncExitStack() as stack:
            made = backup.archived(self._served.home, self._served.schema, to_datetime(now))
            archive = await asyncio.to_thread(made.__enter__)
            stack.callback(made.__exit__, None, None, None)
            return await _send(incoming, archive)


async def _send(incoming: Incoming, archive: Path) -> StreamResponse:
    said = headers(_MEDIA, **{"Content-Disposition": 'attachment; filename="callboard-backup.tar.gz"'})
    response = StreamResponse(headers=said)
    response.content_length = archive.stat().st_size  # noqa: ASYNC240 - no more than a look
    await response.prepare(incoming.request)
    with archive.open("rb") as file:
        while piece := file.read(_PIECE):
            await response.write(piece)
    return response
