"""A worktree for each session, and unmerged work that is never deleted."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from core.sessions.git.commands import GitError
from core.sessions.git.repository import Repository, Worktree
from core.sessions.git.worktrees import (
    Kept,
    Removed,
    create,
    release,
    remove,
    slug,
)
from tests.core.sessions.git.repositories import commit, found, git, state


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "worktrees"


@pytest.fixture
async def worktree(repository: Repository, folder: Path) -> Worktree:
    return await create(repository, folder, "Shop", 12, "Fix the cart")


def branches(repository: Repository) -> list[str]:
    return git(repository.path, "for-each-ref", "--format=%(refname:short)", "refs/heads").split()


async def test_a_session_gets_a_folder_and_a_branch_that_begin_at_the_base(
    repository: Repository, worktree: Worktree, folder: Path
) -> None:
    head = git(repository.path, "rev-parse", "main")

    assert worktree.path == folder / "shop" / "12"
    assert worktree.branch == "callboard/12-fix-the-cart"
    assert (worktree.base_ref, worktree.base_sha) == ("main", head)
    assert git(worktree.path, "symbolic-ref", "HEAD") == "refs/heads/callboard/12-fix-the-cart"
    assert (worktree.path / "readme.txt").read_text() == "one\ntwo\nthree\n"
    assert worktree.path.stat().st_mode & 0o777 == 0o700


async def test_sixteen_at_once_all_get_theirs(repository: Repository, folder: Path) -> None:
    git(repository.path, "config", "branch.autoSetupMerge", "always")

    made = await asyncio.gather(
        *(create(repository, folder, "shop", number // 2, "Same", "main") for number in range(16))
    )

    assert len({one.path for one in made}) == len({one.branch for one in made}) == 16
    assert "[branch " not in (repository.common / "config").read_text()


async def test_a_session_that_comes_again_does_not_take_what_it_had(
    repository: Repository, worktree: Worktree, folder: Path
) -> None:
    again = await create(repository, folder, "Shop", 12, "Fix the cart")

    assert (again.path.name, again.branch) == ("12-2", "callboard/12-fix-the-cart-2")


async def test_a_worktree_can_begin_at_another_branch(repository: Repository, folder: Path) -> None:
    git(repository.path, "checkout", "--quiet", "-b", "next")
    head = commit(repository.path, readme="next")
    git(repository.path, "checkout", "--quiet", "main")

    made = await create(repository, folder, "shop", 1, "", "next")

    assert (made.base_ref, made.base_sha, made.branch) == ("next", head, "callboard/1")


async def test_a_bare_repository_gives_worktrees_too(project: Path, tmp_path: Path, folder: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--bare", str(project), "bare")

    made = await create(await found(tmp_path / "bare"), folder, "shop", 1, "x")

    assert (made.path / "readme.txt").exists()


async def test_a_failure_leaves_neither_a_folder_nor_a_branch(repository: Repository, folder: Path) -> None:
    (repository.path / ".gitattributes").write_text("readme.txt filter=broken\n")
    commit(repository.path, other="2")
    git(repository.path, "config", "filter.broken.smudge", "false")
    git(repository.path, "config", "filter.broken.required", "true")

    with pytest.raises(GitError, match="worktree"):
        await create(repository, folder, "shop", 1, "x")

    assert branches(repository) == ["main"]
    assert list((folder / "shop").iterdir()) == []
    assert [one.path for one in await repository.checkouts()] == [repository.path]


async def test_a_branch_in_the_way_of_all_others_is_named(repository: Repository, folder: Path) -> None:
    git(repository.path, "branch", "callboard")

    with pytest.raises(GitError, match="refs/heads/callboard"):
        await create(repository, folder, "shop", 1, "x")

    assert list((folder / "shop").iterdir()) == []


async def test_worktrees_are_not_put_into_the_repository(repository: Repository) -> None:
    with pytest.raises(GitError, match="inside of the repository"):
        await create(repository, repository.path / "state", "shop", 1, "x")


async def test_a_folder_that_cannot_be_made_is_named(repository: Repository) -> None:
    in_the_way = repository.path.parent / "file"
    in_the_way.write_text("")

    with pytest.raises(GitError, match=r"No folder for the worktree.*Not a directory"):
        await create(repository, in_the_way, "shop", 1, "x")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Fix the cart", "fix-the-cart"),
        ("../../etc/passwd", "etc-passwd"),
        ("--force; rm -rf /", "force-rm-rf"),
        ("Größe ändern", "groe-andern"),
        ("日本語", ""),
        ("a.lock", "a-lock"),
        ("x" * 100, "x" * 40),
        ("\x1b[31mred\n", "31mred"),
    ],
)
def test_a_title_becomes_a_harmless_piece_of_a_name(title: str, expected: str) -> None:
    assert slug(title) == expected


async def test_an_open_session_s_worktree_is_locked_until_released(
    repository: Repository, worktree: Worktree
) -> None:
    git(repository.path, "worktree", "remove", "--force", str(worktree.path), check=False)
    assert worktree.path.exists()

    await release(repository, worktree)
    git(repository.path, "worktree", "remove", str(worktree.path))

    assert not worktree.path.exists()


async def test_a_worktree_without_work_is_removed(repository: Repository, worktree: Worktree) -> None:
    assert await remove(repository, worktree) == Removed(branch=True)
    assert not worktree.path.exists()
    assert branches(repository) == ["main"]


async def test_merged_work_may_go(repository: Repository, worktree: Worktree) -> None:
    commit(worktree.path, new="new")
    git(repository.path, "merge", "--quiet", "--no-edit", worktree.branch)

    assert await remove(repository, worktree) == Removed(branch=True)


async def test_work_that_a_pull_request_merged_at_this_commit_may_go(
    repository: Repository, worktree: Worktree
) -> None:
    head = commit(worktree.path, new="new")

    assert await remove(repository, worktree, merged_head=head) == Removed(branch=True)


def leave_a_commit(worktree: Worktree) -> None:
    commit(worktree.path, new="new")


def leave_a_change(worktree: Worktree) -> None:
    (worktree.path / "readme.txt").write_text("changed")


def leave_a_new_file(worktree: Worktree) -> None:
    (worktree.path / "new.txt").write_text("new")


def leave_something_staged(worktree: Worktree) -> None:
    leave_a_new_file(worktree)
    git(worktree.path, "add", "new.txt")


def leave_a_deletion(worktree: Worktree) -> None:
    (worktree.path / "readme.txt").unlink()


def leave_a_detached_commit(worktree: Worktree) -> None:
    git(worktree.path, "checkout", "--quiet", "--detach")
    commit(worktree.path, new="new")


def leave_a_hidden_change(worktree: Worktree) -> None:
    git(worktree.path, "update-index", "--assume-unchanged", "readme.txt")
    leave_a_change(worktree)


def leave_a_skipped_change(worktree: Worktree) -> None:
    git(worktree.path, "update-index", "--skip-worktree", "readme.txt")
    leave_a_change(worktree)


def leave_a_repository(worktree: Worktree) -> None:
    inside = worktree.path / "inside"
    inside.mkdir()
    git(inside, "init", "--quiet")
    commit(inside, new="new")


def leave_no_base(worktree: Worktree) -> None:
    git(worktree.path, "update-ref", "-d", "refs/heads/main")


@pytest.mark.parametrize(
    ("leave", "why"),
    [
        (leave_a_commit, "1 commit that main does not have"),
        (leave_a_change, "in no commit"),
        (leave_a_new_file, "in no commit"),
        (leave_something_staged, "in no commit"),
        (leave_a_deletion, "in no commit"),
        (leave_a_detached_commit, "The worktree has 1 commit"),
        (leave_a_hidden_change, "does not look at them"),
        (leave_a_skipped_change, "does not look at them"),
        (leave_a_repository, "in no commit"),
        (leave_no_base, "main does not exist any more"),
    ],
)
async def test_what_would_be_lost_keeps_the_worktree(
    repository: Repository, worktree: Worktree, leave: Callable[[Worktree], None], why: str
) -> None:
    leave(worktree)
    before = state(worktree.path)

    kept = await remove(repository, worktree)

    assert isinstance(kept, Kept)
    assert why in kept.reason
    assert state(worktree.path) == before


async def test_work_after_the_merged_pull_request_is_kept(repository: Repository, worktree: Worktree) -> None:
    merged = commit(worktree.path, new="new")
    commit(worktree.path, new="newer")

    kept = await remove(repository, worktree, merged_head=merged)

    assert isinstance(kept, Kept)
    assert worktree.branch in branches(repository)


async def test_a_branch_that_began_at_a_bare_commit_is_kept_while_nothing_else_has_it(
    repository: Repository, folder: Path
) -> None:
    git(repository.path, "checkout", "--quiet", "--detach")
    alone = commit(repository.path, readme="alone")
    git(repository.path, "checkout", "--quiet", "main")
    made = await create(repository, folder, "shop", 1, "x", alone)

    kept = await remove(repository, made)

    assert isinstance(kept, Kept)
    assert "no other branch" in kept.reason


async def test_files_that_are_nobodys_work_go_with_the_worktree(
    repository: Repository, worktree: Worktree
) -> None:
    (worktree.path / ".aider.history").write_text("x")
    (worktree.path / "folder" / ".aider.cache").mkdir()
    (worktree.path / "folder" / ".aider.cache" / "x").write_text("x")
    (worktree.path / "debug.log").write_text("ignored")

    assert await remove(repository, worktree, ignore=(".aider*",)) == Removed(branch=True)
    assert not worktree.path.exists()


async def test_a_pattern_hides_no_change_of_a_file_that_is_in_git(
    repository: Repository, worktree: Worktree
) -> None:
    leave_a_change(worktree)

    assert isinstance(await remove(repository, worktree, ignore=("*.txt",)), Kept)
    assert (worktree.path / "readme.txt").read_text() == "changed"


async def test_a_worktree_deleted_by_hand_lets_its_merged_branch_go(
    repository: Repository, worktree: Worktree
) -> None:
    shutil.rmtree(worktree.path)

    assert await remove(repository, worktree) == Removed(branch=True)
    assert branches(repository) == ["main"]


async def test_a_worktree_deleted_by_hand_keeps_its_unmerged_branch(
    repository: Repository, worktree: Worktree
) -> None:
    commit(worktree.path, new="new")
    shutil.rmtree(worktree.path)

    kept = await remove(repository, worktree)

    assert isinstance(kept, Kept)
    assert worktree.branch in branches(repository)


async def test_a_worktree_that_git_forgot_is_left_alone(repository: Repository, worktree: Worktree) -> None:
    shutil.rmtree(repository.common / "worktrees")

    kept = await remove(repository, worktree)

    assert isinstance(kept, Kept)
    assert (worktree.path / "readme.txt").exists()


async def test_a_worktree_that_somebody_locked_is_kept(repository: Repository, worktree: Worktree) -> None:
    git(repository.path, "worktree", "unlock", str(worktree.path))
    git(repository.path, "worktree", "lock", str(worktree.path))

    kept = await remove(repository, worktree)

    assert isinstance(kept, Kept)
    assert "locked by somebody" in kept.reason


async def test_the_branch_stays_where_it_is_checked_out_elsewhere(
    repository: Repository, worktree: Worktree
) -> None:
    git(worktree.path, "checkout", "--quiet", "--detach")
    git(repository.path, "checkout", "--quiet", worktree.branch)

    assert await remove(repository, worktree) == Removed(branch=False)
    assert worktree.branch in branches(repository)
