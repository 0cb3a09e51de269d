"""`callboard sessions merge` and its like, and `callboard costs`, on a real server with a repository."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.cli.board import Board
from tests.tui.cli.test_frame import assert_refused

URL = "https://github.com/acme/shop/pull/7"
AUTHOR = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
GH = f"""#!/bin/sh
case $2 in
create) echo {URL} ;;
view) printf '{{"number": 7, "state": "OPEN", "mergedAt": null, "headRefOid": "abc"}}' ;;
esac
"""


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *AUTHOR, *arguments], cwd=folder, capture_output=True, check=True, text=True
    ).stdout.strip()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with one commit."""
    path = tmp_path_factory.mktemp("project")
    git(path, "init", "--quiet", "--initial-branch=main")
    (path / "readme.txt").write_text("one\n")
    git(path, "add", "--all")
    git(path, "commit", "--quiet", "--message", "one")
    return path


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Iterator[Board]:
    """A home whose server works in that repository, and finds a `gh` that answers at once."""
    programs = tmp_path_factory.mktemp("bin")
    (programs / "gh").write_text(GH)
    (programs / "gh").chmod(0o700)
    home = tmp_path_factory.mktemp("home", numbered=True)
    (home / "config.toml").write_text('[providers.parrot]\nargv = ["cat"]\n')
    (home / "config.toml").chmod(0o600)
    made = Board(home)
    assert made.run("up", PATH=f"{programs}:{os.environ['PATH']}").code == 0
    made.json("workspaces", "settings", "default", "--folder", str(project))
    yield made
    assert made.run("down").code == 0


def worked(board: Board, script: str) -> str:
    """The number of a Develop session that has run a script."""
    started = board.run("sessions", "start", "--wait", "--kind", "develop", "--title", script, script)
    assert started.code == 0, started.err
    return str(next(one["id"] for one in board.json("sessions", "list") if one["title"] == script))


def test_a_branch_is_tried_and_merged(board: Board, project: Path) -> None:
    number = worked(board, "echo new > new.txt")

    tried = board.json("sessions", "merge", number, "--dry-run")
    assert (tried["merged"], tried["commit"]) == (True, None)
    merged = board.run("sessions", "merge", number)

    assert (merged.code, (project / "new.txt").read_text()) == (0, "new\n")
    assert "was merged into main" in merged.out
    assert board.json("sessions", "show", number)["state"] == "done"
    assert git(project, "log", "-1", "--format=%s") == "echo new > new.txt"


def test_a_conflict_names_its_files_and_tells_whoever_merges(board: Board, project: Path) -> None:
    number = worked(board, "echo theirs > readme.txt")
    (project / "readme.txt").write_text("ours\n")
    git(project, "commit", "--quiet", "--all", "--message", "ours")

    merged = board.run("sessions", "merge", number)

    assert merged.code == 1
    assert merged.out.splitlines()[-1] == "  readme.txt"
    assert git(project, "status", "--porcelain") == ""
    assert "merge:failed" in [item["event"] for item in board.json("inbox", "list")]
    listed = board.run("sessions", "worktrees", "-f", f'"{"echo theirs"}"').out
    assert "There are changes in the worktree that are in no commit" in listed
    assert_refused(board.run("sessions", "remove-worktree", number), 1)


def test_what_cannot_be_merged_is_refused(board: Board) -> None:
    started = board.run("sessions", "start", "--wait", "--title", "A chat", "true")
    assert started.code == 0
    number = next(one["id"] for one in board.json("sessions", "list") if one["title"] == "A chat")

    assert_refused(board.run("sessions", "merge", str(number)), 1)
    assert_refused(board.run("sessions", "merge", "999999"), 1)


def test_a_session_is_bound_to_a_pull_request(board: Board) -> None:
    number = worked(board, "true")

    bound = board.run("sessions", "pull-request", number, URL)

    assert bound.out == f"Session {number}: {URL}, which is open.\n"
    assert_refused(board.run("sessions", "pull-request", number, "https://example.com/x"), 2)
    assert_refused(board.run("sessions", "pull-request", number, URL, "--title", "x"), 2)
    assert board.run("sessions", "remove-worktree", number).out == f"Removed: the worktree of session {number}.\n"


def test_costs_say_what_is_unknown(board: Board) -> None:
    assert board.json("costs") == []
    assert board.run("sessions", "start", "--wait", "--provider", "parrot", "hello").code == 0

    (cost,) = board.json("costs", "--by", "provider")
    table = board.run("costs", "--by", "provider").out

    assert (cost["group"], cost["cost"], cost["turns"], cost["unmetered"]) == ("parrot", None, 1, 1)
    assert [line.split() for line in table.splitlines()] == [
        ["PROVIDER", "COST", "TURNS", "UNKNOWN", "READ", "WRITTEN"],
        ["parrot", "unknown", "1", "1", "unknown", "unknown"],
    ]
    assert_refused(board.run("costs", "--filter", "nothing:x"), 2)
    assert_refused(board.run("costs", "--by", "week"), 2)
