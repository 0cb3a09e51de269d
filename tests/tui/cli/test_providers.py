"""`callboard providers` on a real server."""

from tests.tui.cli.board import Board
from tests.tui.cli.test_frame import assert_refused


def test_the_providers_are_listed_and_the_shell_is_always_ready(board: Board) -> None:
    listed = {each["name"]: each for each in board.json("providers", "list")}
    table = board.run("providers", "list").out

    assert listed["shell"]["ready"] is True
    assert listed["codex"]["parser"] == "codex"
    assert table.splitlines()[0].split() == ["NAME", "KIND", "READY", "DETAIL"]


def test_a_provider_is_tested(board: Board) -> None:
    ready = board.run("providers", "test", "shell")
    absent = board.run("providers", "test", "codex-acp", PATH="/nowhere")

    assert (ready.code, absent.code) == (0, 1)
    assert "Ready                     yes" in ready.out
    assert "codex-acp is not installed" in absent.out
    refused = board.run("providers", "test", "shel")
    assert_refused(refused, 1)
    assert "did you mean shell?" in refused.err
