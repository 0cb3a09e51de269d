"""Whether anything changed: agents commit, touch, rename and leave things behind."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from core.sessions.git.changes import (
    FileChange,
    Snapshot,
    Unknown,
    changed,
    diff,
    diff_stat,
    snapshot,
)
from core.sessions.git.repository import Repository, Worktree
from core.sessions.git.worktrees import create
from tests.core.sessions.git.repositories import commit, git

IGNORE = (".aider*", "build/cache")
OLD = 1_000_000_000_000_000_000


@pytest.fixture
def project(project: Path) -> Path:
    """With a repository inside of it, and something under way."""
    inside = project / "inside"
    inside.mkdir()
    git(inside, "init", "--quiet", "--initial-branch=main")
    commit(inside, readme="inside")
    (project / "draft.txt").write_text("draft\n")
    return project


def nothing(project: Path) -> None:
    assert project.exists()


def edit(project: Path) -> None:
    (project / "readme.txt").write_text("edited\n")


def edit_a_draft(project: Path) -> None:
    (project / "draft.txt").write_text("edited\n")


def edit_unseen(project: Path) -> None:
    """The same size, and the time put back."""
    readme = project / "readme.txt"
    before = readme.stat()
    readme.write_text("ONE\ntwo\nthree\n")
    os.utime(readme, ns=(before.st_atime_ns, before.st_mtime_ns))


def add_a_file(project: Path) -> None:
    (project / "new.txt").write_text("new")


def add_odd_names(project: Path) -> None:
    for name in (b"-rf", b'quote"\n\xff.txt', b":(glob)x"):
        (project / os.fsdecode(name)).write_text("odd")


def delete(project: Path) -> None:
    (project / "readme.txt").unlink()


def rename(project: Path) -> None:
    (project / "readme.txt").rename(project / "README.txt")


def make_executable(project: Path) -> None:
    (project / "readme.txt").chmod(0o755)


def replace_by_a_link(project: Path) -> None:
    (project / "readme.txt").unlink()
    (project / "readme.txt").symlink_to("other.txt")


def commit_everything(project: Path) -> None:
    commit(project, readme="committed")


def commit_nothing(project: Path) -> None:
    git(project, "commit", "--quiet", "--allow-empty", "--message", "nothing")


def stage(project: Path) -> None:
    edit(project)
    git(project, "add", "readme.txt")


def run_into_a_conflict(project: Path) -> None:
    git(project, "checkout", "--quiet", "-b", "side")
    commit(project, readme="side\n")
    git(project, "checkout", "--quiet", "main")
    commit(project, readme="main\n")
    git(project, "merge", "side", check=False)


def make_a_repository(project: Path) -> None:
    (project / "second").mkdir()
    git(project / "second", "init", "--quiet")
    commit(project / "second", new="new")


def edit_in_the_repository_inside(project: Path) -> None:
    (project / "inside" / "readme.txt").write_text("edited")


def commit_in_the_repository_inside(project: Path) -> None:
    commit(project / "inside", readme="committed")


def touch(project: Path) -> None:
    os.utime(project / "readme.txt", ns=(OLD, OLD))


def write_what_is_ignored(project: Path) -> None:
    (project / "debug.log").write_text("ignored")


def leave_what_agents_leave(project: Path) -> None:
    (project / ".aider.history").write_text("x")
    for folder in (project / ".aider.cache", project / "folder" / ".aider.cache", project / "build" / "cache"):
        folder.mkdir(parents=True)
        (folder / "x").write_text("x")


def make_an_empty_folder(project: Path) -> None:
    (project / "empty").mkdir()


def edit_and_undo(project: Path) -> None:
    edit(project)
    git(project, "checkout", "--quiet", "readme.txt")


def stage_what_was_there(project: Path) -> None:
    git(project, "add", "draft.txt")


def change_the_branch(project: Path) -> None:
    git(project, "checkout", "--quiet", "-b", "another")


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (nothing, False),
        (touch, False),
        (write_what_is_ignored, False),
        (leave_what_agents_leave, False),
        (make_an_empty_folder, False),
        (edit_and_undo, False),
        (stage_what_was_there, False),
        (change_the_branch, False),
        (edit, True),
        (edit_a_draft, True),
        (edit_unseen, True),
        (add_a_file, True),
        (add_odd_names, True),
        (delete, True),
        (rename, True),
        (make_executable, True),
        (replace_by_a_link, True),
        (stage, True),
        (commit_everything, True),
        (commit_nothing, True),
        (run_into_a_conflict, True),
        (make_a_repository, True),
        (edit_in_the_repository_inside, True),
        (commit_in_the_repository_inside, True),
    ],
)
async def test_what_is_a_change(project: Path, act: Callable[[Path], None], expected: bool) -> None:
    before = await snapshot(project, IGNORE)
    act(project)

    after = await snapshot(project, IGNORE)

    assert changed(before, after) is expected


async def test_a_file_that_git_cannot_tell_from_its_times_is_read(project: Path) -> None:
    """It has the size and the time that it had when it was added, and the index is no younger."""
    readme, index = project / "readme.txt", project / ".git" / "index"
    git(project, "config", "core.trustCtime", "false")
    os.utime(readme, ns=(OLD, OLD))
    git(project, "add", "readme.txt")
    before = await snapshot(project)
    readme.write_text("ONE\ntwo\nthree\n")
    os.utime(readme, ns=(OLD, OLD))
    os.utime(index, ns=(OLD, OLD))

    assert changed(before, await snapshot(project)) is True


async def test_looking_touches_neither_the_index_nor_a_file(project: Path) -> None:
    stage(project)
    edit(project)
    status = git(project, "status", "--porcelain")
    index = (project / ".git" / "index").read_bytes()

    await snapshot(project)

    assert (project / ".git" / "index").read_bytes() == index
    assert git(project, "status", "--porcelain") == status


async def test_a_folder_inside_stands_for_its_whole_repository(project: Path) -> None:
    before = await snapshot(project / "folder")
    edit(project)

    assert changed(before, await snapshot(project / "folder")) is True


async def test_a_repository_without_a_commit_can_change(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    before = await snapshot(tmp_path)
    (tmp_path / "new.txt").write_text("new")

    assert isinstance(before, Snapshot)
    assert changed(before, await snapshot(tmp_path)) is True


async def test_no_repository_is_unknown(tmp_path: Path) -> None:
    seen = await snapshot(tmp_path)

    assert isinstance(seen, Unknown)
    assert changed(seen, seen) is None


async def test_a_broken_repository_is_unknown(project: Path) -> None:
    before = await snapshot(project)
    (project / ".git" / "index").write_bytes(b"broken")

    after = await snapshot(project)

    assert isinstance(after, Unknown)
    assert changed(before, after) is None


async def test_a_repository_that_is_gone_is_unknown(tmp_path: Path) -> None:
    assert isinstance(await snapshot(tmp_path / "gone"), Unknown)


@pytest.fixture
async def worktree(repository: Repository, tmp_path: Path) -> Worktree:
    return await create(repository, tmp_path / "worktrees", "shop", 1, "x")


async def test_the_changed_files_are_those_committed_and_those_not(worktree: Worktree) -> None:
    commit(worktree.path, readme="one\n2\nthree\n")
    (worktree.path / "new.bin").write_bytes(b"\0\1")
    (worktree.path / "other.txt").unlink()

    seen = await diff_stat(worktree)

    assert seen.files == (
        FileChange("new.bin", None, None),
        FileChange("other.txt", 0, 1),
        FileChange("readme.txt", 1, 1),
    )
    assert seen.more == 0


async def test_only_so_many_files_are_listed(worktree: Worktree) -> None:
    commit(worktree.path, **{f"file{number}": "x" for number in range(7)})

    seen = await diff_stat(worktree, most=3)

    assert (len(seen.files), seen.more) == (3, 4)


async def test_what_the_base_brought_is_no_change_of_the_session(
    repository: Repository, worktree: Worktree
) -> None:
    commit(worktree.path, mine="mine")
    commit(repository.path, theirs="theirs")
    git(worktree.path, "merge", "--quiet", "--no-edit", "main")

    assert [file.path for file in (await diff_stat(worktree)).files] == ["mine.txt"]


async def test_merged_work_is_still_shown(repository: Repository, worktree: Worktree) -> None:
    commit(worktree.path, mine="mine")
    git(repository.path, "merge", "--quiet", worktree.branch)

    assert [file.path for file in (await diff_stat(worktree)).files] == ["mine.txt"]


async def test_a_difference_is_shown_up_to_a_size(worktree: Worktree) -> None:
    (worktree.path / "readme.txt").write_text("one\n" + "more\n" * 1000)

    whole, part = await diff(worktree), await diff(worktree, cap=100)

    assert "+more" in whole.text
    assert "-two" in whole.text
    assert not whole.cut
    assert (part.text, part.cut) == (whole.text[:100], True)
