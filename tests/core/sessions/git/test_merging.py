"""A branch goes into its base whole, or nothing is touched."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

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
from core.sessions.git.repository import Repository, Worktree
from core.sessions.git.worktrees import create
from tests.core.sessions.git.repositories import commit, git, state

GRACE = Author("Grace Hopper", "grace@example.org")


@pytest.fixture
async def worktree(repository: Repository, tmp_path: Path) -> Worktree:
    return await create(repository, tmp_path / "worktrees", "shop", 1, "x")


@pytest.fixture
def diverged(repository: Repository, worktree: Worktree) -> Worktree:
    """With a commit on either side, in different files."""
    commit(worktree.path, readme="theirs\n", new="new\n")
    commit(repository.path, other="ours\n")
    return worktree


@pytest.fixture
def conflicting(repository: Repository, worktree: Worktree) -> Worktree:
    commit(worktree.path, readme="theirs\n", other="theirs\n")
    commit(repository.path, readme="ours\n", other="ours\n")
    return worktree


def leave_main(repository: Repository) -> None:
    git(repository.path, "checkout", "--quiet", "-b", "elsewhere")


async def test_a_dry_run_touches_nothing(repository: Repository, diverged: Worktree) -> None:
    before = state(repository.path)

    tried = await dry_run(repository, "main", diverged.branch)

    assert isinstance(tried, Clean)
    assert not tried.fast_forward
    assert state(repository.path) == before


async def test_a_dry_run_names_the_files_in_conflict(repository: Repository, conflicting: Worktree) -> None:
    assert await dry_run(repository, "main", conflicting.branch) == Conflict(("other.txt", "readme.txt"))


async def test_a_base_that_has_not_moved_is_moved_forward(repository: Repository, worktree: Worktree) -> None:
    head = commit(worktree.path, new="new\n")

    assert await merge(repository, "main", worktree.branch, "m", GRACE) == Merged(head, fast_forward=True)
    assert git(repository.path, "rev-parse", "main") == head
    assert (repository.path / "new.txt").read_text() == "new\n"
    assert git(repository.path, "status", "--porcelain") == ""


async def test_there_can_always_be_a_merge_commit(repository: Repository, worktree: Worktree) -> None:
    head = commit(worktree.path, new="new\n")

    merged = await merge(repository, "main", worktree.branch, "m", GRACE, always_commit=True)

    assert isinstance(merged, Merged)
    assert git(repository.path, "rev-parse", f"{merged.sha}^2") == head


async def test_a_merge_is_a_commit_of_the_person(repository: Repository, diverged: Worktree) -> None:
    sides = git(repository.path, "rev-parse", "main", diverged.branch).split()

    merged = await merge(repository, "main", diverged.branch, "Merge it\n\n--why", GRACE)

    assert isinstance(merged, Merged)
    shown = git(repository.path, "show", "--no-patch", "--format=%an <%ae>|%cn <%ce>|%P|%B", merged.sha)
    person = "Grace Hopper <grace@example.org>"
    assert shown.strip() == f"{person}|{person}|{' '.join(sides)}|Merge it\n\n--why"
    assert (repository.path / "new.txt").read_text() == "new\n"
    assert (repository.path / "other.txt").read_text() == "ours\n"
    assert git(repository.path, "status", "--porcelain") == ""


async def test_a_base_that_is_checked_out_nowhere_is_merged_too(
    repository: Repository, diverged: Worktree
) -> None:
    leave_main(repository)
    files = state(repository.path)[2]

    merged = await merge(repository, "main", diverged.branch, "m", GRACE)

    assert isinstance(merged, Merged)
    assert git(repository.path, "rev-parse", "main") == merged.sha
    assert git(repository.path, "show", "main:new.txt") == "new"
    assert state(repository.path)[2] == files


async def test_a_base_that_is_checked_out_in_another_worktree_moves_there(
    repository: Repository, diverged: Worktree, tmp_path: Path
) -> None:
    leave_main(repository)
    git(repository.path, "worktree", "add", "--quiet", str(tmp_path / "place"), "main")

    assert isinstance(await merge(repository, "main", diverged.branch, "m", GRACE), Merged)
    assert (tmp_path / "place" / "new.txt").read_text() == "new\n"


async def test_a_base_whose_worktree_was_deleted_by_hand_is_merged(
    repository: Repository, diverged: Worktree, tmp_path: Path
) -> None:
    leave_main(repository)
    git(repository.path, "worktree", "add", "--quiet", str(tmp_path / "place"), "main")
    shutil.rmtree(tmp_path / "place")

    assert isinstance(await merge(repository, "main", diverged.branch, "m", GRACE), Merged)


async def test_a_conflict_touches_nothing(repository: Repository, conflicting: Worktree) -> None:
    before = state(repository.path)

    assert isinstance(await merge(repository, "main", conflicting.branch, "m", GRACE), Conflict)
    assert state(repository.path) == before


def edit_a_file(project: Path) -> None:
    (project / "other.txt").write_text("edited")


def stage_a_file(project: Path) -> None:
    (project / "staged.txt").write_text("staged")
    git(project, "add", "staged.txt")


def put_a_file_in_the_way(project: Path) -> None:
    (project / "new.txt").write_text("mine, and in no commit")


def begin_a_merge(project: Path) -> None:
    git(project, "branch", "third", "HEAD~1")
    git(project, "checkout", "--quiet", "third")
    commit(project, third="x")
    git(project, "checkout", "--quiet", "main")
    git(project, "merge", "--no-commit", "--strategy=ours", "--quiet", "third")


@pytest.mark.parametrize("act", [edit_a_file, stage_a_file, put_a_file_in_the_way, begin_a_merge])
async def test_a_base_that_somebody_works_on_is_left_alone(
    repository: Repository, diverged: Worktree, act: Callable[[Path], None]
) -> None:
    act(repository.path)
    before = state(repository.path)

    refused = await merge(repository, "main", diverged.branch, "m", GRACE)

    assert isinstance(refused, Refused)
    assert "checked out" in refused.reason
    assert state(repository.path) == before


async def test_files_of_nobody_do_not_hinder_a_merge(repository: Repository, diverged: Worktree) -> None:
    (repository.path / "notes.txt").write_text("mine")

    assert isinstance(await merge(repository, "main", diverged.branch, "m", GRACE), Merged)
    assert (repository.path / "notes.txt").read_text() == "mine"


async def test_what_is_merged_already_is_said_to_be(repository: Repository, worktree: Worktree) -> None:
    head = commit(worktree.path, new="new\n")
    await merge(repository, "main", worktree.branch, "m", GRACE)

    assert await merge(repository, "main", worktree.branch, "m", GRACE) == AlreadyMerged(head)


async def test_a_base_on_a_remote_is_for_a_pull_request(repository: Repository, worktree: Worktree) -> None:
    commit(worktree.path, new="new\n")
    git(repository.path, "update-ref", "refs/remotes/origin/main", "main")

    refused = await merge(repository, "origin/main", worktree.branch, "m", GRACE)

    assert isinstance(refused, Refused)
    assert "pull request" in refused.reason


@pytest.mark.parametrize(("base", "head"), [("main", "gone"), ("gone", "main"), ("main", "--all")])
async def test_a_branch_that_is_gone_is_named(repository: Repository, base: str, head: str) -> None:
    with pytest.raises(GitError, match="There is no branch"):
        await merge(repository, base, head, "m", GRACE)


async def test_histories_without_a_common_commit_are_not_merged(repository: Repository) -> None:
    git(repository.path, "checkout", "--quiet", "--orphan", "stranger")
    commit(repository.path, readme="x")
    git(repository.path, "checkout", "--quiet", "main")

    with pytest.raises(GitError, match="unrelated histories"):
        await merge(repository, "main", "stranger", "m", GRACE)


async def test_the_configuration_of_a_branch_cannot_bend_a_merge(
    repository: Repository, diverged: Worktree
) -> None:
    git(repository.path, "config", "branch.main.mergeOptions", "--squash --no-commit")
    git(repository.path, "config", "merge.ff", "false")

    merged = await merge(repository, "main", diverged.branch, "m", GRACE)

    assert isinstance(merged, Merged)
    assert git(repository.path, "rev-parse", "main") == merged.sha


@pytest.mark.parametrize("checked_out", [True, False])
async def test_a_base_that_moves_during_the_merge_is_not_set_back(
    repository: Repository, worktree: Worktree, checked_out: bool
) -> None:
    """Somebody commits to it while git merges the contents of a file."""
    commit(worktree.path, readme="theirs\n")
    commit(repository.path, readme="ours\n")
    tree = git(repository.path, "rev-parse", "HEAD^{tree}")
    newer = git(repository.path, "commit-tree", tree, "-p", "HEAD", "-m", "newer")
    (repository.common / "info").mkdir()
    (repository.common / "info" / "attributes").write_text("readme.txt merge=slow\n")
    git(repository.path, "config", "merge.slow.driver", f"git update-ref refs/heads/main {newer}")
    git(repository.path, "checkout", "--quiet", "main" if checked_out else "--detach")

    refused = await merge(repository, "main", worktree.branch, "m", GRACE)

    assert isinstance(refused, Refused)
    assert git(repository.path, "rev-parse", "main") == newer
    assert (repository.path / "readme.txt").read_text() == "ours\n"


async def test_an_ignored_file_of_a_person_is_not_overwritten(repository: Repository, worktree: Worktree) -> None:
    (worktree.path / "debug.log").write_text("theirs")
    git(worktree.path, "add", "--force", "debug.log")
    commit(worktree.path, new="new")
    (repository.path / "debug.log").write_text("mine")

    assert isinstance(await merge(repository, "main", worktree.branch, "m", GRACE), Refused)
    assert (repository.path / "debug.log").read_text() == "mine"


async def test_merges_at_once_all_arrive(repository: Repository, tmp_path: Path) -> None:
    folder = tmp_path / "worktrees"
    made = [await create(repository, folder, "shop", number, "x") for number in range(5)]
    for number, worktree in enumerate(made):
        commit(worktree.path, **{f"file{number}": "x"})

    results = await asyncio.gather(*(merge(repository, "main", one.branch, "m", GRACE) for one in made))

    assert all(isinstance(result, Merged) for result in results)
    assert len(list(repository.path.glob("file*.txt"))) == 5
    assert git(repository.path, "status", "--porcelain") == ""


async def test_what_a_session_left_uncommitted_becomes_a_commit(worktree: Worktree) -> None:
    (worktree.path / "new.txt").write_text("new")
    (worktree.path / "readme.txt").unlink()
    (worktree.path / ".aider.history").write_text("x")

    sha = await commit_all(worktree.path, "# Work\n", GRACE, (".aider*",))

    assert sha == git(worktree.path, "rev-parse", worktree.branch)
    assert git(worktree.path, "show", "--no-patch", "--format=%an|%s") == "Grace Hopper|# Work"
    assert git(worktree.path, "status", "--porcelain") == "?? .aider.history"
    assert await commit_all(worktree.path, "again", GRACE, (".aider*",)) is None


async def test_conflicts_are_not_committed(repository: Repository, conflicting: Worktree) -> None:
    git(conflicting.path, "merge", "main", check=False)

    with pytest.raises(GitError, match="nobody has resolved"):
        await commit_all(conflicting.path, "m", GRACE)
