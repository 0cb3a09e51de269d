"""`callboard alerts`: it says which way alerts take, tries them all, and remembers what was seen."""

import json
import sys
from pathlib import Path

import pytest

from tests.terminal import Terminal, clean_environment
from tests.tui.cli.board import Outcome, run_here

BELOW_SSH = {"SSH_CONNECTION": "10.0.0.9 50112 10.0.0.1 22"}
NOWHERE = {"TMUX": "", "STY": "", "ZELLIJ": "", "TERM_PROGRAM": "", "KITTY_WINDOW_ID": ""}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = tmp_path / "home"
    made.mkdir(mode=0o700)
    return made


def alerts(home: Path, *arguments: str, **environment: str) -> Outcome:
    settled = {**NOWHERE, "DBUS_SESSION_BUS_ADDRESS": "", **BELOW_SSH, "TERM": "xterm-kitty", **environment}
    return run_here("--home", str(home), "alerts", *arguments, **settled)


def test_the_way_is_told_with_its_reason(home: Path) -> None:
    told = alerts(home, "status")
    assert told.code == 0
    assert "the terminal's notifications (OSC 99)" in told.out
    assert "TERM is xterm-kitty" in told.out
    known = json.loads(alerts(home, "status", "--json", TERM="xterm").out)
    assert (known["way"], known["chosen"], known["remote"]) == ("bell", False, True)


def test_a_way_is_chosen_for_this_terminal_and_no_longer(home: Path) -> None:
    assert alerts(home, "use", "osc9").code == 0
    assert "you chose it for this terminal" in alerts(home, "status").out
    (kept,) = (home / "cache").glob("alerts-*.json")
    assert kept.stat().st_mode & 0o777 == 0o600
    assert json.loads(kept.read_text()) == {"ways": {"remote/kitty": "osc9"}}
    assert "OSC 99" in alerts(home, "use", "auto").out
    assert json.loads(kept.read_text()) == {"ways": {}}


def test_a_script_is_sent_nothing_unless_it_names_a_way(home: Path) -> None:
    told = alerts(home, "test")
    assert (told.code, told.out) == (0, "the terminal's notifications (OSC 99): TERM is xterm-kitty\n")
    assert json.loads(alerts(home, "test", "--json").out)["possible"] == ["osc99", "osc777", "osc9", "bell"]


def test_a_desktop_that_cannot_be_reached_is_told(home: Path, tmp_path: Path) -> None:
    address = f"unix:path={tmp_path / 'nothing'}"
    told = alerts(home, "test", "--send", "desktop", "--json", DBUS_SESSION_BUS_ADDRESS=address)
    assert told.code == 1
    assert json.loads(told.out)["trouble"]
    assert told.err == ""


def test_every_way_is_tried_and_the_best_that_was_seen_is_remembered(home: Path) -> None:
    command = [sys.executable, "-P", "-m", "tui.cli.main", "--home", str(home), "alerts", "test", "--pause", "0"]
    environment = clean_environment(HOME=str(home), TERM="xterm-kitty", **BELOW_SSH)
    with Terminal(command, environment=environment) as terminal:
        terminal.wait_for("Which ones reached you?")
        terminal.press("5", "enter")
        terminal.wait_for("Give numbers from 1 to 4, or none.")
        terminal.press("3, 2", "enter")
        assert terminal.wait_closed() == 0
        assert "From now on alerts at kitty come by the terminal's notifications (OSC 777)." in terminal.screen
        sent = terminal.written
    assert sent.count(b"\x1b]99;") == 2
    assert sent.count(b"\x1b]777;notify;Callboard: Test 2;") == sent.count(b"\x1b]9;Callboard: Test 3") == 1
    assert json.loads(alerts(home, "status", "--json").out)["way"] == "osc777"
