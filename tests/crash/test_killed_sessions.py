"""The server is killed while sessions run: none is said to run on, each is told of once, the queue goes on."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from core.api import inbox
from core.api import sessions as api
from core.api.sessions import CommandCreation, Session
from core.client import Client
from core.home import Home
from core.sessions.supervision.marks import look
from tests.servers import home_in, served

T = TypeVar("T")

RUNNING = 10
PATIENCE = 30.0


def test_ten_running_sessions_are_interrupted_by_a_kill_and_the_queue_goes_on(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    home.create()
    home.config.write_text(f"[sessions]\nat_once = {RUNNING}\n")
    home.config.chmod(0o600)
    with served(home) as server:
        for _ in range(RUNNING):
            start(home, "sleep", "600")
        until(lambda: len(processes(home)) == RUNNING)
        waiting = [start(home, "true") for _ in range(3)]
        left = processes(home)
        os.kill(server.pid, 9)
        server.process.wait(PATIENCE)

    with served(home):
        until(lambda: all(one.state not in ("queued", "running", "asking") for one in listed(home)))
        found = listed(home)
        titles = until(lambda: told(home, RUNNING + len(waiting)))
        again = {one.id for one in found if one.can_resume}

    interrupted = [one for one in found if one.outcome == "interrupted"]
    assert [one.state for one in interrupted] == ["waiting"] * RUNNING
    assert again == {one.id for one in interrupted}
    assert {one.id: one.state for one in found if one.outcome != "interrupted"} == dict.fromkeys(waiting, "done")
    assert [pid for pid in left if Path(f"/proc/{pid}/exe").exists()] == []
    assert sorted(titles) == ["Session finished: true"] * 3 + ["Session interrupted: sleep 600"] * RUNNING


def start(home: Home, *argv: str) -> int:
    with Client(home.socket) as client:
        return client.send(api.run_command(CommandCreation("default", list(argv)))).id


def listed(home: Home) -> list[Session]:
    with Client(home.socket) as client:
        return client.send(api.sessions(limit=100)).items


def told(home: Home, most: int) -> list[str]:
    """The titles of the inbox, once they are all there."""
    with Client(home.socket) as client:
        titles = [item.title for item in client.send(inbox.page(limit=100)).items]
    ours = [title for title in titles if title.startswith("Session")]
    return ours if len(ours) >= most else []


def processes(home: Home) -> list[int]:
    """The processes of this home's sessions that have come so far as to sleep."""
    work = str(home.path / "sessions")
    return [
        seen.pid for seen in look() if seen.marks and command_of(seen.pid) == b"sleep" and is_in(seen.pid, work)
    ]


def command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/comm").read_bytes().strip()
    except OSError:
        return b""


def is_in(pid: int, folder: str) -> bool:
    try:
        return os.readlink(f"/proc/{pid}/cwd").startswith(folder)
    except OSError:
        return False


def until(look: Callable[[], T]) -> T:
    """What is found, when there is something."""
    end = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found
