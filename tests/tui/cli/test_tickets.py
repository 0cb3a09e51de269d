"""`callboard tickets` and `callboard missions` on a real server."""

import json
from pathlib import Path

import pytest

from tests.tui.cli.board import Board, Outcome
from tests.tui.cli.test_frame import assert_refused

NOTIFICATIONS = {"rules": [{"id": "mine", "events": ["task:*"], "channels": ["slack"]}], "inherit": True}
PLAN = {
    "name": "Release 2.0",
    "data": {"steps": ["build", "ship"]},
    "qualityThreshold": 3,
    "qualityGates": [{"name": "integration", "afterTasks": ["R-1"], "blocksTasks": ["Ship"], "minScore": 3}],
    "notifications": NOTIFICATIONS,
    "tasks": [{"title": "Build", "id": "R-1"}, {"title": "Ship", "id": "R-2"}],
}


def assert_said(outcome: Outcome, code: int, said: str) -> None:
    assert_refused(outcome, code)
    assert said in outcome.err


def written(folder: Path, name: str, content: object) -> str:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(path)


def test_a_ticket_goes_its_way(board: Board, tmp_path: Path) -> None:
    file = written(tmp_path, "own.json", NOTIFICATIONS)
    added = board.json(
        *("tickets", "add", "Sign-in page", "--id", "T-1", "--assign", board.me, "--qa", board.me),
        *("--deadline", "3d", "--notify-file", file, "-d", "Both forms."),
    )
    board.json("tickets", "move", "T-1", "implementation")
    board.json("tickets", "move", "T-1", "developer-approval")
    to_qa = board.json("tickets", "approve", "T-1")
    back = board.json("tickets", "reject", "T-1", "-r", "The second form is missing.")
    shown = board.run("tickets", "show", "T-1").out

    assert (added["status"], added["assignTo"], added["deadlineState"]) == ("pending", board.me, "open")
    assert added["notifications"]["rules"][0]["id"] == "mine"
    assert (to_qa["status"], back["status"]) == ("qa-approval", "implementation")
    assert "The second form is missing." in shown
    assert "1 rule of its own" in shown


def test_an_approval_leaves_qa_out_where_there_is_none(board: Board) -> None:
    board.json("tickets", "add", "Without QA", "--id", "T-2")
    board.json("tickets", "move", "T-2", "implementation")
    board.json("tickets", "move", "T-2", "developer-approval")

    approved = board.json("tickets", "approve", "T-2", "--score", "4.5")

    assert (approved["status"], approved["score"]) == ("pull-request", 4.5)
    assert_said(board.run("tickets", "approve", "T-2"), 1, "only what waits for an approval can be approved")


def test_a_ticket_is_changed_listed_and_deleted(board: Board) -> None:
    board.json("tickets", "add", "Coupons", "--id", "T-3", "--assign", "db-agent")
    edited = board.json("tickets", "edit", "T-3", "--title", "Coupon codes", "--deadline", "tomorrow", "--nobody")
    cleared = board.json("tickets", "edit", "T-3", "--no-deadline", "--assign", "codex")
    listed = board.json("tickets", "list", "-f", "assignee:codex")
    table = board.run("tickets", "list", "-f", "coupon").out

    assert (edited["title"], edited["assignTo"]) == ("Coupon codes", None)
    assert edited["deadline"] is not None
    assert cleared["deadline"] is None
    assert [ticket["id"] for ticket in listed] == ["T-3"]
    assert "T-3" in table
    assert board.run("tickets", "remove", "T-3", "-y").code == 0
    assert_said(board.run("tickets", "show", "T-3"), 1, "There is no ticket T-3")


def test_a_mission_comes_from_a_file_with_its_tickets_and_gates(board: Board, tmp_path: Path) -> None:
    file = written(tmp_path, "plan.json", PLAN)
    added = board.json("missions", "add", "--file", file, "--id", "release-2")
    again = board.json("missions", "add", "--file", file, "--id", "release-2")
    held = board.run("tickets", "move", "R-2", "implementation")
    board.json("tickets", "move", "R-1", "implementation")
    board.json("tickets", "move", "R-1", "completed", "--score", "4")
    gates = board.run("missions", "gates", "release-2").out
    board.json("tickets", "move", "R-2", "implementation")
    shown = board.run("missions", "show", "release-2").out

    assert (added["status"], added["tasks"]) == ("draft", {"pending": 2})
    assert again["createdAt"] == added["createdAt"]
    assert_said(held, 1, "quality gate integration holds")
    assert "passed" in gates
    assert "4 of 3" in gates
    assert "1 completed, 1 implementation" in shown
    assert [each["status"] for each in board.json("missions", "list", "-f", "state:active")] == ["active"]


def test_a_mission_is_made_moved_and_deleted_by_words(board: Board) -> None:
    board.json("missions", "add", "Tidy up", "--id", "tidy", "--threshold", "3.5", "--deadline", "7d")
    states = [
        board.json("missions", verb, "tidy")["status"]
        for verb in ("start", "pause", "resume", "complete", "resume", "fail", "cancel")
    ]
    edited = board.json("missions", "edit", "tidy", "--name", "Tidier", "--no-threshold", "--no-deadline")

    assert states == ["active", "paused", "active", "completed", "active", "failed", "cancelled"]
    assert (edited["name"], edited["qualityThreshold"], edited["deadline"]) == ("Tidier", None, None)
    assert board.json("missions", "remove", "tidy", "-y") == {"done": True}
    assert_said(board.run("missions", "add"), 2, "Give the mission a NAME")


def test_what_a_ticket_is_called_cannot_lead_the_terminal_on(board: Board) -> None:
    hostile = "\x1b]0;x\x07[b]\u202eTidy"
    board.json("missions", "add", hostile, "--id", "M-X", "--plan", hostile)
    board.json("tickets", "add", hostile, "--id", "T-X", "-d", hostile, "--assign", hostile, "--mission", "M-X")
    printed = [
        board.run(*command.split()).out
        for command in (
            "tickets list",
            "tickets show T-X",
            "missions list",
            "missions show M-X",
            "missions gates M-X",
        )
    ]

    assert "Tidy" in printed[1]
    assert not {"\x1b", "\x07", "\u202e"}.intersection("".join(printed))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("own.json", "{", "own.json: It cannot be read"),
        ("own.json", "[]", "own.json: It is not an object"),
        ("own.json", {"rules": [], "silent": True}, "silent"),
        ("own.toml", "inherit = 3", "own.toml: inherit: Expected `bool`"),
        (
            "own.json",
            {"rules": [{"id": "a", "events": ["task:*"], "channels": ["x"], "condition": {"op": "=="}}]},
            "notifications.rules[0].condition",
        ),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_its_place(
    board: Board, tmp_path: Path, name: str, content: object, said: str
) -> None:
    file = written(tmp_path, name, content)

    refused = board.run("tickets", "add", "x", "--notify-file", file)

    assert refused.code == 2
    assert said in refused.err
