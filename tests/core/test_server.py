"""The server as a process: ready, alone on its home, private, and gone when it is told to go."""

import asyncio
import json
import os
import pwd
import re
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from core.api import server as api
from core.api.events import EventRequest, post
from core.client import Client
from core.errors import HomeError, UnreachableError
from core.home import Home
from core.launch import probe
from core.server import running
from core.sockets import unix_listener
from storage.engines import Postgres
from tests.servers import here, home_in, served, start


def test_it_says_ready_when_it_accepts_and_is_what_it_says(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    with served(home, "127.0.0.1:0") as process, Client(home.socket) as client:
        status = client.send(api.status())
        assert status.pid == process.pid == int(process.ready["pid"])
        assert status.socket == process.ready["socket"] == str(home.socket)
        assert status.http == process.ready["http"]
        assert status.engine == "sqlite"
        assert re.fullmatch(r"127\.0\.0\.1:[1-9]\d+", status.http or "")


def test_what_it_makes_is_private(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    with served(home):
        modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [home.path, *home.path.rglob("*")]}
    assert {mode & 0o077 for mode in modes.values()} == {0}, modes


def test_a_folder_that_was_there_becomes_private(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    home.path.mkdir(mode=0o755)
    with served(home):
        assert stat.S_IMODE(home.path.stat().st_mode) == 0o700


def test_a_home_with_a_long_path_works_all_the_same(tmp_path: Path) -> None:
    home = Home(tmp_path / ("long" * 30))
    with served(home), Client(home.socket) as client:
        assert client.send(api.status()).home == str(home.path)
    assert not home.socket.exists()


def test_a_second_server_on_the_home_is_refused_in_one_sentence(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    with served(home) as first:
        second = start(home)
        said, code = second.ended()
        assert code == 1
        assert said == (
            f"A server is already running on {home.path} (process {first.pid}): stop it with `callboard down`.\n"
        )
        assert probe(home.socket)


def test_a_port_in_use_is_one_sentence_and_changes_nothing(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = start(home, f"127.0.0.1:{port}")
        said, code = process.ended()
    assert code == 1
    assert said == f"Port {port} on 127.0.0.1 is in use: choose another one, or stop what listens there.\n"
    assert not home.database.exists()
    assert not home.socket.exists()


def test_an_address_that_others_reach_needs_to_be_allowed(tmp_path: Path) -> None:
    process = start(home_in(tmp_path), "0.0.0.0:0")
    said, code = process.ended()
    assert code == 1
    assert "allow_remote = true under [server]" in said


def test_sigterm_ends_it_cleanly(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    with served(home) as process:
        os.kill(process.pid, signal.SIGTERM)
        assert process.process.wait(20) == 0
    assert not home.socket.exists()
    assert not home.database.with_name("callboard.db-wal").exists()


def test_after_a_kill_the_next_one_starts(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    with served(home) as process:
        process.process.kill()
        process.process.wait(20)
    assert home.socket.exists()
    with served(home), Client(home.socket) as client:
        assert client.send(api.status()).pid


async def test_sighup_reads_the_configuration_again_and_keeps_the_old_one_when_it_is_wrong(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with here(home_in(tmp_path)) as running_server:
        server = running_server.server
        server.home.config.write_text("[retention]\nread_days = 7\n")
        server.reload()
        assert server.settings.retention.read_days == 7
        server.home.config.write_text("[retention]\nread_days = 0\n")
        server.reload()
        assert server.settings.retention.read_days == 7
    assert "expected int >= 1" in caplog.text


def test_a_hang_up_does_not_end_it_and_moves_to_a_new_log(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    with served(home) as process, Client(home.socket) as client:
        log = home.logs / "callboard.log"
        log.rename(home.logs / "moved.log")
        os.kill(process.pid, signal.SIGHUP)
        while not log.exists():
            client.send(api.status())
        assert process.process.poll() is None
    lines = [json.loads(line) for line in (home.logs / "moved.log").read_text().splitlines()]
    assert "The configuration was read again" in [line["message"] for line in lines]


async def test_a_group_may_use_the_socket_and_look_at_nothing_else(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    home.create()
    home.config.write_text('[server]\ngroup = "daemon"\n')
    async with here(home):
        assert stat.S_IMODE(home.socket.stat().st_mode) == 0o660
        assert stat.S_IMODE(home.path.stat().st_mode) == 0o710
        assert stat.S_IMODE(home.database.stat().st_mode) == 0o600
        assert home.socket.stat().st_gid == home.path.stat().st_gid != os.getgid()


async def test_a_group_that_does_not_exist_is_one_sentence(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    home.create()
    home.config.write_text('[server]\ngroup = "no-such-group"\n')
    with pytest.raises(HomeError, match="no group 'no-such-group'"):
        async with running(home):
            pass


async def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    async with here(home):
        pass
    with closing(sqlite3.connect(home.database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    before = home.database.read_bytes()
    with pytest.raises(HomeError, match="newer version"):
        async with running(home):
            pass
    assert home.database.read_bytes() == before


async def test_it_works_on_postgresql(
    tmp_path: Path, postgresql: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLBOARD_DATABASE_URL", postgresql.url)
    async with here(home_in(tmp_path)) as server:
        assert (await server.client.send(api.status())).engine == "postgresql"
        assert not server.home.database.exists()


def test_a_file_that_is_no_socket_is_not_removed(tmp_path: Path) -> None:
    path = tmp_path / "callboard.sock"
    path.write_text("mine")
    with pytest.raises(HomeError, match="not a socket"):
        unix_listener(path, None)
    assert path.read_text() == "mine"


def test_an_inherited_socket_is_used_and_stays(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    home.create()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(home.socket))
        listener.listen()
        pid = _start_with_descriptor_3(home, listener)
        with Client(home.socket) as client:
            assert client.send(api.status()).pid == pid
        os.kill(pid, signal.SIGTERM)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        assert home.socket.exists()


def _start_with_descriptor_3(home: Home, listener: socket.socket) -> int:
    """As systemd does it: the socket as descriptor 3, and the process told that it is for itself."""
    code = (
        "import os, sys; os.environ.update(LISTEN_FDS='1', LISTEN_PID=str(os.getpid()));"
        "os.execv(sys.executable, [sys.executable, '-m', 'core.serve', sys.argv[1]])"
    )
    actions = [(os.POSIX_SPAWN_DUP2, listener.fileno(), 3)]
    return os.posix_spawn(
        sys.executable, [sys.executable, "-c", code, str(home.path)], os.environ, file_actions=actions
    )


def test_what_was_asked_before_it_stops_is_answered(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    with served(home) as process, ThreadPoolExecutor(4) as pool:

        def post_until_it_ends(number: int) -> int:
            answered = 0
            with Client(home.socket) as client:
                while True:
                    try:
                        client.send(post("default", EventRequest("task:created", {"title": str(number)})))
                    except UnreachableError:
                        return answered
                    answered += 1
                    if answered == 20:
                        os.kill(process.pid, signal.SIGTERM)

        answered = sum(pool.map(post_until_it_ends, range(4)))
        assert process.process.wait(20) == 0
    with closing(sqlite3.connect(home.database)) as connection:
        (kept,) = connection.execute("SELECT count(*) FROM events").fetchone()
    assert answered <= kept <= answered + 4


def _connected(home: Home) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(20)
    connection.connect(str(home.socket))
    return connection


def test_what_was_being_sent_when_it_stops_is_taken_to_its_end(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    body = b'{"event":"task:created"}'
    head = f"POST /api/v1/projects/default/events HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
    with served(home) as process, _connected(home) as sending, _connected(home) as idle:
        sending.sendall(head.encode() + body[:5])
        idle.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert idle.recv(65536)
        os.kill(process.pid, signal.SIGTERM)
        while probe(home.socket):
            time.sleep(0.02)
        sending.sendall(body[5:])
        assert sending.recv(65536).startswith(b"HTTP/1.1 200 ")
        assert sending.recv(1) == b""
        assert process.process.wait(20) == 0


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other accounts can pass through."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder).resolve()
        path.chmod(0o711)
        yield path


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")
async def test_a_member_of_the_group_is_who_the_kernel_says(open_folder: Path) -> None:
    home = home_in(open_folder)
    home.create()
    home.config.write_text('[server]\ngroup = "daemon"\n')
    async with here(home):
        member = await asyncio.to_thread(ask_as, pwd.getpwnam("daemon"), home)
        stranger = await asyncio.to_thread(ask_as, pwd.getpwnam("mail"), home)
    assert '"name":"daemon"' in member
    assert stranger == "PermissionError"


_ASK = """
import os, socket, sys
uid, gid, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
os.setgroups([])
os.setgid(gid)
os.setuid(uid)
with socket.socket(socket.AF_UNIX) as connection:
    try:
        connection.connect(path)
    except PermissionError as error:
        sys.exit(type(error).__name__)
    connection.sendall(b"GET /api/v1/me HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
    print(connection.recv(65536).decode())
"""


def ask_as(account: pwd.struct_passwd, home: Home) -> str:
    """What the server answers to this account."""
    found = subprocess.run(
        [sys.executable, "-c", _ASK, str(account.pw_uid), str(account.pw_gid), str(home.socket)],
        capture_output=True,
        text=True,
        timeout=20,
    )
    return found.stdout or found.stderr.strip()
