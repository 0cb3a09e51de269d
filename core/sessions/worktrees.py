"""The worktrees of sessions: which are kept and why, and away with those of sessions that are done, when nothing
can be lost with them."""

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple, cast

from core import paging
from core.api.sessions import SessionState
from core.api.wire import Done, ListQuery, Page
from core.api.worktrees import SessionWorktree
from core.caller import Caller
from core.clock import HOUR
from core.errors import CallboardError, ConflictError
from core.filtering import parse
from core.filters import SESSION_FIELDS
from core.sessions.access import manageable, viewer
from core.sessions.branches import branch_of, ignored_by
from core.sessions.git.leftovers import reason_to_keep
from core.sessions.git.worktrees import Kept, release, remove
from core.sessions.listing import cursor_of
from core.sessions.telling import changed
from core.sessions.workshop import Workshop
from core.sessions.workspace_settings import Workplace, load
from storage import people, sessions
from storage.criteria import Criterion
from storage.database import Connection
from storage.ids import Instant, PersonId, SessionId, WorkspaceId
from storage.sessions import IN_FLIGHT, SessionRow, Viewer

_WITH_WORKTREE = Criterion("worktree", ())
_DONE = Criterion("state", ("done",))
_EVERYTHING = Viewer(PersonId(0), None, True)
_AT_ONCE = 4
_STEP = 50
_PAUSE = 600.0
_AGAIN_AFTER = 6 * HOUR

_log = logging.getLogger("callboard.sessions")


class _Around(NamedTuple):
    """What a page of worktrees is shown with."""

    slugs: Mapping[WorkspaceId, str]
    owners: Mapping[PersonId, str]
    workplaces: Mapping[WorkspaceId, Workplace]


