"""`callboard send` and `callboard deliveries`, as commands on a real server."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from core.api.channels import NewChannel, add_channel
from core.client import Client
from core.home import Home
from tests.servers import home_in, served
from tui.cli.main import main

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    home = home_in(tmp_path_factory.mktemp("board"))
    with served(home), Client(home.socket) as client:
        client.send(add_channel(NewChannel("ops", "webhook", {"url": "https://hooks.example.com/in"})))
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


def test_a_delayed_send_is_listed_shown_taken_back_and_counted(callboard: Command) -> None:
    sent = ("send", "ops", "Standup", "In an hour.", "--delay", "1h", "--severity", "warning")
    made = whole(callboard(*sent, "--id", "standup", "--json"))
    again = whole(callboard(*sent, "--id", "standup", "--json"))
    (listed,) = whole(callboard("deliveries", "list", "-f", "channel:ops status:pending", "--json"))
    shown = callboard("deliveries", "show", made["id"])[1]
    taken_back = callboard("deliveries", "cancel", made["id"])[1]
    counted = whole(callboard("deliveries", "stats", "-w", "default", "--json"))
    lines = callboard("deliveries", "list")[1].splitlines()

    assert made == again
    assert (listed["id"], listed["status"], listed["ruleId"]) == (made["id"], "pending", "direct")
    assert "In an hour." in shown
    assert taken_back == "It is not sent.\n"
    assert (counted["total"], counted["cancelled"]) == (1, 1)
    assert lines[0].split() == ["ID", "AT", "STATUS", "CHANNEL", "RULE", "TRIES", "NEXT", "TITLE", "WHY"]
    assert lines[1].split()[0] == made["id"]
    assert lines[1].endswith("Taken back by " + listed["sender"] + ".")


def test_what_cannot_be_sent_says_what_is_wrong(callboard: Command) -> None:
    unknown = callboard("send", "nowhere", "Title", "Body")
    long = callboard("send", "ops", "Title", "Body", "--delay", "31d")
    lost = callboard("deliveries", "show", "notif_nothing")

    assert [unknown[0], long[0], lost[0]] == [2, 2, 1]
    assert "channel: There is no channel nowhere." in unknown[2]
    assert "delayMs: It is between 0 and 2,592,000,000, which is 30 days." in long[2]
    assert "There is no delivery notif_nothing, or none that you may see." in lost[2]
