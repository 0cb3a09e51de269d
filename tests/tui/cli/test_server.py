"""`callboard serve`, `up`, `down`, `status`, `config`, `doctor`, `backup`, `restore` and `service`."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tui.cli.board import Board, run, surroundings
from tests.tui.cli.test_frame import assert_refused


def test_the_server_starts_by_itself_and_stops_on_demand(home: Board) -> None:
    status = home.json("status")

    assert set(status) >= {"pid", "version", "socket", "http", "schema"}
    assert status["socket"] == str(home.home / "callboard.sock")
    assert home.json("status")["pid"] == status["pid"]
    assert f"process {status['pid']}" in home.run("status").out
    assert home.run("up").out == "The server was up already.\n"
    assert home.run("down").out == "The server is down.\n"
    assert home.run("down").out == "No server was running.\n"
    assert home.json("down") == {"stopped": False}
    assert home.json("up")["started"]


def test_twenty_at_once_on_an_empty_home_make_one_server(home: Board) -> None:
    command = [sys.executable, "-P", "-m", "tui.cli.main", "--home", str(home.home), "status", "--json"]
    processes = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=surroundings()) for _ in range(20)
    ]
    said = [process.communicate(timeout=60)[0] for process in processes]

    assert [process.returncode for process in processes] == [0] * 20
    assert len({line for each in said for line in each.splitlines() if '"pid"' in line}) == 1


def test_the_next_command_works_after_the_server_was_killed(home: Board) -> None:
    first = home.json("status")["pid"]
    os.kill(first, signal.SIGKILL)

    assert home.json("status")["pid"] != first


def test_serve_says_ready_and_ends_quietly_when_told(home: Board) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = _serve(home, "--http", f"127.0.0.1:{port}")
    assert server.stdout is not None

    assert server.stdout.readline().startswith("ready ")
    assert home.json("status")["http"] == f"127.0.0.1:{port}"
    assert run("--socket", str(home.home / "callboard.sock"), "me").code == 0

    server.send_signal(signal.SIGTERM)
    assert server.wait(30) == 0
    assert server.stdout.read() == ""
    server.stdout.close()


def test_a_second_server_on_a_home_is_refused(home: Board) -> None:
    home.run("up")

    assert_refused(home.run("serve"), 1)


def test_a_port_that_is_taken_is_named(home: Board) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        outcome = home.run("serve", "--http", f"127.0.0.1:{port}")

    assert_refused(outcome, 1)
    assert f"Port {port}" in outcome.err


@pytest.mark.parametrize("command", [["config", "check"], ["serve"], ["status"], ["up"], ["inbox", "list"]])
def test_a_mistake_in_the_configuration_is_named_by_every_command_that_needs_it(
    home: Board, command: list[str]
) -> None:
    home.home.mkdir(mode=0o700)
    (home.home / "config.toml").write_text('[server]\nhtpp = "127.0.0.1:1"\n')

    outcome = home.run(*command)

    assert_refused(outcome, 1)
    assert f"{home.home / 'config.toml'}:2" in outcome.err
    assert "http" in outcome.err


@pytest.mark.parametrize("command", [["config", "check"], ["serve"], ["status"]])
def test_a_home_that_others_can_write_is_refused_with_the_command_that_mends_it(
    home: Board, command: list[str]
) -> None:
    home.home.mkdir(mode=0o700)
    home.home.chmod(0o777)

    outcome = home.run(*command)

    assert_refused(outcome, 1)
    assert f"chmod go-w {home.home}" in outcome.err
    assert list(home.home.iterdir()) == []


def test_the_configuration_is_checked_and_shown(home: Board) -> None:
    assert "the defaults apply" in home.run("config", "check").out
    home.home.mkdir(mode=0o700)
    (home.home / "config.toml").write_text(home.run("config", "example").out)

    assert home.json("config", "check")["ok"]
    assert home.json("config", "path") == {"path": str(home.home / "config.toml")}
    assert home.run("config", "check").out.endswith("config.toml is right.\n")


def test_a_backup_is_private_and_brings_a_home_back(home: Board, tmp_path: Path) -> None:
    archive, other = tmp_path / "home.tar", Board(tmp_path / "other")
    home.json("workspaces", "create", "shop")

    made = home.json("backup", str(archive))
    assert made["bytes"] == archive.stat().st_size
    assert archive.stat().st_mode & 0o777 == 0o600
    assert other.run("restore", str(archive)).code == 0
    assert [each["slug"] for each in other.json("workspaces", "list")] == ["default", "shop"]
    assert other.run("down").code == 0


def test_a_backup_replaces_nothing_unasked_and_restores_over_nothing_unasked(home: Board, tmp_path: Path) -> None:
    archive = tmp_path / "home.tar"
    home.run("backup", str(archive))

    assert_refused(home.run("backup", str(archive)), 1)
    assert home.run("backup", str(archive), "--force").code == 0
    assert_refused(home.run("restore", str(archive), "--force"), 1)
    home.run("down")
    assert_refused(home.run("restore", str(archive)), 1)
    assert "set_aside" in home.json("restore", str(archive), "--force")


def test_a_file_that_is_no_backup_is_refused(home: Board, tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("Dear home,")

    for name in ("letter", "missing"):
        assert_refused(home.run("restore", str(tmp_path / name)), 1)
    assert not (home.home / "callboard.db").exists()


def test_a_backup_that_cannot_be_written_leaves_nothing(home: Board, tmp_path: Path) -> None:
    assert_refused(home.run("backup", str(tmp_path / "missing" / "home.tar")), 1)
    assert home.run("backup", str(tmp_path / "home.tar"), CALLBOARD_SOCKET="/nowhere").code == 0
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["home.tar"]


def test_the_doctor_starts_nothing_and_fails_when_something_does(home: Board) -> None:
    assert home.run("doctor").code == 0
    assert not home.home.exists()
    home.home.mkdir(mode=0o700)
    (home.home / "config.toml").write_text("[nonsense]\n")

    outcome = home.run("doctor", "--json")
    assert outcome.code == 1
    assert '"state": "fail"' in outcome.out


def test_the_units_are_printed(home: Board) -> None:
    own, team = home.run("service").out, home.run("service", "--team").out

    assert f"--home {home.home} serve" in own
    assert "callboard.socket" in team
    assert home.json("service")["units"][0]["path"].endswith("callboard.service")


def _serve(home: Board, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "tui.cli.main", "--home", str(home.home), "serve", *more],
        stdout=subprocess.PIPE,
        text=True,
        env=surroundings(),
    )
