"""`callboard channels`, as commands on a real server."""

import json
from pathlib import Path
from typing import Any

import click
import pytest

from tests.tui.cli.board import Board, NearBoard
from tui.cli.channel_settings import settings_of

SECRET = "https://hooks.slack.com/services/T/B/sesame"


@pytest.mark.parametrize(
    ("pairs", "settings"),
    [
        (["a=b=c"], {"a": "b=c"}),
        (["port=587", "n=-100", "zero=007", "on=true", "plus=+49"], None),
        (["to=a", "to=b", "to=3"], {"to": ["a", "b", "3"]}),
        (["headers.A=1", "headers.B.c=x"], {"headers": {"A": "1", "B.c": "x"}}),
        (["chatId=@@ops", "e="], {"chatId": "@ops", "e": ""}),
    ],
)
def test_settings_are_typed_as_key_and_value(pairs: list[str], settings: dict[str, Any] | None) -> None:
    expected = settings or {"port": 587, "n": -100, "zero": "007", "on": True, "plus": "+49"}
    assert settings_of(pairs) == expected


@pytest.mark.parametrize("pair", ["sesame", "=sesame", "key=@/nowhere/at/all", "key=@"])
def test_what_is_no_setting_is_said_without_its_value(pair: str) -> None:
    with pytest.raises(click.BadParameter) as caught:
        settings_of([pair])
    assert "sesame" not in caught.value.message.removeprefix("'sesame'")


def test_a_channel_is_made_with_a_secret_that_no_list_of_processes_shows(board: Board, tmp_path: Path) -> None:
    made = board.run("channels", "add", "ops", "-t", "slack", "-s", "webhookUrl=@-", stdin=SECRET + "\n")
    assert made.code == 0, made.err
    file = tmp_path / "token"
    file.write_text("Bearer sesame\n")
    headers = f"headers.Authorization=@{file}"
    hook = ("channels", "add", "hook", "-t", "webhook", "-s", "url=https://hooks.example.com/x", "-s", headers)
    shown = board.json(*hook)
    assert shown["settings"] == {"url": "***", "headers": {"Authorization": "***"}}

    edited = board.json("channels", "edit", "hook", "-s", "headers.X-Team=ops", "-s", "ratePerMinute=60")
    assert edited["settings"] == {
        "url": "***",
        "headers": {"Authorization": "***", "X-Team": "***"},
        "ratePerMinute": 60,
    }
    without = board.json("channels", "edit", "hook", "--unset", "ratePerMinute")
    assert "ratePerMinute" not in without["settings"]

    listed = board.run("channels", "list").out
    assert [line.split()[:3] for line in listed.splitlines()[1:]] == [
        ["hook", "webhook", "working"],
        ["ops", "slack", "working"],
    ]
    assert "sesame" not in made.out + listed + board.run("channels", "show", "ops").out + json.dumps(shown)


def test_a_channel_is_disabled_enabled_and_removed(board: Board) -> None:
    board.run("channels", "add", "here", "-t", "desktop")
    assert board.json("channels", "disable", "here")["state"] == "disabled"
    assert [each["name"] for each in board.json("channels", "list", "-f", "state:disabled")] == ["here"]
    assert board.json("channels", "enable", "here")["state"] == "working"
    assert board.run("channels", "remove", "here", "--yes").code == 0
    gone = board.run("channels", "show", "here")
    assert (gone.code, gone.err) == (1, "callboard: There is no channel here.\n")


def test_each_test_is_a_line_and_one_that_fails_is_the_exit_code(board: Board) -> None:
    board.run("channels", "add", "near", "-t", "webhook", "-s", "url=https://127.0.0.1:1/sesame")
    tried = board.run("channels", "test", "near", "absent")
    assert tried.code == 1
    lines = tried.out.splitlines()
    assert lines[0].startswith("fail  near: 127.0.0.1 is an address that is not public.")
    assert lines[1] == "fail  absent: There is no channel absent."
    every = json.loads(board.run("channels", "test", "--json").out)
    assert "near" in [each["channel"] for each in every]
    assert "sesame" not in tried.out


def test_what_is_wrong_is_said_and_nothing_is_made(board: Board) -> None:
    wrong = board.run("channels", "add", "x", "-t", "telegram", "-s", "botToken=${HOME}", "-s", "chatId=1")
    assert wrong.code == 2
    assert "add it to env under [secrets]" in wrong.err
    assert board.run("channels", "show", "x").code == 1
    assert board.run("channels", "edit", "ops").code == 2
    assert board.run("channels", "add", "x", "-t", "pigeon").code == 2


def test_mistakes_in_the_files_are_said_by_check_and_doctor(tmp_path: Path) -> None:
    home = NearBoard(tmp_path / "home")
    home.home.mkdir(mode=0o700)
    config = home.home / "config.toml"
    config.write_text('[notifications.channels.ops]\ntype = "slack"\nwebhookUrl = "${NOPE_NOT_SET}"\n')
    config.chmod(0o600)
    line = (
        "config.toml:3: [notifications.channels.ops] webhookUrl: The channel ops needs the variable NOPE_NOT_SET"
    )
    checked = home.run("config", "check")
    assert (checked.code, checked.out.startswith(line)) == (1, True)
    assert json.loads(home.run("config", "check", "--json").out)["ok"] is False
    assert home.run("rules", "check").out.startswith(line)
    found = json.loads(home.run("doctor", "--json").out)
    (notifications,) = (check for check in found if check["name"] == "notifications")
    assert (notifications["state"], notifications["said"].startswith(line)) == ("warn", True)
    assert home.run("config", "check", NOPE_NOT_SET="https://hooks.slack.com/services/x").code == 0
