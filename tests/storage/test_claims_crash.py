"""Workers in processes of their own, killed while they hold jobs: nothing is lost and nothing done twice."""

import asyncio
import json
import signal
import subprocess
import sys
from pathlib import Path

from sqlalchemy import select

from storage import claims
from storage.claims import JobState
from storage.database import Connection, Database
from storage.engines import Dialect, Sqlite
from storage.ids import Instant
from tests.storage.notes import IS_NOTE, NAME, TEXT

JOBS = 60
ROOT = Path(__file__).parents[2]


def start(dialect: Dialect, name: str, *, dies_after: int) -> "subprocess.Popen[str]":
    where = {"path": str(dialect.path)} if isinstance(dialect, Sqlite) else {"url": getattr(dialect, "url", "")}
    told = json.dumps(where | {"name": name, "dies_after": dies_after})
    worker = [sys.executable, "-m", "tests.storage.worker", told]
    return subprocess.Popen(worker, cwd=ROOT, stdout=subprocess.PIPE, text=True)


async def test_a_killed_worker_loses_nothing_and_nothing_is_done_twice(dialect: Dialect) -> None:
    def fill(connection: Connection) -> None:
        for number in range(JOBS):
            claims.enqueue(connection, "q", f"{number}", "{}", run_at=Instant(number), now=Instant(0))

    database = Database(dialect)
    await database.write(fill)
    await database.close()

    doomed = [start(dialect, "doomed 1", dies_after=7), start(dialect, "doomed 2", dies_after=0)]
    await asyncio.gather(*(heard(worker) for worker in doomed))
    assert [worker.returncode for worker in doomed] == [-signal.SIGKILL, -signal.SIGKILL]
    lasting = [start(dialect, name, dies_after=-1) for name in ("lasting 1", "lasting 2")]
    settled = await asyncio.gather(*(heard(worker) for worker in lasting))

    database = Database(dialect)
    attempts = await database.read(lambda c: list(c.execute(select(NAME, TEXT).where(IS_NOTE))))
    states = await database.read(lambda c: claims.count(c, "q"))
    await database.close()
    assert states == {JobState.DONE: JOBS}
    assert sorted(int(name) for name, _ in attempts) == list(range(JOBS))
    assert sum(int(number) for number in settled) == JOBS - 7
    assert sum(attempt != "1" for _, attempt in attempts) >= 5 + 3  # what the dead had claimed and not settled


async def heard(worker: "subprocess.Popen[str]") -> str:
    answer, _ = await asyncio.to_thread(worker.communicate, timeout=30)
    return answer
