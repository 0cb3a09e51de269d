"""A branch into its base: tried without touching anything, then done so that the base either has it all or is as
it was.

The merge is made of git's objects alone. The base then moves in one step, and only from where it was looked at;
where it is checked out its files move with it, or nothing does."""

import os
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from core.sessions.git.commands import LONG, Author, GitError, author_env, git, words
from core.sessions.git.patterns import excluding
from core.sessions.git.repository import Checkout, Repository
from core.text import clean


class Clean(NamedTuple):
    """The branches can be merged, into this tree."""

    tree: str
    fast_forward: bool


class Conflict(NamedTuple):
    """The branches changed the same places of these files, whose names are for showing."""

    files: tuple[str, ...]


class AlreadyMerged(NamedTuple):
    """The base has all of the branch."""

    sha: str  # of the base


class Merged(NamedTuple):
    """The base is now at this commit."""

    sha: str
    fast_forward: bool


class Refused(NamedTuple):
    """Nothing was touched, and why."""

    reason: str


class _Sides(NamedTuple):
    base: str
    head: str


async def dry_run(repository: Repository, base: str, head: str) -> Clean | Conflict | AlreadyMerged:
    """What a merge would come to. A `GitError` says that there is no such branch, or nothing to compare."""
    return await _try(repository, await _sides(repository, base, head))


async def merge(
    repository: Repository, base: str, head: str, message: str, author: Author, *, always_commit: bool = False
) -> Merged | AlreadyMerged | Conflict | Refused:
    """Merge a branch into a local branch: by moving it forward where that is enough, unless there is always to be
    a merge commit, and by a commit of the author otherwise."""
    async with repository.lock:
        sides = await _sides(repository, base, head)
        if await repository.resolve(f"refs/heads/{base}") != sides.base:
            return Refused(
                f"{clean(base)} is not a branch of this repository: merge it by a pull request instead."
            )
        tried = await _try(repository, sides)
        if not isinstance(tried, Clean):
            return tried
        places = [one for one in await repository.checkouts() if one.branch == base and one.there]
        for place in places:
            if reason := await _reason_not_to_touch(place.path):
                return Refused(reason)
        forward = tried.fast_forward and not always_commit
        sha = sides.head if forward else await _commit(repository, tried.tree, sides, message, author)
        refused = await _move(repository, base, sides.base, sha, places)
        return refused or Merged(sha, forward)


async def commit_all(worktree: Path, message: str, author: Author, ignore: Collection[str] = ()) -> str | None:
    """Commit what a session left uncommitted, and answer with the commit, or None when there was nothing.
    Conflicts that nobody has resolved are not committed."""
    conflicts = await git(worktree, "ls-files", "--unmerged", "-z", ":/")
    if conflicts.out:
        raise GitError("There are conflicts in the worktree that nobody has resolved: resolve them first.")
    await git(worktree, "add", "--all", "--sparse", "--", *excluding(tuple(ignore)), seconds=LONG)
    staged = await git(worktree, "diff-index", "--cached", "--quiet", "HEAD", "--", accept=(0, 1))
    if staged.code == 0:
        return None
    await git(
        worktree,
        *("commit", "--quiet", "--no-verify", "--cleanup=verbatim", "--file=-"),
        env=author_env(author),
        stdin=_message(message),
    )
    ran = await git(worktree, "rev-parse", "--verify", "HEAD")
    return os.fsdecode(ran.out.strip())


async def _sides(repository: Repository, base: str, head: str) -> _Sides:
    found = []
    for name in (base, head):
        sha = await repository.resolve(name)
        if sha is None:
            raise GitError(f"There is no branch {clean(name)} in {clean(str(repository.path))}: was it deleted?")
        found.append(sha)
    return _Sides(*found)


async def _try(repository: Repository, sides: _Sides) -> Clean | Conflict | AlreadyMerged:
    if await repository.is_ancestor(sides.head, sides.base):
        return AlreadyMerged(sides.base)
    forward = await repository.is_ancestor(sides.base, sides.head)
    asked = ("--write-tree", "-z", "--name-only", "--no-messages")
    ran = await git(repository.path, "merge-tree", *asked, sides.base, sides.head, accept=(0, 1), seconds=LONG)
    tree, *files = (part.decode(errors="replace") for part in ran.out.split(b"\0") if part)
    return Clean(tree, forward) if ran.code == 0 else Conflict(tuple(dict.fromkeys(files)))


async def _commit(repository: Repository, tree: str, sides: _Sides, message: str, author: Author) -> str:
    ran = await git(
        repository.path,
        *("commit-tree", tree, "-p", sides.base, "-p", sides.head),
        env=author_env(author),
        stdin=_message(message),
    )
    return os.fsdecode(ran.out.strip())


async def _reason_not_to_touch(place: Path) -> str:
    ran = await git(place, "status", "--porcelain=v1", "-z", "--untracked-files=no")
    if ran.out:
        return f"The base is checked out in {clean(str(place))} with changes in it: commit or undo them first."
    return ""


async def _move(repository: Repository, base: str, old: str, new: str, places: list[Checkout]) -> Refused | None:
    if not places:
        why = ("-m", "callboard: merge")
        ran = await git(repository.path, "update-ref", *why, f"refs/heads/{base}", new, old, accept=(0, 1, 128))
        return None if ran.code == 0 else Refused(f"{clean(base)} moved meanwhile: try again. {words(ran.err)}")
    if len(places) > 1:
        return Refused(f"{clean(base)} is checked out in {len(places)} places: leave it in one.")
    place = places[0].path
    plain = (
        "-c",
        f"branch.{base}.mergeOptions=",
        "merge",
        "--quiet",
        "--ff-only",
        "--no-autostash",
        "--no-overwrite-ignore",
        new,
    )
    ran = await git(place, *plain, accept=range(256), seconds=LONG)
    now = await repository.resolve(f"refs/heads/{base}")
    if now == new:
        return None
    where = clean(str(place))
    return Refused(f"{clean(base)} is checked out in {where}, and git left it as it was: {words(ran.err)}")


def _message(message: str) -> bytes:
    return (message.replace("\0", "").strip() or "Merge").encode(errors="replace") + b"\n"
