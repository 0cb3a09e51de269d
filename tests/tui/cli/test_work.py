"""`callboard work` on a real server."""

from collections.abc import Iterator

import pytest

from core.api import events, people, sessions, work
from core.api.events import NoticeRequest
from core.api.sessions import CommandCreation
from core.api.work import WorkActionRequest
from core.client import Client
from tests.tui.cli.board import Board, run

HOSTILE = "a\x1b[2J\x9b1A\x07\u202eb\rc"


@pytest.fixture(scope="module")
def filled(board: Board) -> Board:
    """The shared home with a failed session and a notification that has a hostile title."""
    assert board.run("workspaces", "create", "shop").code == 0
    with Client(board.home / "callboard.sock") as client:
        client.send(sessions.run_command(CommandCreation("shop", ["false"], title="Build")))
        client.send(events.notify(NoticeRequest(client.send(people.me()).name, HOSTILE, "")))
        _wait_for(client, 3)  # and how the session ended
    return board


@pytest.fixture
def desk(filled: Board) -> Iterator[Board]:
    """That home, with nothing hidden."""
    yield filled
    with Client(filled.home / "callboard.sock") as client:
        client.send(work.act(WorkActionRequest("show", filter="is:hidden")))


def test_what_needs_the_person_is_shown_type_by_type(desk: Board) -> None:
    shown = desk.run("work")
    sections = desk.json("work")["sections"]

    lines = shown.out.splitlines()
    assert lines[0] == "Sessions: 1, 1 needs you"
    assert lines[1].split() == ["REF", "STATE", "SINCE", "WORKSPACE", "TITLE", "DOING"]
    assert lines[2].split()[:2] == ["session/1", "failed"]
    assert "Build" in lines[2]
    assert [section["type"] for section in sections] == ["session", "notification"]
    assert sections[0]["items"][0]["title"] == "Build"


def test_the_table_is_filtered_ordered_and_cut(desk: Board) -> None:
    refs = [item["ref"] for item in desk.json("work", "list", "--sort", "type", "--order", "up")]

    assert refs[-1] == "session/1"
    assert [item["ref"] for item in desk.json("work", "list", "--filter", "type:session build")] == ["session/1"]
    assert len(desk.json("work", "list", "--limit", "1")) == 1
    lines = desk.run("work", "list", "--all").out.splitlines()
    assert lines[0].split() == ["REF", "STATE", "CREATED", "UPDATED", "WORKSPACE", "TITLE"]
    assert len(lines) == 1 + len(refs)
    assert desk.run("work", "list", "--filter", "is:nothing").code == 2


def test_things_are_hidden_shown_and_taken_back(desk: Board) -> None:
    hidden = desk.run("work", "hide", "session/1").out
    assert hidden.startswith("Hidden: 1 thing. Take it back with: callboard work undo ")
    assert desk.run("work", "hide", "callboard:session/1").out == "Nothing to change.\n"
    assert desk.json("work", "show", "session/1")["changed"] == ["session/1"]
    assert desk.run("work", "undo").out == "Undone: show of 1 thing.\n"
    assert [item["hidden"] for item in desk.json("work", "list", "--filter", "type:session")] == [True]


def test_a_filter_hides_in_bulk_but_not_unasked(desk: Board) -> None:
    assert desk.run("work", "hide", "--filter", "is:needs").code == 2
    assert desk.run("work", "hide").code == 2
    assert len(desk.json("work", "hide", "--filter", "is:needs", "--yes")["changed"]) == 3

    assert desk.run("work").out == ""
    assert desk.json("work", "undo")["action"] == "hide"


def test_a_thing_says_where_it_leads(desk: Board) -> None:
    shown = desk.run("work", "open", "session/1").out

    assert "callboard:session/1" in shown
    assert "callboard sessions show 1" in shown
    assert desk.json("work", "open", "session/1")["state"] == "failed"
    assert desk.run("work", "open", "session/999").code == 1
    assert desk.run("work", "open", "7").code == 2


def test_names_of_things_are_completed(desk: Board) -> None:
    words = f"callboard --home {desk.home} work hide session/"
    completed = run(_CALLBOARD_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD="5")

    assert "session/1" in completed.out


def _wait_for(client: Client, needing: int) -> None:
    """Running and addressing take moments: wait until so many things need the person."""
    for _ in range(5_000):
        if len(client.send(work.work(filter="is:needs")).items) == needing:
            return
    raise AssertionError(f"there never were {needing} things")
