"""After a server was killed, what its runs left is found and ended, and nothing else."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.sessions.supervision.command import MARK, Identity
from core.sessions.supervision.marks import alive, identity_of, marked
from core.sessions.supervision.sweep import Left, end_leftovers
from tests.core.sessions.supervision.processes import new_mark

HOST = """
import asyncio, os, sys
from pathlib import Path
from core.sessions.supervision.command import Command, Limits
from core.sessions.supervision.running import supervise

async def stale(_):
    pass

SCRIPT = '''trap "" INT TERM; echo 1; setsid sh -c "trap '' TERM; echo 2; sleep 60" &
while :; do sleep 0.05; done'''

async def run(mark):
    identities, said = [], bytearray()
    async def started(identity):
        identities.append(identity)
    def out(data):
        said.extend(data)
        if said.count(10) == 2:
            print(mark, *identities[0], flush=True)
    await supervise(Command(("sh", "-c", SCRIPT), Path("/"), dict(os.environ), mark), Limits(),
                    out=out, err=print, started=started, stale=stale, stop=asyncio.Event())

async def main():
    await asyncio.gather(*map(run, sys.argv[1:]))

asyncio.run(main())
"""


def started(*argv: str, mark: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(argv, env={**os.environ, MARK: mark})


def left_by_a_killed_host(marks: list[str]) -> list[Left]:
    with subprocess.Popen([sys.executable, "-c", HOST, *marks], stdout=subprocess.PIPE, text=True) as host:
        assert host.stdout is not None
        lines = [host.stdout.readline().split() for _ in marks]
        host.kill()
    return [Left(Identity(int(pid), int(ticks), boot), mark) for mark, pid, ticks, boot in lines]


@pytest.fixture
def bystander() -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen(("sleep", "60"), start_new_session=True) as process:
        yield process
        process.kill()


async def test_what_a_killed_server_left_is_ended(bystander: "subprocess.Popen[bytes]") -> None:
    left = left_by_a_killed_host(marks := [new_mark() for _ in range(3)])
    assert sorted(await end_leftovers(left)) == sorted(left)
    assert [marked(mark) for mark in marks] == [[], [], []]
    assert await end_leftovers(left) == []
    assert bystander.poll() is None


async def test_a_process_that_has_the_number_of_a_run_is_left_alone(
    bystander: "subprocess.Popen[bytes]",
) -> None:
    now = identity_of(bystander.pid)
    left = [
        Left(now._replace(started=now.started - 1), new_mark()),
        Left(now._replace(boot="before"), new_mark()),
        Left(Identity(bystander.pid, 0, ""), new_mark()),
    ]
    assert await end_leftovers(left) == []
    assert alive(now)


async def test_a_run_that_hid_its_mark_is_known_by_its_identity(bystander: "subprocess.Popen[bytes]") -> None:
    left = Left(identity_of(bystander.pid), new_mark())
    assert await end_leftovers([left]) == [left]
    assert bystander.wait(5) == -15


async def test_a_run_whose_process_was_never_noted_is_known_by_its_mark() -> None:
    left = Left(None, new_mark())
    with started("sleep", "60", mark=left.mark) as process:
        assert await end_leftovers([left]) == [left]
        assert process.wait(5) == -15


async def test_a_hundred_runs_that_are_over_are_nothing_to_do(tmp_path: Path) -> None:
    gone = [Left(Identity(2**22 + number, 1, "before"), new_mark()) for number in range(100)]
    assert await end_leftovers(gone) == []
    assert await end_leftovers([]) == []
