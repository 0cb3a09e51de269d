"""What would be lost with a worktree: changes nobody committed, and commits that are nowhere else."""

import os
from pathlib import Path

from core.sessions.git.commands import git
from core.sessions.git.patterns import excluding
from core.sessions.git.repository import Repository, Worktree
from core.text import clean

_HIDDEN = ord("S")  # git's sign for a file that it was told not to look for


async def reason_to_keep(
    repository: Repository, worktree: Worktree, there: bool, merged_head: str | None, ignore: tuple[str, ...]
) -> str:
    """Why a worktree must stay, in a sentence, or nothing if it may go."""
    if there and await _is_dirty(worktree.path, ignore):
        return "There are changes in the worktree that are in no commit: commit or undo them first."
    if there and await _hides_files(worktree.path):
        return "Files in the worktree are marked so that git does not look at them: look at them first."
    heads = {f"branch {worktree.branch}": await repository.resolve(f"refs/heads/{worktree.branch}")}
    if there:
        heads["worktree"] = await _head(worktree.path)
    for what, head in heads.items():
        if head and head != merged_head and (reason := await _unmerged(repository, worktree, head)):
            return f"The {clean(what)} has {reason}."
    return ""


async def _unmerged(repository: Repository, worktree: Worktree, head: str) -> str:
    base = await repository.resolve(worktree.base_ref)
    if base is None:
        return f"work that is in no base: {clean(worktree.base_ref)} does not exist any more"
    if base == worktree.base_ref:  # a commit, not a branch: another branch must hold it
        holders = await git(repository.path, "for-each-ref", "--format=%(refname)", "--contains", head)
        others = set(os.fsdecode(holders.out).split()) - {f"refs/heads/{worktree.branch}"}
        return "" if others else "commits that no other branch has"
    if await repository.is_ancestor(head, base):
        return ""
    ran = await git(repository.path, "rev-list", "--count", head, f"^{base}")
    number = int(ran.out)
    return f"{number} {'commit' if number == 1 else 'commits'} that {clean(worktree.base_ref)} does not have"


async def _is_dirty(path: Path, ignore: tuple[str, ...]) -> bool:
    everything = await _status(path)
    if not everything or not ignore:
        return bool(everything)
    counted = await _status(path, *excluding(ignore))
    return bool(counted) or any(not entry.startswith(b"?? ") for entry in everything)


async def _status(path: Path, *pathspecs: str) -> list[bytes]:
    shown = ("--porcelain=v1", "-z", "--untracked-files=all", "--ignore-submodules=none", "--no-renames")
    ran = await git(path, "status", *shown, "--", *pathspecs)
    return [entry for entry in ran.out.split(b"\0") if entry]


async def _hides_files(path: Path) -> bool:
    ran = await git(path, "ls-files", "-v", "-z", "--full-name", ":/")
    entries = (entry for entry in ran.out.split(b"\0") if entry)
    signs = [(entry[0], entry[2:]) for entry in entries if entry[0] == _HIDDEN or entry[:1].islower()]
    return any(sign != _HIDDEN or _is_there(path, name) for sign, name in signs)


def _is_there(path: Path, name: bytes) -> bool:
    return os.path.lexists(path / os.fsdecode(name))


async def _head(path: Path) -> str:
    ran = await git(path, "rev-parse", "--verify", "--quiet", "HEAD", accept=(0, 1))
    return os.fsdecode(ran.out.strip())
