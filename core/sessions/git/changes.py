"""Whether anything changed in a working tree, and what.

A snapshot is the tree that a commit of everything would have. It is made with a copy of the index, so that the
real one is never touched; commits count by the head, ignored files do not count, and what cannot be known is
unknown."""

import asyncio
import hashlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from core.sessions.git.commands import LONG, GitError, git
from core.sessions.git.patterns import excluding
from core.sessions.git.repository import Worktree, find
from core.text import clean

MOST_FILES = 1000
MOST_BYTES = 1024 * 1024
_DEEPEST = 3  # repositories inside of repositories
_GITLINK = b"160000 "
_PLAIN = ("--no-renames", "--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules=none")


class Snapshot(NamedTuple):
    """A working tree at a moment. `staged` is empty while there are conflicts; `nested` says how the repositories
    inside of it are, in one hash."""

    tree: str
    head: str
    branch: str = ""
    staged: str = ""
    nested: str = ""


class Unknown(NamedTuple):
    """No snapshot could be made, and why."""

    reason: str


class FileChange(NamedTuple):
    """A changed file and its lines, which are None where it has none."""

    path: str
    added: int | None
    removed: int | None


class FileChanges(NamedTuple):
    """The first of the changed files, and how many more there are."""

    files: tuple[FileChange, ...]
    more: int


class Diff(NamedTuple):
    text: str
    cut: bool


async def snapshot(path: Path, ignore: tuple[str, ...] = ()) -> Snapshot | Unknown:
    """The state of the whole working tree that a folder is in, but for files that the patterns name."""
    try:
        repository = await find(path)
        if repository is None:
            return Unknown("This folder is in no git repository, so changes cannot be seen.")
        if repository.bare:
            return Unknown("The repository has no working tree.")
        return await take(repository.path, ignore)
    except GitError as error:
        return Unknown(error.sentence)
    except OSError as error:
        return Unknown(f"{clean(str(path))} cannot be looked at: {error.strerror}.")


def changed(before: Snapshot | Unknown, after: Snapshot | Unknown) -> bool | None:
    """Whether there is a change between two snapshots; None when that cannot be known."""
    if isinstance(before, Unknown) or isinstance(after, Unknown):
        return None
    return (before.tree, before.head, before.nested) != (after.tree, after.head, after.nested)


async def diff_stat(worktree: Worktree, ignore: tuple[str, ...] = (), most: int = MOST_FILES) -> FileChanges:
    """The files that differ from where the work began, committed or not. Paths are for showing."""
    now = await take(worktree.path, ignore)
    since = await _since(worktree, now.head)
    ran = await git(worktree.path, "diff-tree", "-r", "-z", "--numstat", *_PLAIN, since, now.tree)
    entries = [entry for entry in ran.out.split(b"\0") if entry]
    return FileChanges(tuple(map(_file_change, entries[:most])), max(0, len(entries) - most))


async def diff(worktree: Worktree, cap: int = MOST_BYTES, ignore: tuple[str, ...] = ()) -> Diff:
    """The difference itself, up to so many bytes. It is text from outside."""
    now = await take(worktree.path, ignore)
    since = await _since(worktree, now.head)
    prefixes = ("--src-prefix=a/", "--dst-prefix=b/")
    ran = await git(
        worktree.path, "diff-tree", "-r", "-p", *_PLAIN, *prefixes, since, now.tree, most=cap, cut=True
    )
    return Diff(ran.out.decode(errors="replace"), ran.cut)


async def take(top: Path, ignore: tuple[str, ...], depth: int = 0) -> Snapshot:
    """The snapshot of a working tree by its top; a `GitError` where there is none."""
    async with scratch_index(top) as env:
        staged = await git(top, "write-tree", env=env, accept=(0, 128))
        await git(top, "add", "--all", "--sparse", "--", *excluding(ignore), env=env, seconds=LONG)
        tree = await git(top, "write-tree", env=env)
        head = await git(top, "rev-parse", "--verify", "--quiet", "HEAD", accept=(0, 1))
        branch = await git(top, "symbolic-ref", "--quiet", "HEAD", accept=(0, 1))
        nested = await _nested(top, env, ignore, depth)
    return Snapshot(_line(tree.out), _line(head.out), _line(branch.out), _line(staged.out), nested)


@asynccontextmanager
async def scratch_index(top: Path) -> AsyncIterator[dict[str, str]]:
    """The environment in which git works on a copy of the index. The copy keeps the original's time, by which git
    knows which files it may believe to be unchanged."""
    ran = await git(top, "rev-parse", "--path-format=absolute", "--git-path", "index")
    folder = await asyncio.to_thread(tempfile.mkdtemp, prefix="callboard-index-")
    try:
        copy = os.path.join(folder, "index")
        await asyncio.to_thread(_copy, _line(ran.out), copy)
        yield {"GIT_INDEX_FILE": copy}
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


async def _nested(top: Path, env: dict[str, str], ignore: tuple[str, ...], depth: int) -> str:
    """The states of the repositories inside of this one, of which its tree knows only the commits."""
    ran = await git(top, "ls-files", "--stage", "-z", env=env)
    if _GITLINK not in ran.out:
        return ""
    if depth == _DEEPEST:
        raise GitError(f"There are repositories in repositories in {clean(str(top))}, too deep to look at.")
    known = hashlib.sha256()
    for entry in ran.out.split(b"\0"):
        if not entry.startswith(_GITLINK):
            continue
        name = entry.partition(b"\t")[2]
        inside = top / os.fsdecode(name)
        if _is_repository(inside):
            state = await take(inside, ignore, depth + 1)
            known.update(b"\0".join((name, state.tree.encode(), state.head.encode(), state.nested.encode(), b"")))
    return known.hexdigest()


async def _since(worktree: Worktree, head: str) -> str:
    """Where the work began, or where it last took in its base. After it went into the base that is its
    beginning."""
    found = await git(
        worktree.path, "merge-base", "--end-of-options", worktree.base_ref, head or "HEAD", accept=(0, 1, 128)
    )
    common = _line(found.out)
    return common if found.code == 0 and common != head else worktree.base_sha


def _is_repository(folder: Path) -> bool:
    return os.path.lexists(folder / ".git")


def _copy(index: str, copy: str) -> None:
    try:
        shutil.copy2(index, copy)
    except FileNotFoundError:
        return  # nothing was ever added
    except OSError as error:
        raise GitError(f"The index of the repository cannot be read: {error.strerror}.") from None


def _file_change(entry: bytes) -> FileChange:
    added, removed, path = entry.decode(errors="replace").split("\t", 2)
    return FileChange(path, *(int(number) if number.isdecimal() else None for number in (added, removed)))


def _line(out: bytes) -> str:
    return os.fsdecode(out.removesuffix(b"\n"))
