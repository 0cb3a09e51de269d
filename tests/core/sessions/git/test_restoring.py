"""A turn that was to change nothing did, and its traces go without anything else."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from core.sessions.git.changes import Snapshot, snapshot
from core.sessions.git.commands import GitError
from core.sessions.git.restoring import restore
from tests.core.sessions.git.repositories import commit, git, state


@pytest.fixture
def project(project: Path) -> Path:
    """In the middle of work: a commit, something staged, something edited, something new, something ignored."""
    git(project, "checkout", "--quiet", "-b", "work")
    commit(project, done="done")
    (project / "other.txt").write_text("staged\n")
    git(project, "add", "other.txt")
    (project / "other.txt").write_text("edited after it was staged\n")
    (project / "draft.txt").write_text("draft\n")
    (project / "debug.log").write_text("log\n")
    (project / "run.sh").write_text("#!/bin/sh\n")
    (project / "run.sh").chmod(0o755)
    (project / "link").symlink_to("readme.txt")
    return project


def add_files(project: Path) -> None:
    (project / "a" / "b").mkdir(parents=True)
    (project / "a" / "b" / "new.txt").write_text("new")
    (project / os.fsdecode(b'\xff"\n')).write_text("new")


def edit_files(project: Path) -> None:
    for name in ("readme.txt", "other.txt", "draft.txt", "run.sh"):
        (project / name).write_text("overwritten")
    (project / "run.sh").chmod(0o644)


def delete_files(project: Path) -> None:
    (project / "draft.txt").unlink()
    (project / "link").unlink()
    (project / "folder" / "deep.txt").unlink()
    (project / "folder").rmdir()


def turn_a_folder_into_a_file(project: Path) -> None:
    delete_files(project)
    (project / "folder").write_text("file")


def turn_a_file_into_a_folder(project: Path) -> None:
    (project / "draft.txt").unlink()
    (project / "draft.txt").mkdir()
    (project / "draft.txt" / "inside.txt").write_text("x")


def turn_a_folder_into_a_link(project: Path) -> None:
    outside = project.parent / "outside"
    outside.mkdir()
    (outside / "deep.txt").write_text("of somebody else")
    delete_files(project)
    (project / "folder").symlink_to(outside)


def stage_everything(project: Path) -> None:
    add_files(project)
    edit_files(project)
    git(project, "add", "--all")


def commit_everything(project: Path) -> None:
    stage_everything(project)
    git(project, "commit", "--quiet", "--message", "uncalled for")


def commit_on_another_branch(project: Path) -> None:
    git(project, "checkout", "--quiet", "-b", "mine")
    commit_everything(project)


def commit_detached(project: Path) -> None:
    git(project, "checkout", "--quiet", "--detach")
    commit_everything(project)


def undo_the_last_commit(project: Path) -> None:
    git(project, "reset", "--quiet", "--hard", "HEAD~1")
    git(project, "clean", "--force", "-d", "--quiet")


@pytest.mark.parametrize(
    "act",
    [
        add_files,
        edit_files,
        delete_files,
        turn_a_folder_into_a_file,
        turn_a_file_into_a_folder,
        turn_a_folder_into_a_link,
        stage_everything,
        commit_everything,
        commit_on_another_branch,
        commit_detached,
        undo_the_last_commit,
    ],
)
async def test_everything_is_as_it_was(project: Path, act: Callable[[Path], None]) -> None:
    _, staged, files = state(project)
    status, head = git(project, "status", "--porcelain", "--branch"), git(project, "rev-parse", "HEAD")
    before = await snapshot(project)
    assert isinstance(before, Snapshot)
    act(project)

    paths = await restore(project, before)

    assert paths
    assert state(project)[1:] == (staged, files)
    assert git(project, "status", "--porcelain", "--branch") == status
    assert git(project, "rev-parse", "HEAD") == head
    assert (project / "link").readlink() == Path("readme.txt")
    assert (project / "run.sh").stat().st_mode & 0o111


async def test_a_link_is_not_followed_out_of_the_tree(project: Path) -> None:
    before = await snapshot(project)
    assert isinstance(before, Snapshot)
    turn_a_folder_into_a_link(project)

    await restore(project, before)

    assert (project.parent / "outside" / "deep.txt").read_text() == "of somebody else"
    assert (project / "folder" / "deep.txt").read_text() == "deep\n"


async def test_a_commit_that_is_undone_can_still_be_found(project: Path) -> None:
    before = await snapshot(project)
    assert isinstance(before, Snapshot)
    commit_everything(project)
    made = git(project, "rev-parse", "HEAD")

    await restore(project, before)

    assert made in git(project, "reflog", "--format=%H")


async def test_where_nothing_changed_nothing_is_done(project: Path) -> None:
    before = await snapshot(project)
    assert isinstance(before, Snapshot)
    index = (project / ".git" / "index").read_bytes()

    assert await restore(project, before) == ()
    assert (project / ".git" / "index").read_bytes() == index


async def test_files_that_agents_leave_behind_are_let_be(project: Path) -> None:
    before = await snapshot(project, (".aider*",))
    assert isinstance(before, Snapshot)
    (project / ".aider.history").write_text("x")
    add_files(project)

    await restore(project, before, (".aider*",))

    assert (project / ".aider.history").exists()
    assert not (project / "a").exists()


async def test_a_repository_that_was_made_inside_is_not_deleted_but_told(project: Path) -> None:
    before = await snapshot(project)
    assert isinstance(before, Snapshot)
    (project / "second").mkdir()
    git(project / "second", "init", "--quiet")
    commit(project / "second", new="new")
    add_files(project)

    with pytest.raises(GitError, match="Not all of"):
        await restore(project, before)

    assert (project / "second" / "new.txt").exists()
    assert not (project / "a").exists()


async def test_a_snapshot_whose_objects_are_gone_touches_nothing(project: Path) -> None:
    before = await snapshot(project)
    assert isinstance(before, Snapshot)
    (project / "draft.txt").write_text("edited")
    lost = Snapshot("1" * 40, before.head, before.branch)

    with pytest.raises(GitError):
        await restore(project, lost)

    assert (project / "draft.txt").read_text() == "edited"
