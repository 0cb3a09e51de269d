"""Putting a working tree back to a snapshot, after a turn that was to change nothing did.

Files go back to what they were, new ones go, and the branch goes back to its commit. Commits that were made stay
in git's own log of the head; what was there before, staged or not, is there again."""

import asyncio
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from core.sessions.git.changes import Snapshot, scratch_index, take
from core.sessions.git.commands import LONG, GitError, git
from core.sessions.git.repository import find
from core.text import clean

_NO_CHANGES: tuple[str, ...] = ()


async def restore(path: Path, before: Snapshot, ignore: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Put the tree back, and answer with the paths that had changed, for showing. A `GitError` says what could
    not be put back; nothing was lost then that the snapshot has."""
    repository = await find(path)
    if repository is None:
        raise GitError(f"{clean(str(path))} is in no git repository any more, and cannot be put back.")
    top = repository.path
    async with repository.lock:
        now = await take(top, ignore)
        paths = await _put_back_files(top, now, before) if now.tree != before.tree else _NO_CHANGES
        await _put_back_head(top, now, before)
        if before.staged and now.staged != before.staged:
            await git(top, "read-tree", "--reset", before.staged)
        if paths or now.staged != before.staged:
            await git(top, "update-index", "-q", "--refresh", accept=(0, 1))
        left = await take(top, ignore)
    if left.tree != before.tree or left.head != before.head or left.nested != before.nested:
        raise GitError(f"Not all of {clean(str(top))} could be put back: look at its changes.")
    return paths


async def _put_back_files(top: Path, now: Snapshot, before: Snapshot) -> tuple[str, ...]:
    ran = await git(top, "diff-tree", "-r", "-z", "--no-renames", "--name-status", now.tree, before.tree)
    fields = ran.out.split(b"\0")
    changes = list(zip(fields[::2], fields[1::2], strict=False))
    new = [path for status, path in changes if status == b"D"]
    old = [path for status, path in changes if status != b"D"]
    async with scratch_index(top) as env:
        await git(top, "read-tree", "--reset", before.tree, env=env)  # fails before anything is touched
        await asyncio.to_thread(_remove, top, new)
        await git(
            top,
            *("checkout-index", "--force", "--stdin", "-z"),
            env=env,
            stdin=b"".join(path + b"\0" for path in old),
            accept=(0, 1, 128),
            seconds=LONG,
        )
    return tuple(path.decode(errors="replace") for _, path in changes)


async def _put_back_head(top: Path, now: Snapshot, before: Snapshot) -> None:
    why = ("-m", "callboard: put back what was to stay unchanged")
    if not before.branch:
        if (now.branch, now.head) != ("", before.head):
            await git(top, "update-ref", *why, "--no-deref", "HEAD", before.head)
        return
    if now.branch != before.branch:
        await git(top, "symbolic-ref", *why, "HEAD", before.branch)
    found = await git(top, "rev-parse", "--verify", "--quiet", "HEAD", accept=(0, 1))
    head = os.fsdecode(found.out.strip())
    if before.head and head != before.head:
        await git(top, "update-ref", *why, "HEAD", before.head, head or "0" * len(before.head))
    elif head != before.head:
        await git(top, "update-ref", *why, "-d", "HEAD", head)


def _remove(top: Path, paths: Iterable[bytes]) -> None:
    """Delete files, and the folders that are empty without them. A link is never followed out of the tree."""
    root = os.path.realpath(os.fsencode(top))
    for path in paths:
        place = os.path.join(root, path)
        folder = os.path.dirname(place)
        if os.path.realpath(folder) != folder:
            continue
        with suppress(OSError):  # what cannot go, a repository inside of this one too, is seen afterwards
            os.unlink(place)
            _remove_empty(folder, root)


def _remove_empty(folder: bytes, root: bytes) -> None:
    while folder != root:
        os.rmdir(folder)
        folder = os.path.dirname(folder)
