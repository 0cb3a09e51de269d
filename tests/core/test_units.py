"""The units for systemd, and what a service says to it."""

import asyncio
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import systemd, units
from core.home import Home
from tests.servers import home_in, served


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """Where systemd would listen."""
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(path))
        listener.settimeout(20)
        monkeypatch.setenv("NOTIFY_SOCKET", str(path))
        yield listener


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd on this machine")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    for service in (units.for_one(Home(tmp_path / "with space $x %y")), units.for_team()):
        for unit in service.units:
            (tmp_path / unit.path.name).write_text(unit.text)
        checked = subprocess.run(
            ["systemd-analyze", "verify", *(str(tmp_path / unit.path.name) for unit in service.units)],
            capture_output=True,
            text=True,
        )
        assert checked.stderr == ""


def test_a_home_of_any_name_is_quoted() -> None:
    (unit,) = units.for_one(Home(Path("/a b/$c/%d"))).units
    assert '--home "/a b/$$c/%%d" serve' in unit.text


def test_each_unit_says_where_it_belongs_and_how_it_begins(tmp_path: Path) -> None:
    for service in (units.for_one(home_in(tmp_path)), units.for_team()):
        assert {unit.path.suffix for unit in service.units} <= {".service", ".socket"}
        assert any("enable --now" in step for step in service.steps)


def test_it_says_when_it_is_ready_and_when_it_stops(tmp_path: Path, manager: socket.socket) -> None:
    with served(home_in(tmp_path)):
        assert manager.recv(100) == b"READY=1"
    assert manager.recv(100) == b"STOPPING=1"


async def test_it_gives_signs_of_life_while_it_answers(manager: socket.socket) -> None:
    asked = 0

    async def alive() -> None:
        nonlocal asked
        asked += 1
        if asked == 3:
            raise RuntimeError("stuck")

    with pytest.raises(RuntimeError):
        await asyncio.wait_for(systemd.keep_watchdog(0.01, alive), 20)
    assert [manager.recv(100) for _ in range(2)] == [b"WATCHDOG=1"] * 2


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "3000000"}, 3.0),
        ({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "x"}, None),
    ],
)
def test_it_knows_whether_it_is_watched(environment: dict[str, str], seconds: float | None) -> None:
    assert systemd.watchdog_seconds(environment) == seconds
