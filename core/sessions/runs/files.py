"""The files of a session: whether they have changed since it began, and how they were at a moment."""

from dataclasses import dataclass

import msgspec

from core.sessions.git import changes
from core.sessions.git.changes import Snapshot, Unknown
from core.sessions.git.commands import GitError
from core.sessions.git.repository import Worktree
from core.sessions.git.restoring import restore
from core.sessions.runs.preparing import Place, before_of
from storage.sessions import SessionRow


@dataclass(frozen=True, slots=True)
class Files:
    """Those of one place. `ignore` are patterns of what the provider leaves behind."""

    place: Place
    before: Snapshot | Unknown
    ignore: tuple[str, ...]

    @property
    def _tree(self) -> Worktree:
        place = self.place
        return Worktree(place.path, place.branch or "", place.base_ref, place.base_sha)

    async def changed(self) -> bool | None:
        """Whether there is a change; nothing where that cannot be known."""
        if isinstance(self.before, Unknown):
            return None
        return changes.changed(self.before, await changes.snapshot(self.place.path, self.ignore))

    async def snapshot(self) -> str | None:
        now = await changes.snapshot(self.place.path, self.ignore)
        return None if isinstance(now, Unknown) else msgspec.json.encode(now).decode()

    async def restore(self, snapshot: str) -> bool:
        """Put the files back, and say whether they were others."""
        then = msgspec.json.decode(snapshot, type=Snapshot)
        if changes.changed(then, await changes.snapshot(self.place.path, self.ignore)) is False:
            return False
        await restore(self.place.path, then, self.ignore)
        return True

    async def difference(self, longest: int) -> str:
        """A patch of what has changed since the beginning; nothing where there is no repository."""
        if not self.place.base_sha:
            return ""
        return (await changes.diff(self._tree, longest, self.ignore)).text

    async def listed(self) -> changes.FileChanges | None:
        """The files that have changed; nothing where that cannot be known."""
        if not self.place.base_sha:
            return None
        try:
            return await changes.diff_stat(self._tree, self.ignore)
        except (GitError, OSError):
            return None


def files_of(session: SessionRow, place: Place, ignore: tuple[str, ...]) -> Files:
    return Files(place, before_of(session), ignore)
