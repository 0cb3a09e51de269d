"""`callboard mutes` and `callboard filters`, as commands on a real server."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from core.home import Home
from tests.servers import home_in, served
from tui.cli.main import main

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    home = home_in(tmp_path_factory.mktemp("board"))
    with served(home):
        yield home


@pytest.fixture
def callboard(home: Home, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run one command on the home: its exit code and what it said."""

    def command(*arguments: str) -> tuple[int, str, str]:
        code = main([*arguments, "--home", str(home.path)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


def whole(said: tuple[int, str, str]) -> Any:
    assert said[0] == 0, said[2]
    return json.loads(said[1])


def test_a_source_is_muted_listed_and_brought_back(callboard: Command) -> None:
    made = whole(callboard("mutes", "add", "callboard:automation/12", "--until", "2032-12-01T09:00Z", "--json"))
    said = callboard("mutes", "add", "task", "--event", "task:review", "-w", "default")[1]
    lines = callboard("mutes", "list")[1].splitlines()

    assert (made["source"], made["until"]) == ("automation/12", "2032-12-01T09:00:00Z")
    assert said.startswith("Muted task for good. Take it back with: callboard mutes remove ")
    assert [line.split() for line in lines] == [
        ["ID", "SOURCE", "EVENT", "WORKSPACE", "UNTIL"],
        [str(made["id"]), "automation/12", "-", "-", "2032-12-01T09:00:00Z"],
        [str(made["id"] + 1), "task", "task:review", "default", "for", "good"],
    ]
    assert [mute["id"] for mute in whole(callboard("mutes", "list", "-f", "from:task", "--json"))] == [
        made["id"] + 1
    ]
    for number in (made["id"], made["id"] + 1):
        assert callboard("mutes", "remove", str(number)) == (0, "It is no longer muted.\n", "")
    assert callboard("mutes", "list") == (0, "", "")


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["mutes", "add", " "], 2, "Name what the notification comes from"),
        (["mutes", "add", "task", "--until", "2001-01-01"], 2, "is past"),
        (["mutes", "add", "task", "-w", "nowhere"], 2, "There is no workspace"),
        (["mutes", "remove", "99"], 1, "You have no mute 99"),
        (["filters", "save", "x", "nope:1"], 2, "filters[0].filter, character"),
        (["filters", "remove", "x"], 2, "You have saved no filter 'x' for inbox"),
        (["inbox", "list", "-f", "@x"], 2, "You have saved no filter '@x' for inbox"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(
    callboard: Command, arguments: list[str], code: int, sentence: str
) -> None:
    got, out, err = callboard(*arguments)

    assert (got, out) == (code, "")
    assert sentence in err


def test_a_filter_is_saved_used_by_its_name_renamed_and_removed(callboard: Command) -> None:
    callboard("filters", "save", "urgent", "is:unread sev:critical")
    callboard("filters", "save", "@broken", "state:failed", "--list", "sessions")
    callboard("filters", "save", "urgent", "sev:critical")
    assert [line.split() for line in callboard("filters", "list")[1].splitlines()] == [
        ["LIST", "NAME", "FILTER"],
        ["inbox", "@urgent", "sev:critical"],
        ["sessions", "@broken", "state:failed"],
    ]

    assert whole(callboard("inbox", "list", "-f", "@urgent", "--json")) == []
    assert whole(callboard("sessions", "list", "-f", "@broken", "--json")) == []
    assert whole(callboard("events", "list", "-f", "@broken", "--json")) == []  # a word like any other

    callboard("filters", "rename", "urgent", "now")
    assert callboard("inbox", "list", "-f", "@urgent")[2].startswith(
        "callboard: You have saved no filter '@urgent' for inbox: there are @now."
    )
    callboard("filters", "remove", "now")
    left = whole(callboard("filters", "remove", "broken", "--list", "sessions", "--json"))
    assert left == []