class Worktrees:
    """Those of one server. `wake` says that one may have come free; a lost one costs ten minutes."""

    def __init__(self, shop: Workshop) -> None:
        self._shop = shop
        self._database = shop.database
        self._woken = asyncio.Event()
        self._kept: dict[SessionId, tuple[Instant, Instant]] = {}

    def wake(self) -> None:
        self._woken.set()

    async def page(self, caller: Caller, query: ListQuery) -> Page[SessionWorktree]:
        """The worktrees of the sessions that the caller may see, those of the newest sessions first."""
        most = paging.one_more(query)
        below = SessionId(paging.number(query.cursor)) if query.cursor else None
        criteria = (_WITH_WORKTREE, *parse(query.filter, SESSION_FIELDS, self._shop.clock.now(), caller.zone))

        def unit(connection: Connection) -> tuple[list[SessionRow], _Around]:
            rows = sessions.page(connection, viewer(caller), criteria, below, most)
            here = {row.workspace_id for row in rows}
            workplaces = {workspace: load(connection, workspace) for workspace in here}
            owners = people.names(connection, {row.owner_id for row in rows})
            return rows, _Around(people.slugs(connection, here), owners, workplaces)

        rows, around = await self._database.read(unit)
        some, limited = rows[: query.limit], asyncio.Semaphore(_AT_ONCE)
        shown = await asyncio.gather(*(self._shown(row, around, limited) for row in some))
        return Page(list(shown), cursor_of(some[-1]) if len(rows) > query.limit else None)

    async def remove(self, caller: Caller, number: int) -> Done:
        """Remove the session's worktree, and its branch, unless something would be lost with them."""
        row = await self._database.read(lambda connection: manageable(connection, caller, number))
        if row.branch is None or row.workdir is None:
            raise ConflictError(f"Session {row.id} has no worktree.")
        if row.state in IN_FLIGHT:
            raise ConflictError(f"Session {row.id} is at work: wait until it has ended, or stop it first.")
        kept = await self._remove(row)
        if kept:
            raise ConflictError(f"The worktree stays: {kept}")
        return Done()

    async def run(self) -> None:
        """Clear away what is done, now and then, until cancelled."""
        while True:
            self._woken.clear()
            await self.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_PAUSE):
                    await self._woken.wait()

    async def clear(self) -> int:
        """Remove the worktrees of sessions that are done, and answer how many those were. What stays is looked at
        again when its session has changed, or hours later; a person can remove it with git meanwhile."""
        removed, below = 0, None
        there: set[SessionId] = set()
        while True:
            criteria = (_WITH_WORKTREE, _DONE)
            page = partial(sessions.page, viewer=_EVERYTHING, criteria=criteria, below=below, limit=_STEP)
            rows = await self._database.read(page)
            for row in rows:
                removed += await self._cleared(row)
            there.update(row.id for row in rows)
            if len(rows) < _STEP:
                self._kept = {session: seen for session, seen in self._kept.items() if session in there}
                return removed
            below = rows[-1].id

    async def _cleared(self, row: SessionRow) -> bool:
        now = self._shop.clock.now()
        seen = self._kept.get(row.id)
        if seen is not None and seen[0] == row.updated_at and now - seen[1] < _AGAIN_AFTER:
            return False
        if not await asyncio.to_thread(self._is_ours, row):
            return False
        try:
            kept = await self._remove(row, unlocks=True)
        except CallboardError as error:
            kept = error.sentence
        if kept:
            self._kept[row.id] = row.updated_at, now
            return False
        self._kept.pop(row.id, None)
        _log.info("The worktree of session %d was removed: it is done, and nothing is lost", row.id)
        return True

    def _is_ours(self, row: SessionRow) -> bool:
        """Whether it is below the folder of this server's worktrees."""
        return Path(row.workdir or "").is_relative_to(self._shop.worktrees.resolve())

    async def _remove(self, row: SessionRow, *, unlocks: bool = False) -> str:
        """Why it stays; nothing when it is gone, which is written."""
        workplace = await self._database.read(lambda connection: load(connection, row.workspace_id))
        branch = await branch_of(row, workplace.folder)
        ignore = ignored_by(self._shop, row)
        found = await remove(branch.repository, branch.worktree, merged_head=_merged_head(row), ignore=ignore)
        if isinstance(found, Kept):
            if unlocks and branch.there:
                await release(branch.repository, branch.worktree)
            return found.reason
        await self._database.write(lambda connection: self._write_gone(connection, row))
        return ""

    def _write_gone(self, connection: Connection, row: SessionRow) -> None:
        now = self._shop.clock.now()
        sessions.change(connection, row.id, {"workdir": None}, now)
        changed(connection, row.id, row.workspace_id, now)

    async def _shown(self, row: SessionRow, around: _Around, limited: asyncio.Semaphore) -> SessionWorktree:
        async with limited:
            there, reason = await self._why_kept(row, around.workplaces[row.workspace_id])
        return SessionWorktree(
            session=row.id,
            title=row.title,
            state=cast(SessionState, row.state),
            workspace=around.slugs[row.workspace_id],
            owner=around.owners[row.owner_id],
            path=row.workdir or "",
            branch=row.branch or "",
            base=row.base_ref or "",
            there=there,
            reason=reason,
        )

    async def _why_kept(self, row: SessionRow, workplace: Workplace) -> tuple[bool, str]:
        there = await asyncio.to_thread(Path(row.workdir or "").is_dir)
        if row.state in IN_FLIGHT:
            return there, "Its session is at work."
        try:
            branch = await branch_of(row, workplace.folder)
            ignore = ignored_by(self._shop, row)
            reason = await reason_to_keep(
                branch.repository, branch.worktree, branch.there, _merged_head(row), ignore
            )
        except CallboardError as error:
            return there, error.sentence
        return there, reason or ("" if row.state == "done" else f"Its session is {row.state}, and not done.")


def _merged_head(row: SessionRow) -> str | None:
    """The commit at which its pull request was merged."""
    return row.pr_head if row.pr_state == "merged" else None
