"""The demo: a sample home that is full, and gone when whoever asked for it is."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.terminal import Terminal, clean_environment
from tests.tui.cli.board import Board, run, surroundings
from tests.tui.cli.test_frame import assert_refused

DEMO = [sys.executable, "-P", "-m", "tui.cli.main", "demo"]
PATIENCE = 30.0


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """`callboard demo --no-app`, whose homes are in the test's own folder."""
    process = subprocess.Popen(
        [*DEMO, "--no-app", "--items", "40"],
        stdout=subprocess.PIPE,
        text=True,
        env=surroundings(
            TMPDIR=str(tmp_path), CALLBOARD_HOME="/nowhere", CALLBOARD_DATABASE_URL="postgresql://nowhere"
        ),
    )
    yield process
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    process.wait(PATIENCE)
    assert process.stdout is not None
    process.stdout.close()


def test_the_sample_home_is_full_of_all_kinds_of_work(demo: subprocess.Popen[str]) -> None:
    board = _board(demo)

    items = board.json("inbox", "list", "--all", "--filter", "is:all")
    people = board.json("people", "list")

    assert len(items) in (40, 41)  # the server of the demo may have asked something by now
    assert len({item["event"] for item in items}) > 10
    assert {item["severity"] for item in items} == {"info", "warning", "critical"}
    assert all(any(item[mark] for item in items) for mark in ("read_at", "starred_at", "dismissed_at"))
    assert any(item["read_at"] is None for item in items)
    assert "林美玲" in [person["display_name"] for person in people]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_nothing_is_left_however_the_demo_ends(demo: subprocess.Popen[str], how: signal.Signals) -> None:
    board = _board(demo)
    server = board.json("status")["pid"]

    demo.send_signal(how)
    demo.wait(PATIENCE)

    _wait_until(lambda: not board.home.exists() and not _runs(server))


def test_the_app_opens_on_the_sample_home_and_takes_it_away_when_it_is_left(tmp_path: Path) -> None:
    environment = clean_environment(TMPDIR=str(tmp_path), HOME=str(tmp_path / "user"))
    with Terminal([*DEMO, "--items", "40"], columns=120, environment=environment) as terminal:
        terminal.wait_for("● Live")
        terminal.wait_for("Why you")
        assert list(tmp_path.glob("callboard-demo-*"))

        terminal.press("ctrl+q")
        terminal.wait_closed()

    assert not list(tmp_path.glob("callboard-demo-*"))


def test_without_a_terminal_there_is_no_demo_of_the_app(tmp_path: Path) -> None:
    assert_refused(run("demo", TMPDIR=str(tmp_path)), 2)
    assert list(tmp_path.iterdir()) == []


def _board(demo: subprocess.Popen[str]) -> Board:
    assert demo.stdout is not None
    home = demo.stdout.readline().strip()
    assert home, "the demo has not said where it is"
    return Board(Path(home))


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"


def _wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)
