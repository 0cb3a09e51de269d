"""Alerts as bytes that arrive at a real terminal: from the app itself, and through a real tmux."""

import os
import re
import shutil
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.api import events, people
from core.api.events import NoticeRequest
from core.api.people import ProfileChange
from core.client import Client
from tests.terminal import Terminal, clean_environment
from tests.tui.cli.board import Board

FRAME_BEGINS, FRAME_ENDS = b"\x1b[?2026h", b"\x1b[?2026l"
BLURRED, FOCUSED = b"\x1b[O", b"\x1b[I"
BEGINNING = "\x1b]777;notify;Callboard;"
ALERT = f"{BEGINNING}ledger-sync is done\x1b\\"
TMUX = shutil.which("tmux")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Board]:
    made = Board(tmp_path / "home")
    assert made.run("up").code == 0
    yield made
    assert made.run("down").code == 0


@contextmanager
def app(home: Board) -> Iterator[Terminal]:
    """The app over SSH in a terminal that shows OSC 777."""
    environment = clean_environment(
        HOME=str(home.home.parent),
        CALLBOARD_HOME=str(home.home),
        TERM="xterm-ghostty",
        SSH_CONNECTION="10.0.0.9 50112 10.0.0.1 22",
    )
    with Terminal([sys.executable, "-P", "-m", "tui.cli.main"], environment=environment) as terminal:
        terminal.wait_for("Live")
        terminal.settle()
        yield terminal
        terminal.press("ctrl+q")
        assert terminal.wait_closed() == 0


def test_an_event_reaches_whoever_looks_elsewhere_in_one_whole_sequence(home: Board) -> None:
    client = Client(home.home / "callboard.sock")
    me = client.send(people.change_me(ProfileChange(desktop_alerts="away")))

    def happens(title: str) -> None:
        client.send(events.notify(NoticeRequest(me.name, title)))

    with app(home) as terminal:
        terminal.send(BLURRED)
        happens("ledger-sync is done")
        terminal.wait_written(ALERT)
        terminal.settle()
        assert terminal.written.count(b"\x1b]777;") == 1
        before, _, after = terminal.written.partition(ALERT.encode())
        assert before.count(FRAME_BEGINS) == before.count(FRAME_ENDS)
        assert b"\x1b]777;" not in after
        quiet = terminal.received
        terminal.settle(quiet=0.5)
        assert terminal.received == quiet
        terminal.send(FOCUSED)
        terminal.settle()
        happens("ledger-sync failed")
        terminal.wait_for("ledger-sync failed")
        terminal.send(BLURRED)
        happens("ledger-sync is mended")
        terminal.wait_written(f"{BEGINNING}ledger-sync is mended")
        assert terminal.written.count(b"\x1b]777;") == 2


PROGRAM = """
import sys
from core.alerts.choosing import choose
from core.alerts.words import Alert
from tui.alerts.surroundings import surroundings
from tui.alerts.terminal import TerminalAlerts

def write(text):
    sys.stdout.write(text)
    sys.stdout.flush()

alerts = TerminalAlerts(write)
print("ready")
for line in sys.stdin:
    plan = choose(surroundings(), {})
    alerts.send(Alert("Test " + line.strip(), "", "normal"), plan, away=True)
    print(plan.terminal, plan.way, "over")
"""


@pytest.mark.skipif(TMUX is None, reason="tmux is not installed")
def test_through_tmux_the_terminals_own_alert_passes_where_it_may_and_the_bell_where_not(tmp_path: Path) -> None:
    assert TMUX is not None
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    tmux = [TMUX, "-S", str(tmp_path / "tmux"), "-f", os.devnull]
    environment = clean_environment(HOME=str(tmp_path), PYTHONPATH=os.getcwd())
    with Terminal([*tmux, "new-session", f"{sys.executable} -P {program}"], environment=environment) as terminal:
        terminal.wait_written("\x1b[>q")
        terminal.send(b"\x1bP>|kitty(0.36.0)\x1b\\")
        terminal.wait_for("ready")

        terminal.press("one", "enter")
        terminal.wait_for("kitty bell over")
        assert b"\x1b]99;" not in terminal.written
        assert terminal.written.count(b"\a") == 1

        subprocess.run([*tmux, "set", "-g", "allow-passthrough", "on"], check=True, env=environment)
        terminal.press("two", "enter")
        terminal.wait_for("kitty osc99 over")
        title = b64encode(b"Callboard: Test two").decode()
        expected = rf"\x1b\]99;i=callboard-\d+-2:e=1:p=title:d=1:u=1:o=unfocused;{title}\x1b\\"
        assert len(re.findall(expected.encode(), terminal.written)) == 1
        subprocess.run([*tmux, "kill-server"], check=True, env=environment)
