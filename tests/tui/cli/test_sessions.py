"""Sessions from the command line: started, followed, spoken to, stopped, and any command as one of them."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.tui.cli.board import PATIENCE, Board


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def until(look: Callable[[], Any]) -> Any:
    """What is found, when there is something."""
    end = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


def test_exec_runs_in_this_folder_and_prints_the_number_of_the_session(board: Board, in_a_folder: Path) -> None:
    done = board.run("exec", "--title", "Touch", "--", "touch", "a b")

    session = until(lambda: ended(board, done.out.strip()))
    assert (session["state"], session["provider"], session["title"]) == ("done", "shell", "Touch")
    assert (in_a_folder / "a b").exists()


def test_the_inbox_says_how_a_command_ended(board: Board) -> None:
    board.run("exec", "--title", "Told of", "--", "false")

    def told() -> list[str]:
        return [item["title"] for item in board.json("inbox", "list") if "Told of" in item["title"]]

    assert until(told) == ["Session failed: Told of"]


def test_waiting_shows_what_is_printed_and_exits_as_the_command_does(board: Board) -> None:
    done = board.run("exec", "--wait", "sh", "-c", "echo one; echo two >&2; exit 7")

    assert (done.code, sorted(done.out.split()), done.err) == (7, ["one", "two"], "")


def test_waiting_for_json_prints_how_it_ended_and_nothing_else(board: Board) -> None:
    done = board.run("exec", "--wait", "--json", "--", "sh", "-c", "echo one; exit 7")
    session = board.json("sessions", "start", "--wait", "--json", "echo two")

    assert (done.code, json.loads(done.out)["outcome"]) == (7, "failed")
    assert (session["outcome"], session["turns"][0]["exit_code"]) == ("succeeded", 0)


def test_what_a_command_prints_is_harmless(board: Board) -> None:
    done = board.run("exec", "--wait", "--", "printf", "\\033[31mred\\033[0m \\007\n")

    assert (done.code, done.out) == (0, "␛[31mred␛[0m ␇\n")


def test_a_program_that_is_not_there_is_said_on_standard_error(board: Board) -> None:
    done = board.run("exec", "--wait", "no-such-program")

    assert (done.code, done.out) == (1, "")
    assert "no-such-program was not found" in done.err


def test_a_session_is_started_followed_and_spoken_to(board: Board) -> None:
    started = board.run("sessions", "start", "--wait", "--title", "Talk", "echo hello")
    (session,) = [one for one in board.json("sessions", "list") if one["title"] == "Talk"]
    number = str(session["id"])

    said = board.run("sessions", "say", "--wait", number, stdin="echo again")
    shown = board.run("sessions", "show", number)
    completed = board.json("sessions", "complete", number)

    assert (started.code, started.out, said.code, said.out) == (0, "hello\n", 0, "again\n")
    assert board.run("sessions", "output", number, "--turn", "1").out == "hello\n"
    assert board.run("sessions", "output", number, "--follow").out == "hello\nagain\n"
    assert "Turn 2 (chat) succeeded, exit code 0" in shown.out
    assert completed["state"] == "done"


def test_a_session_is_stopped_and_resumed(board: Board, in_a_folder: Path) -> None:
    hold = in_a_folder / "hold"
    hold.touch()
    prompt = f"test ! -e {hold} || sleep 600"
    number = str(board.json("sessions", "start", prompt)["id"])
    until(lambda: board.json("sessions", "show", number)["state"] == "running")

    stopped = board.run("sessions", "stop", number)
    cancelled = until(lambda: ended(board, number))
    hold.unlink()
    resumed = board.run("sessions", "resume", number)
    session = until(lambda: ended(board, number))

    assert (stopped.code, cancelled["state"], resumed.code) == (0, "cancelled", 0)
    assert (session["state"], session["outcome"]) == ("waiting", "succeeded")


def test_a_workflow_is_run_by_its_name_and_waits_for_a_word(board: Board, in_a_folder: Path) -> None:
    workflow = in_a_folder / "release.toml"
    workflow.write_text(
        'name = "release"\n[params.version]\nrequired = true\n'
        '[[steps]]\nid = "ok"\nkind = "approval"\nmessage = "Release {{version}}?"\n'
        '[[steps]]\nid = "go"\nkind = "command"\nargv = ["echo", "{{version}} is out"]\n'
    )
    assert board.run("workflows", "add", str(workflow)).code == 0
    missing = board.run("run", "release")
    number = board.run("run", "release", "-p", "version=4.2").out.strip()
    (approval,) = until(lambda: board.json("approvals", "list", "-f", f"is:open session:{number}"))

    answered = board.run("approvals", "answer", str(approval["id"]), "allow")
    session = until(lambda: ended(board, number))

    assert (missing.code, "version" in missing.err) == (2, True)
    assert approval["detail"] == "Release 4.2?"
    assert "Answered by" in answered.out
    assert (session["outcome"], session["turns"][-1]["text"]) == ("succeeded", "4.2 is out\n")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["sessions", "show", "999"], 1, "no session 999"),
        (["sessions", "start", "-k", "bot", "hello"], 2, "bot"),
        (["sessions", "start", "--provider", "nobody", "hello"], 2, "no provider nobody"),
        (["sessions", "list", "-f", "state:x"], 2, "state"),
        (["exec"], 2, "COMMAND"),
        (["run", "nothing"], 2, "no workflow nothing"),
        (["approvals", "answer", "99", "allow"], 1, "no approval 99"),
    ],
)
def test_what_cannot_be_is_said(board: Board, arguments: list[str], code: int, says: str) -> None:
    done = board.run(*arguments)

    assert (done.code, done.out) == (code, "")
    assert says in done.err


def ended(board: Board, number: str) -> Any:
    """The session, once its run is over."""
    session = board.json("sessions", "show", number)
    return session if session["state"] not in ("queued", "running", "asking") else None
