"""A terminal that goes away takes the app with it, whatever the app is at."""

import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.terminal import Terminal, clean_environment


@pytest.fixture
def app(tmp_path: Path) -> list[str]:
    """The app where no server is: it goes on trying, and can be looked at."""
    return [sys.executable, "-P", "-m", "tui.cli.main", "--socket", str(tmp_path / "none.sock")]


@pytest.mark.parametrize("keys", ["", "?", "/kestrel"])
def test_the_app_ends_with_its_terminal(app: list[str], keys: str, tmp_path: Path) -> None:
    with Terminal(app, environment=clean_environment(HOME=str(tmp_path))) as terminal:
        terminal.wait_for("My Work")
        terminal.press(*keys)
        terminal.settle()

        assert terminal.vanish() != 0


def test_the_app_ends_when_it_hears_of_the_loss_together_with_being_told_to_go_on(
    app: list[str], tmp_path: Path
) -> None:
    """As it comes to an app that is busy, or stopped by ctrl+z."""
    with Terminal(app, environment=clean_environment(HOME=str(tmp_path))) as terminal:
        terminal.wait_for("My Work")
        terminal.settle()
        terminal.process.send_signal(signal.SIGSTOP)

        assert terminal.vanish() != 0


def test_the_app_ends_without_its_terminal_though_nobody_tells_it(app: list[str], tmp_path: Path) -> None:
    """As where it leads no terminal, or the signal comes to a process that cannot answer."""
    ended = tmp_path / "ended"
    apart = "import os, pathlib, subprocess, sys; os.setsid(); subprocess.call(sys.argv[2:]);"
    inner = [sys.executable, "-c", f"{apart} pathlib.Path(sys.argv[1]).touch()", str(ended), *app]
    outer = [sys.executable, "-c", "import subprocess, sys; subprocess.call(sys.argv[1:])", *inner]
    with Terminal(outer, environment=clean_environment(HOME=str(tmp_path))) as terminal:
        terminal.wait_for("My Work")
        terminal.settle()

        terminal.vanish()

        deadline = time.monotonic() + 20
        while not ended.exists():
            assert time.monotonic() < deadline, "the app is still there"
            threading.Event().wait(0.05)
