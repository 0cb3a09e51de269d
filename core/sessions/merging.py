"""Merges a session's branch into its base: tried first, and done so that the base has it all or is as it was.

git works outside of any transaction; what came of it is written in one. Killed in between, the next attempt finds
that the base has it all, and writes that."""

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from core.api.sessions import MergeRequest, MergeResult
from core.caller import Caller
from core.errors import ConflictError
from core.sessions import steering
from core.sessions.access import manageable
from core.sessions.branches import Branch, branch_of, ignored_by
from core.sessions.gating import run_pre_merge
from core.sessions.git.commands import Author, GitError
from core.sessions.git.merging import (
    AlreadyMerged,
    Clean,
    Conflict,
    Merged,
    Refused,
    commit_all,
    dry_run,
    merge,
)
from core.sessions.telling import changed, tell
from core.sessions.workshop import Workshop
from core.sessions.workspace_settings import Workplace, load
from core.text import clean, cut, storable
from storage import people, sessions
from storage.database import Connection
from storage.ids import SessionId
from storage.sessions import IN_FLIGHT, SessionRow

_OPEN = ("waiting", "failed", "cancelled")
_LONGEST_TITLE = 200
_MOST_FILES = 200
_SHORT = 10


class Stopped(NamedTuple):
    """A command of the workspace did not let it through."""

    reason: str


Tried = Clean | Conflict | AlreadyMerged | Refused | Merged | Stopped


class Merging:
    """`merged` is called when a branch has been merged: there may be something to run, or to clear away."""

    def __init__(self, shop: Workshop, merged: Callable[[], None] = lambda: None) -> None:
        self._shop = shop
        self._merged = merged
        self._busy: set[SessionId] = set()
        self._tasks: set[asyncio.Task[MergeResult]] = set()
        self._stop = asyncio.Event()

    async def run(self) -> None:
        """Do nothing until cancelled; then end the commands that run, and see what has begun to its end."""
        try:
            await asyncio.Event().wait()
        finally:
            self._stop.set()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def merge(self, caller: Caller, number: int, request: MergeRequest) -> MergeResult:
        """Merge the session's branch, or only say what would come of it."""

        def unit(connection: Connection) -> tuple[SessionRow, Workplace, Author]:
            row = manageable(connection, caller, number)
            return row, load(connection, row.workspace_id), _author(connection, caller)

        row, workplace, author = await self._shop.database.read(unit)
        _check(row)
        if row.id in self._busy:
            raise ConflictError(f"Session {row.id} is being merged already: wait until that is done.")
        self._busy.add(row.id)
        task = asyncio.create_task(self._go(caller, row, workplace, author, request))
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._left(row.id, done))
        return await asyncio.shield(task)  # whoever asked may go: what has begun is finished and written

    def _left(self, session: SessionId, task: "asyncio.Task[MergeResult]") -> None:
        self._busy.discard(session)
        self._tasks.discard(task)

    async def _go(
        self, caller: Caller, row: SessionRow, workplace: Workplace, author: Author, request: MergeRequest
    ) -> MergeResult:
        try:
            branch = await branch_of(row, workplace.folder)
            if row.merged_commit is not None and await branch.tip() is None:
                return _said(branch, row.merged_commit, f"{clean(branch.name)} was merged into its base already.")
            ignore = ignored_by(self._shop, row)
            head = await branch.whole(ignore)
            if head == row.base_sha:
                raise ConflictError(f"There is nothing to merge: session {row.id} has changed nothing.")
            tried: Tried = await dry_run(branch.repository, branch.base, head or branch.name)
            if request.dry_run:
                return _result(branch, tried)
            if isinstance(tried, Clean):
                tried = await self._do(row, branch, author, ignore)
        except GitError as error:
            raise ConflictError(error.sentence) from None
        result = _result(branch, tried)
        await self._shop.database.write(lambda connection: self._write(connection, caller, row, tried, result))
        if result.merged:
            self._merged()
        return result

    async def _do(self, row: SessionRow, branch: Branch, author: Author, ignore: tuple[str, ...]) -> Tried:
        """Commit what is in no commit, run the workspace's commands, and merge."""
        if branch.there:
            heading = f"{_title(row)}\n\nWhat session {row.id} left in no commit."
            await commit_all(branch.worktree.path, heading, author, ignore)
        hooked = await run_pre_merge(self._shop, row.id, self._stop)
        if hooked is not None and hooked.state != "passed":
            return Stopped(hooked.detail)
        await self._shop.database.read(lambda connection: _check(sessions.existing(connection, row.id)))
        heading = f"Merge session {row.id}: {_title(row)}"
        return await merge(branch.repository, branch.base, branch.name, heading, author)

    def _write(
        self, connection: Connection, caller: Caller, row: SessionRow, tried: Tried, result: MergeResult
    ) -> None:
        """What came of it, with the event when it was not merged; of a hook that failed there is one already."""
        if result.commit is not None:
            self._write_merged(connection, row, result.commit)
        elif not isinstance(tried, Stopped):
            self._tell_failed(connection, caller, row, result)
        self._detail(connection, row, result.detail)

    def _write_merged(self, connection: Connection, row: SessionRow, commit: str) -> None:
        """The session is done with it, or will be when the workspace's commands for that have run."""
        sessions.change(connection, row.id, {"merged_commit": commit}, self._shop.clock.now())
        now = sessions.existing(connection, row.id)
        if now.state in _OPEN:
            steering.complete(connection, self._shop, now)

    def _tell_failed(self, connection: Connection, caller: Caller, row: SessionRow, result: MergeResult) -> None:
        shop = self._shop
        payload = {
            "mergeId": f"merge_{shop.entropy.bits(64):016x}",
            "startedBy": caller.name,
            "branch": result.branch,
            "base": result.base,
            "files": result.files,
            "reason": result.detail,
        }
        now = shop.clock.now()
        tell(connection, row, "merge:failed", payload, now=now, entropy=shop.entropy, actor=caller.person)

    def _detail(self, connection: Connection, row: SessionRow, detail: str) -> None:
        """Say in the session how it went, unless it is at work, and then its own word counts."""
        now = self._shop.clock.now()
        if sessions.existing(connection, row.id).state not in IN_FLIGHT:
            sessions.change(connection, row.id, {"detail": storable(detail)}, now)
        changed(connection, row.id, row.workspace_id, now)


