"""A server in the background: one of it, however many ask, and again after it was killed."""

import fcntl
import os
import pwd
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.api import server as api
from core.client import Client
from core.errors import HomeError
from core.home import Home
from core.launch import ensure, probe, server_pid, stop
from core.sockets import Lock
from tests.servers import home_in, served

_ASK = """
import sys
from pathlib import Path
from core.api import server
from core.client import Client
from core.home import Home
from core.launch import ensure
home = Home(Path(sys.argv[1]))
ensure(home, timeout=60)
print(Client(home.socket).send(server.status()).pid)
"""

_STOP = """
import sys
from pathlib import Path
from core.errors import HomeError
from core.home import Home
from core.launch import stop
try:
    stop(Home(Path(sys.argv[1])), timeout=0.2)
except HomeError as error:
    sys.exit(error.sentence)
"""

_START_AS = """
import os, sys
from pathlib import Path
from core.errors import CallboardError
from core.home import Home
from core.launch import ensure
os.setgroups([])
os.setuid(int(sys.argv[1]))
try:
    ensure(Home(Path(sys.argv[2])))
except CallboardError as error:
    print(type(error).__name__, error.sentence)
"""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = home_in(tmp_path)
    yield home
    stop(home)


def ask(home: Home) -> str:
    return subprocess.run(
        [sys.executable, "-c", _ASK, str(home.path)], capture_output=True, text=True, check=True, timeout=90
    ).stdout


def test_twenty_at_once_on_an_empty_home_make_one_server(home: Home) -> None:
    with ThreadPoolExecutor(20) as pool:
        pids = set(pool.map(lambda _: ask(home), range(20)))
    assert pids == {f"{server_pid(home)}\n"}


def test_after_a_kill_the_next_command_has_a_server(home: Home) -> None:
    assert ensure(home)
    first = server_pid(home)
    assert first
    os.kill(first, signal.SIGKILL)
    os.waitpid(first, 0)
    assert server_pid(home) is None
    assert ensure(home)
    assert server_pid(home) != first


def test_a_running_server_is_left_alone(home: Home) -> None:
    assert ensure(home)
    assert not ensure(home)


def test_it_lives_in_a_session_of_its_own_and_holds_no_folder(home: Home) -> None:
    ensure(home)
    pid = server_pid(home)
    assert pid
    assert os.getsid(pid) == pid
    assert Path(f"/proc/{pid}/cwd").resolve() == Path("/")


def test_a_server_that_cannot_start_says_why(home: Home) -> None:
    home.create()
    home.config.write_text("[server]\nhtp = 1\n")
    with pytest.raises(HomeError, match=r"config\.toml:2: \[server\] htp: there is no such setting"):
        ensure(home)


def test_to_stop_what_does_not_run_does_nothing(home: Home) -> None:
    assert not stop(home)
    ensure(home)
    assert stop(home)
    assert not probe(home.socket)
    assert not stop(home)


def test_a_server_in_front_can_be_stopped_as_well(home: Home) -> None:
    with served(home) as process, Client(home.socket) as client:
        client.send(api.status())
        assert stop(home)
        assert process.process.wait(20) == 0


def test_a_server_that_has_not_said_yet_who_it_is_costs_nobody_else_their_life(home: Home) -> None:
    home.create()
    starting = os.open(home.lock, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(starting, fcntl.LOCK_EX)
    stopped = subprocess.run(
        [sys.executable, "-c", _STOP, str(home.path)],
        capture_output=True,
        text=True,
        timeout=60,
        start_new_session=True,
    )
    os.close(starting)
    assert (stopped.returncode, stopped.stderr) == (1, "The server did not stop within 0 seconds.\n")


def test_a_look_at_the_lock_of_a_killed_server_does_not_keep_the_next_one_out(home: Home) -> None:
    home.create()
    killed = subprocess.Popen([sys.executable, "-c", ""])
    killed.wait()
    home.lock.write_text(f"{killed.pid}\n")
    looking = os.open(home.lock, os.O_RDONLY)
    fcntl.flock(looking, fcntl.LOCK_SH)
    threading.Timer(0.1, os.close, [looking]).start()
    lock = Lock(home)
    assert server_pid(home) == os.getpid()
    lock.release()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")
def test_a_member_of_the_group_hears_that_only_the_owner_can_start_it() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        home = Home(Path(folder).resolve() / "home")
        home.create()
        home.path.chmod(0o711)
        account = pwd.getpwnam("daemon")
        done = subprocess.run(
            [sys.executable, "-c", _START_AS, str(account.pw_uid), str(home.path)],
            capture_output=True,
            text=True,
            timeout=60,
        )
        sentence = f"No server answers at {home.socket}, and only the owner of {home.path} can start it.\n"
        assert (done.stdout, done.stderr) == (f"UnreachableError {sentence}", "")


def test_a_home_on_a_full_disk_says_why_no_server_starts(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.create()
    full = os.statvfs_result((4096, 4096, 100, 0, 0, 100, 100, 100, 0, 255))
    monkeypatch.setattr(os, "statvfs", lambda _: full)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(HomeError, match="no space left"):
        ensure(home)
