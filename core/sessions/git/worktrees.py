"""Worktrees: a folder and a branch for each session, and the rule that unmerged work is never deleted.

The folder is reserved before git sees it, because git leaves the branch behind when it fails; the worktree is
locked for as long as its session is open."""

import asyncio
import os
import re
import shutil
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import NamedTuple

from core.sessions.git.commands import LONG, GitError, git
from core.sessions.git.leftovers import reason_to_keep
from core.sessions.git.patterns import naming
from core.sessions.git.repository import Repository, Worktree
from core.text import clean

PREFIX = "callboard/"
_LONGEST_SLUG = 40
_OPEN = "callboard session"  # why a worktree is locked
_NOT_IN_SLUGS = re.compile(r"[^a-z0-9]+")


class Removed(NamedTuple):
    """The worktree is gone and nothing with it; `branch` is whether its branch is gone too."""

    branch: bool


class Kept(NamedTuple):
    """The worktree, or its branch, is still there, and why."""

    reason: str


async def create(
    repository: Repository, folder: Path, workspace: str, session: int, title: str, base: str = ""
) -> Worktree:
    """A new branch in a folder of its own, `<folder>/<workspace>/<session>`, from a base or the branch checked
    out."""
    inside = await asyncio.to_thread(_folder_outside, repository, folder, workspace)
    async with repository.lock:
        start = await repository.start(base)
        branch = await _free_branch(repository, session, title)
        path = await asyncio.to_thread(_reserve, inside, session)
        lock = ("--lock", "--reason", f"{_OPEN} {session}")
        try:
            await git(
                repository.path,
                *("worktree", "add", "--no-track", *lock, "-b", branch, "--", str(path), start.sha),
                seconds=LONG,
            )
        except BaseException:
            await asyncio.shield(_undo(repository, path, branch, start.sha))
            raise
    return Worktree(path, branch, start.ref, start.sha)


async def release(repository: Repository, worktree: Worktree) -> None:
    """Let people remove the worktree with git: its session is no longer open."""
    async with repository.lock:
        await git(repository.path, "worktree", "unlock", str(worktree.path), accept=(0, 128))


async def remove(
    repository: Repository,
    worktree: Worktree,
    *,
    merged_head: str | None = None,
    ignore: tuple[str, ...] = (),
) -> Removed | Kept:
    """Remove the worktree and its branch if nothing can be lost: the tree is clean, and its work is in the base,
    or was merged by a pull request at `merged_head`. `ignore` are patterns of files that are nobody's work."""
    async with repository.lock:
        found = [one for one in await repository.checkouts() if one.path == worktree.path]
        if not found and worktree.path.exists():
            return Kept(
                f"{clean(str(worktree.path))} is not a worktree of its repository any more: look at it first."
            )
        if any(one.lock is not None and not _is_ours(one.lock) for one in found):
            return Kept(
                f"{clean(str(worktree.path))} is locked by somebody: unlock it with `git worktree unlock`."
            )
        there = bool(found and found[0].there)
        tip = await repository.resolve(f"refs/heads/{worktree.branch}")
        kept = await reason_to_keep(repository, worktree, there, merged_head, ignore)
        if kept:
            return Kept(kept)
        if there and ignore:
            await git(worktree.path, "clean", "--force", "-d", "--quiet", "--", *naming(ignore))
        for one in found:
            refused = await _drop(repository, one.path)
            if refused:
                return Kept(refused)
        return Removed(await _delete_branch(repository, worktree.branch, tip))


def slug(title: str) -> str:
    """A title as a piece of a path or of a branch's name."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return _NOT_IN_SLUGS.sub("-", plain).strip("-")[:_LONGEST_SLUG].strip("-")


async def _free_branch(repository: Repository, session: int, title: str) -> str:
    name = "-".join(filter(None, (f"{PREFIX}{session}", slug(title))))
    taken = await git(repository.path, "for-each-ref", "--format=%(refname:short)", f"refs/heads/{PREFIX}")
    branches = set(os.fsdecode(taken.out).split("\n"))
    return next(branch for branch in _numbered(name) if branch not in branches)


def _is_ours(lock: str) -> bool:
    return lock.startswith(_OPEN)


def _folder_outside(repository: Repository, folder: Path, workspace: str) -> Path:
    inside = folder.resolve() / (slug(workspace) or "workspace")
    if not repository.bare and inside.is_relative_to(repository.path):
        raise GitError("Worktrees cannot be inside of the repository itself: set another folder for them.")
    return inside


def _reserve(folder: Path, session: int) -> Path:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in _numbered(str(session)):
            with suppress(FileExistsError):
                (folder / name).mkdir(mode=0o700)
                return folder / name
    except OSError as error:
        raise GitError(
            f"No folder for the worktree can be made in {clean(str(folder))}: {error.strerror}."
        ) from None
    raise AssertionError("the numbers have no end")


def _numbered(name: str) -> Iterator[str]:
    return (name if number == 1 else f"{name}-{number}" for number in count(1))


async def _undo(repository: Repository, path: Path, branch: str, sha: str) -> None:
    """Leave nothing of a worktree that nobody has seen yet."""
    await git(repository.path, "worktree", "remove", "--force", "--force", "--", str(path), accept=(0, 128))
    await asyncio.to_thread(shutil.rmtree, path, ignore_errors=True)
    await _delete_branch(repository, branch, sha)


async def _drop(repository: Repository, path: Path) -> str:
    """Why git would not remove a worktree, if it would not: it looks for itself, and is never forced."""
    await git(repository.path, "worktree", "unlock", "--", str(path), accept=(0, 128))
    try:
        await git(repository.path, "worktree", "remove", "--", str(path), seconds=LONG)
    except GitError as error:
        return error.sentence
    return ""


async def _delete_branch(repository: Repository, branch: str, tip: str | None) -> bool:
    """Delete a branch that is still at `tip` and that nobody has checked out."""
    if tip is None or any(one.branch == branch for one in await repository.checkouts()):
        return False
    ran = await git(repository.path, "update-ref", "-d", f"refs/heads/{branch}", tip, accept=(0, 1, 128))
    return ran.code == 0
