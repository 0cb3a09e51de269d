"""Pull requests of sessions: bound by a person, opened by `gh`, or named by an agent in its last words; looked at
until they are merged or closed, and told of by GitHub's webhook."""

import asyncio
import contextlib
import logging
import re
from functools import partial
from pathlib import Path

from core.api.sessions import RequestBinding
from core.caller import Caller
from core.clock import MINUTE, SECOND
from core.errors import ConflictError, InvalidError
from core.sessions.access import manageable
from core.sessions.branches import branch_of, ignored_by
from core.sessions.git.commands import CALLBOARD, GitError, git
from core.sessions.git.merging import commit_all
from core.sessions.git.pull_requests import PullRequest, State, checked_url, create, look
from core.sessions.request_news import Closed, bind, note
from core.sessions.workshop import Workshop
from core.sessions.workspace_settings import Workplace, load
from core.text import clean, cut
from storage import requests, sessions, turns
from storage.database import Connection
from storage.errors import UnavailableDatabaseError
from storage.ids import Instant, SessionId, WorkspaceId
from storage.requests import DueRow
from storage.sessions import IN_FLIGHT, SessionRow

_AT_ONCE = 4
_CLAIMED_FOR = 5 * MINUTE
_LONGEST_SLEEP = 60.0
_SHORTEST_SLEEP = 0.5
_LONGEST_TITLE = 200
_LONGEST_TEXT = 60_000  # GitHub takes no longer one
_NAMED = re.compile(
    r"(?<![\w/])https://github\.com/(?P<repository>[\w-][\w.-]*/[\w.-]+)/pull/[1-9][0-9]{0,9}(?![\w])",
    re.ASCII | re.IGNORECASE,
)
_ORIGIN = re.compile(
    r"(?:https://(?:[^@/]*@)?github\.com/|(?:ssh://)?git@(?:ssh\.)?github\.com(?::443)?[:/])"
    r"(?P<repository>[\w-][\w.-]*/[\w.-]+?)(?:\.git)?/?",
    re.ASCII | re.IGNORECASE,
)

_log = logging.getLogger("callboard.sessions")


