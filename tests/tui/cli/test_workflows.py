"""`callboard workflows`, `bots`, `pins` and `workspaces settings` on a real server."""

import json
from pathlib import Path

import pytest

from tests.tui.cli.board import Board, run
from tests.tui.cli.test_frame import assert_refused

RELEASE = """\
name = "release"
description = "Cut a release"

[params.version]
required = true
description = "Which"

[[steps]]
id = "bump"
kind = "prompt"
prompt = "Bump to {{version}}"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "release.toml"
    path.write_text(RELEASE)
    return path


def test_a_workflow_is_kept_shown_written_anew_and_deleted(board: Board, file: Path) -> None:
    added = board.json("workflows", "add", str(file))
    shown = board.run("workflows", "show", "release").out
    source = board.run("workflows", "show", "release", "--source").out
    file.write_text(RELEASE.replace("Cut", "Make"))
    edited = board.json("workflows", "edit", str(file), "-w", "default")

    assert (added["name"], added["workspace"], added["revision"]) == ("release", "default", 1)
    assert "required, Which" in shown
    assert source == RELEASE
    assert (edited["description"], edited["revision"]) == ("Make a release", 2)
    assert "release" in board.run("workflows", "list").out
    assert [each["name"] for each in board.json("workflows", "list", "-f", "Make")] == ["release"]
    assert board.run("workflows", "delete", "release", "-y").code == 0
    assert board.json("workflows", "list") == []


def test_a_run_names_what_runs_it_and_what_it_is_for(board: Board, file: Path) -> None:
    board.run("workflows", "add", str(file))

    refused = board.run("run", "release", "-p", "version=1", "--provider", "nobody")
    started = board.json("run", "release", "-p", "version=1", "--provider", "claude", "--ticket", "T-7")

    assert (refused.code, "nobody" in refused.err) == (2, True)
    assert (started["provider"], started["ticket"]) == ("claude", "T-7")


def test_a_workflow_comes_from_standard_input_too(board: Board) -> None:
    source = json.dumps({"name": "piped", "steps": [{"id": "end", "kind": "complete"}]})

    added = board.run("workflows", "add", "-", "--json", stdin=source).json()

    assert (added["name"], added["format"]) == ("piped", "json")


def test_a_file_is_checked_without_a_server(file: Path) -> None:
    checked = run("workflows", "check", str(file))
    file.write_text(RELEASE.replace("{{version}}", "{{vresion}}"))
    wrong = run("workflows", "check", str(file))

    assert (checked.code, checked.out) == (0, "The workflow release is in order.\n")
    assert_refused(wrong, 2)
    assert f"{file}:11: step 1, prompt: {{{{vresion}}}}" in wrong.err
    assert "did you mean version?" in wrong.err


def test_bots_are_made_changed_and_deleted_by_name_or_number(board: Board, tmp_path: Path) -> None:
    (tmp_path / "told.txt").write_text("Write well.\n")

    made = board.json("bots", "add", "Scribe", "-p", "shell", "-i", f"@{tmp_path}/told.txt", "--model", "m")
    changed = board.json("bots", "edit", "Scribe", "--name", "Writer", "--no-model")
    shown = board.json("bots", "show", str(made["id"]))

    assert (made["instructions"], made["model"]) == ("Write well.\n", "m")
    assert (changed["name"], changed["model"], changed["instructions"]) == ("Writer", None, "Write well.\n")
    assert shown == changed
    assert "Writer" in board.run("bots", "list").out
    assert board.run("bots", "delete", "Writer", "-y").code == 0
    assert board.json("bots", "list") == []


def test_pins_are_added_moved_and_removed(board: Board) -> None:
    for name in ("One", "Two", "Three"):
        board.json("bots", "add", name, "-p", "shell")

    board.json("pins", "add", "bot", "One")
    board.json("pins", "add", "bot", "Two")
    moved = board.json("pins", "add", "bot", "Three", "--at", "1")
    again = board.json("pins", "add", "bot", "Three")
    removed = board.json("pins", "remove", "bot", "One")
    chosen = board.json("pins", "set", "bot/One", "bot/Two")

    assert [pin["name"] for pin in moved] == ["Three", "One", "Two"]
    assert [pin["name"] for pin in again] == ["One", "Two", "Three"]
    assert [pin["name"] for pin in removed] == ["Two", "Three"]
    assert [pin["name"] for pin in chosen] == ["One", "Two"]
    assert board.run("pins", "list").out.splitlines()[2].split()[:2] == ["2", "bot"]
    assert board.json("pins", "set") == []


def test_a_workspace_says_where_and_how_its_work_is_done(board: Board, tmp_path: Path) -> None:
    told = board.json(
        "workspaces",
        "settings",
        "default",
        "--folder",
        str(tmp_path),
        "--base",
        "main",
        "--verify",
        "make check",
        "--verify",
        "sh -c 'exit 0'",
        "--test",
        "make test",
        "--hook",
        "on_done=notify --to 'the team'",
        "--hook-seconds",
        "20",
    )
    secret = board.run("workspaces", "settings", "default", "--request-secret", "--json", stdin="s3cret-words\n")
    shown = board.run("workspaces", "settings", "default").out
    taken = board.json("workspaces", "settings", "default", "--base", "", "--verify", "", "--hook", "")

    assert told["verify"] == [["make", "check"], ["sh", "-c", "exit 0"]]
    assert told["hooks"] == {"on_done": [["notify", "--to", "the team"]]}
    assert secret.json()["request_secret_set"]
    assert "s3cret" not in secret.out + shown
    assert "sh -c 'exit 0'" in shown
    assert (taken["base"], taken["verify"], taken["hooks"], taken["test"]) == (None, [], {}, ["make", "test"])


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["workflows", "show", "nothing"], 1),
        (["workflows", "add", "/no/such/file.toml"], 2),
        (["workflows", "add", "/dev/null"], 2),
        (["workflows", "delete", "nothing", "-y"], 1),
        (["bots", "show", "Nobody"], 2),
        (["bots", "show", "999"], 1),
        (["bots", "add", "x", "-p", "shel"], 2),
        (["bots", "add", "x", "-p", "shell", "-i", "@/no/such/file"], 2),
        (["pins", "set", "Scribe"], 2),
        (["pins", "add", "bot", "999"], 1),
        (["workspaces", "settings", "nowhere"], 1),
        (["workspaces", "settings", "default", "--folder", "/no/such/folder"], 2),
        (["workspaces", "settings", "default", "--verify", "'open"], 2),
        (["workspaces", "settings", "default", "--hook", "on_monday=x"], 2),
        (["workspaces", "settings", "default", "--hook", "on_done"], 2),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(board: Board, arguments: list[str], code: int) -> None:
    assert_refused(board.run(*arguments), code)
