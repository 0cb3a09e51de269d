"""A session's branch as git has it: the repository that it belongs to, and its worktree, which may be gone."""

from pathlib import Path
from typing import NamedTuple

from core.errors import ConflictError, InvalidError
from core.sessions.git.changes import take
from core.sessions.git.commands import CALLBOARD, GitError, author_env, git
from core.sessions.git.repository import Repository, Worktree, find
from core.sessions.workshop import Workshop
from core.text import clean
from storage.sessions import SessionRow


class Branch(NamedTuple):
    """Where a session's work is. `there` is whether its worktree is."""

    repository: Repository
    worktree: Worktree
    there: bool

    @property
    def name(self) -> str:
        return self.worktree.branch

    @property
    def base(self) -> str:
        return self.worktree.base_ref

    async def tip(self) -> str | None:
        """The branch's latest commit; nothing when there is no such branch any more."""
        return await self.repository.resolve(f"refs/heads/{self.name}")

    async def whole(self, ignore: tuple[str, ...]) -> str | None:
        """The commit that the branch would be at with all that is in its worktree, made of objects alone."""
        if not self.there:
            return await self.tip()
        now = await take(self.worktree.path, ignore)
        if now.branch != f"refs/heads/{self.name}":
            raise ConflictError(
                f"{clean(str(self.worktree.path))} has another branch checked out than {clean(self.name)}: check"
                " that one out first, or merge by hand what is there."
            )
        committed = await git(self.worktree.path, "rev-parse", "--verify", f"{now.head}^{{tree}}")
        if committed.out.decode().strip() == now.tree:
            return now.head
        argv = ("commit-tree", now.tree, "-p", now.head, "-m", "What is in no commit yet")
        ran = await git(self.worktree.path, *argv, env=author_env(CALLBOARD))
        return ran.out.decode().strip()


async def branch_of(session: SessionRow, folder: Path | None) -> Branch:
    """The branch of a session, in the repository of its workspace's folder; where that is another one by now, in
    the repository that its worktree says it belongs to."""
    if session.branch is None:
        raise ConflictError(f"Session {session.id} has no branch of its own.")
    workdir = Path(session.workdir) if session.workdir is not None else None
    for place in (folder, workdir):
        repository = None if place is None else await _repository(place)
        if repository is not None and await _knows(repository, session):
            return await _in(repository, session, workdir)
    raise ConflictError(
        f"The repository of {clean(session.branch)} is not there any more: set the workspace's folder to it."
    )


def ignored_by(shop: Workshop, session: SessionRow) -> tuple[str, ...]:
    """Patterns of the files that the session's provider leaves behind."""
    try:
        return shop.providers.get(session.provider).ignore
    except InvalidError:
        return ()


async def _in(repository: Repository, session: SessionRow, workdir: Path | None) -> Branch:
    checkouts = await repository.checkouts()
    holding = [one for one in checkouts if workdir is not None and workdir.is_relative_to(one.path)]
    here = max(holding, key=lambda one: len(one.path.parts), default=None)
    path = here.path if here is not None else workdir or repository.path
    worktree = Worktree(path, session.branch or "", session.base_ref or "", session.base_sha or "")
    return Branch(repository, worktree, here is not None and here.there)


async def _repository(place: Path) -> Repository | None:
    try:
        return await find(place)
    except GitError:
        return None


async def _knows(repository: Repository, session: SessionRow) -> bool:
    """Whether the session's work began in this repository."""
    return session.base_sha is not None and await repository.resolve(session.base_sha) is not None