class Requests:
    """`closed` is told, in the transaction that writes it, of each that was closed without merging."""

    def __init__(self, shop: Workshop, closed: Closed = lambda *_: None) -> None:
        self._shop = shop
        self._database = shop.database
        self._closed = closed
        self._woken = asyncio.Event()
        self._opening: set[SessionId] = set()

    async def bind(self, caller: Caller, number: int, binding: RequestBinding) -> None:
        """Bind the session to a pull request that there is, or open one for its branch."""

        def unit(connection: Connection) -> tuple[SessionRow, Workplace, str]:
            row = manageable(connection, caller, number)
            return row, load(connection, row.workspace_id), _last_words(connection, row)

        row, workplace, words = await self._database.read(unit)
        if row.kind != "develop":
            raise ConflictError(f"Session {row.id} is no Develop session: it has no pull request.")
        if binding.url is not None:
            seen = await look(checked_url(binding.url), self._shop.home)
        else:
            seen = await self._open(row, workplace, words, binding.title)

        def write(connection: Connection) -> None:
            now = self._shop.clock.now()
            bound = bind(connection, manageable(connection, caller, number), seen.url, now)
            note(connection, self._shop, bound, seen, self._closed, now)

        await self._database.write(write)
        self._woken.set()

    def note_request(
        self, connection: Connection, workspace: WorkspaceId, seen: PullRequest, now: Instant
    ) -> int:
        """Write news of a pull request of the workspace, and answer how many sessions they are about."""
        bound = requests.of_url(connection, workspace, seen.url)
        for row in bound:
            note(connection, self._shop, row, seen, self._closed, now)
        return len(bound)

    async def run(self) -> None:
        """Look at what is open until cancelled."""
        while True:
            self._woken.clear()
            seconds = await self.look_at_due()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._woken.wait()

    async def look_at_due(self) -> float:
        """Look at all that is due, a few at a time, and say for how many seconds nothing will be."""
        while True:
            now = self._shop.clock.now()
            rows = await self._database.read(partial(requests.due, now=now, limit=_AT_ONCE))
            if not rows:
                return await self._pause(now)
            await asyncio.gather(*(self._look_at(row, Instant(now + _CLAIMED_FOR)) for row in rows))

    async def _pause(self, now: Instant) -> float:
        following = await self._database.read(requests.next_due)
        if following is None:
            return _LONGEST_SLEEP
        return min(_LONGEST_SLEEP, max((following - now) / SECOND, _SHORTEST_SLEEP))

    async def _look_at(self, row: DueRow, until: Instant) -> None:
        if not await self._database.write(partial(requests.claim, row=row, until=until)):
            return
        seen = await look(row.url, self._shop.home)

        def write(connection: Connection) -> None:
            session = sessions.existing(connection, row.session)
            if session.pr_url == row.url:
                note(connection, self._shop, session, seen, self._closed, self._shop.clock.now())

        await self._database.write(write)

    async def _open(self, row: SessionRow, workplace: Workplace, words: str, title: str | None) -> PullRequest:
        """Push the branch, with what was left in no commit, and open a pull request into its base."""
        if row.pr_url is not None and row.pr_state != State.CLOSED:
            raise ConflictError(f"Session {row.id} has a pull request already: {clean(row.pr_url)}.")
        if row.state in IN_FLIGHT or row.id in self._opening:
            raise ConflictError(f"Session {row.id} is at work: wait until it has ended, or stop it first.")
        self._opening.add(row.id)
        try:
            branch = await branch_of(row, workplace.folder)
            if not branch.there:
                raise ConflictError(
                    "Its worktree is gone: push the branch, and bind the pull request by its address."
                )
            if branch.base == row.base_sha:
                raise ConflictError(
                    "Its work began at a commit and not at a branch: there is nothing to open it into."
                )
            heading = cut(clean(title or row.title), _LONGEST_TITLE)
            await commit_all(branch.worktree.path, heading, CALLBOARD, ignored_by(self._shop, row))
            if await branch.tip() == row.base_sha:
                raise ConflictError(f"Session {row.id} has changed nothing: there is nothing to open one for.")
            body = await asyncio.to_thread(_write_body, self._shop.folder(row.id), words)
            return await create(branch.worktree, branch.base, heading, body)
        except GitError as error:
            raise ConflictError(error.sentence) from None
        finally:
            self._opening.discard(row.id)


async def bind_named(shop: Workshop, session: SessionRow, folder: Path, text: str) -> None:
    """Bind a Develop session that has none to the last pull request of its own repository that a text names."""
    named = list(_NAMED.finditer(text))
    if session.kind != "develop" or session.pr_url is not None or not named:
        return
    origin = await _origin(folder)
    ours = [found.group() for found in named if found["repository"].lower() == origin]
    if not ours or not _is_address(ours[-1]):
        return
    url = ours[-1]

    def unit(connection: Connection) -> None:
        row = sessions.existing(connection, session.id)
        if row.pr_url is None:
            bind(connection, row, url, shop.clock.now())

    try:
        await shop.database.write(unit)
    except UnavailableDatabaseError:
        _log.warning("A pull request that session %d named could not be kept", session.id)


def _is_address(url: str) -> bool:
    try:
        return bool(checked_url(url))
    except InvalidError:
        return False


async def _origin(folder: Path) -> str | None:
    """The repository on GitHub that a working tree is pushed to, in small letters."""
    try:
        ran = await git(folder, "remote", "get-url", "origin", accept=(0, 2, 128))
    except GitError:
        return None
    found = _ORIGIN.fullmatch(ran.out.decode(errors="replace").strip())
    return found["repository"].lower() if found else None


def _last_words(connection: Connection, row: SessionRow) -> str:
    """What the session's agent answered last."""
    spoken = (turn for turn in reversed(turns.turns_of(connection, row.id)) if turn.purpose in ("main", "chat"))
    return next((turn.text for turn in spoken if turn.text), "")


def _write_body(folder: Path, words: str) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / "pull-request.md"
    path.write_text(clean(words[:_LONGEST_TEXT], multiline=True), encoding="utf-8")
    return path.absolute()