def _check(row: SessionRow) -> None:
    if row.kind != "develop" or row.branch is None:
        raise ConflictError(f"Session {row.id} has no branch of its own: there is nothing to merge.")
    if row.state in IN_FLIGHT:
        raise ConflictError(f"Session {row.id} is at work: wait until it has ended, or stop it first.")


def _author(connection: Connection, caller: Caller) -> Author:
    person = people.person_by_id(connection, caller.person)
    shown = caller.name if person is None else person.display_name or person.name
    return Author(shown, f"{caller.name}@localhost")


def _title(row: SessionRow) -> str:
    return cut(clean(row.title), _LONGEST_TITLE)


def _result(branch: Branch, tried: Tried) -> MergeResult:
    """What was found or done, in a sentence."""
    name, base = clean(branch.name), clean(branch.base)
    match tried:
        case Merged(sha):
            return _said(branch, sha, f"{name} was merged into {base}, which is at {sha[:_SHORT]} now.")
        case AlreadyMerged(sha):
            return _said(branch, sha, f"{base} has all of {name} already.")
        case Clean():
            return MergeResult(True, branch.name, branch.base, None, [], f"{name} can be merged into {base}.")
        case Conflict(files):
            number = "one file was" if len(files) == 1 else f"{len(files)} files were"
            why = f"{name} cannot be merged into {base}: {number} changed on both sides."
            return _not_merged(branch, files, why)
        case Refused(reason) | Stopped(reason):
            return _not_merged(branch, (), reason)


def _said(branch: Branch, commit: str, detail: str) -> MergeResult:
    return MergeResult(True, branch.name, branch.base, commit, [], detail)


def _not_merged(branch: Branch, files: tuple[str, ...], detail: str) -> MergeResult:
    return MergeResult(False, branch.name, branch.base, None, list(files[:_MOST_FILES]), detail)
