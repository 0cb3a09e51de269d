"""A git repository: found from a folder, with one lock for all of its worktrees.

git's own locks make parallel writers fail instead of wait, so everything here that writes to a repository holds
that lock."""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from weakref import WeakValueDictionary

from core.sessions.git.commands import GitError, git
from core.text import clean

_locks: WeakValueDictionary[Path, asyncio.Lock] = WeakValueDictionary()
_NO_REPOSITORY = b"fatal: not a git repository (or any"


class Start(NamedTuple):
    """Where work begins: a ref by the name that it was asked for, and what it was at that time."""

    ref: str
    sha: str


class Checkout(NamedTuple):
    """A working tree of a repository."""

    path: Path
    head: str
    branch: str  # empty when none is checked out
    lock: str | None  # why it is locked, perhaps in no words; None when it is not
    there: bool


@dataclass(frozen=True, slots=True)
class Worktree:
    """A session's own working tree, and where its work began."""

    path: Path
    branch: str
    base_ref: str
    base_sha: str


@dataclass(frozen=True, slots=True)
class Repository:
    """`path` is the top of the working tree, or a bare repository itself; `below` is where in it the folder is
    that was asked for; `common` is what all of its worktrees share."""

    path: Path
    common: Path
    below: Path
    bare: bool
    lock: asyncio.Lock

    async def head_branch(self) -> str:
        """The branch that is checked out, without `refs/heads/`; empty when there is none."""
        ran = await git(self.path, "symbolic-ref", "--quiet", "--short", "HEAD", accept=(0, 1))
        return _text(ran.out)

    async def resolve(self, name: str) -> str | None:
        """The commit that a name means, a branch before anything else of that name."""
        if not name or name.startswith("-"):
            return None
        for candidate in (f"refs/heads/{name}", name):
            ran = await git(
                self.path, "rev-parse", "--verify", "--quiet", f"{candidate}^{{commit}}", accept=(0, 1, 128)
            )
            if ran.code == 0:
                return _text(ran.out)
        return None

    async def start(self, base: str = "") -> Start:
        """Where to begin: at a branch, another ref or a commit; at the branch that is checked out if none is
        named."""
        ref = base or await self.head_branch()
        sha = await self.resolve(ref or "HEAD")
        if sha and ref:
            return Start(await self._lasting(ref, sha), sha)
        where = clean(str(self.path))
        if sha:
            raise GitError(f"{where} has no branch checked out: say on which branch the work is to be based.")
        if await self.resolve("HEAD") is None and not await self._has_commits():
            raise GitError(f"The repository {where} has no commit yet: make a first one, for work to start from.")
        raise GitError(
            f"There is no branch or commit {clean(ref)} in {where}: check the name, or fetch it first."
        )

    async def is_ancestor(self, older: str, newer: str) -> bool:
        ran = await git(self.path, "merge-base", "--is-ancestor", older, newer, accept=(0, 1))
        return ran.code == 0

    async def checkouts(self) -> tuple[Checkout, ...]:
        """The working trees of this repository, with those whose folder is gone."""
        ran = await git(self.path, "worktree", "list", "--porcelain", "-z")
        blocks = (block for block in ran.out.split(b"\0\0") if block)
        read = (_checkout(block) for block in blocks)
        return tuple(checkout for checkout in read if checkout is not None)

    async def _lasting(self, ref: str, sha: str) -> str:
        """The name of a branch or tag; the commit for words such as HEAD~2, which soon mean another."""
        if await self.resolve(f"refs/heads/{ref}"):
            return ref
        ran = await git(self.path, "rev-parse", "--symbolic-full-name", ref)
        full = _text(ran.out)
        return full.removeprefix("refs/heads/") if full.startswith("refs/") else sha

    async def _has_commits(self) -> bool:
        ran = await git(self.path, "rev-list", "--all", "--max-count=1")
        return bool(ran.out)


async def find(path: Path) -> Repository | None:
    """The repository that a folder is in, or None when it is in none."""
    try:
        folder = await asyncio.to_thread(path.resolve)
    except (OSError, RuntimeError, ValueError):
        raise GitError(f"The path {clean(str(path))} leads nowhere: check it.") from None
    asked = ("--is-bare-repository", "--is-inside-work-tree", "--show-prefix", "--git-common-dir")
    ran = await git(folder, "rev-parse", "--path-format=absolute", *asked, accept=(0, 128))
    if ran.code != 0:
        if ran.err.startswith(_NO_REPOSITORY):
            return None
        await git(folder, "rev-parse", "--git-dir")  # says why
        raise GitError(f"The repository in {clean(str(folder))} cannot be read.")
    lines = ran.out.removesuffix(b"\n").split(b"\n")
    if len(lines) != len(asked):
        raise GitError(f"The path {clean(str(folder))} has a line break in it: move the repository to another.")
    bare, inside, prefix, common = (os.fsdecode(line) for line in lines)
    below = Path(prefix)
    if inside == "true":
        top = folder.parents[len(below.parts) - 1] if below.parts else folder
    elif bare == "true":
        top = Path(common)
    else:
        raise GitError(f"{clean(str(folder))} is inside of git's own folder: name the working tree instead.")
    return Repository(top, Path(common), below, inside != "true", _lock(Path(common)))


def _lock(common: Path) -> asyncio.Lock:
    common = common.resolve()
    lock = _locks.get(common)
    if lock is None:
        lock = _locks[common] = asyncio.Lock()
    return lock


def _checkout(block: bytes) -> Checkout | None:
    fields: dict[str, str] = {}
    for line in block.split(b"\0"):
        name, _, value = os.fsdecode(line).partition(" ")
        fields[name] = value
    if "worktree" not in fields or "bare" in fields:
        return None
    path = Path(fields["worktree"])
    branch = fields.get("branch", "").removeprefix("refs/heads/")
    return Checkout(path, fields.get("HEAD", ""), branch, fields.get("locked"), path.is_dir())


def _text(out: bytes) -> str:
    return os.fsdecode(out.removesuffix(b"\n"))
