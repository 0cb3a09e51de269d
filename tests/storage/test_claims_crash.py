"""Workers in processes of their own, killed while they hold deliveries: nothing is lost and nothing settled
twice."""

import asyncio
import json
import signal
import subprocess
import sys
from pathlib import Path

from sqlalchemy import func, select

from storage.database import Database
from storage.deliveries import deliveries, insert_many
from storage.engines import Dialect, Sqlite
from tests.storage.notes import IS_NOTE, NAME, TEXT
from tests.storage.outbox import delivery

DELIVERIES = 60
ROOT = Path(__file__).parents[2]


def start(dialect: Dialect, name: str, *, dies_after: int) -> "subprocess.Popen[str]":
    where = {"path": str(dialect.path)} if isinstance(dialect, Sqlite) else {"url": getattr(dialect, "url", "")}
    told = json.dumps(where | {"name": name, "dies_after": dies_after})
    worker = [sys.executable, "-m", "tests.storage.worker", told]
    return subprocess.Popen(worker, cwd=ROOT, stdout=subprocess.PIPE, text=True)


async def test_a_killed_worker_loses_nothing_and_nothing_is_settled_twice(dialect: Dialect) -> None:
    waiting = [delivery(number, run_at=number) for number in range(DELIVERIES)]
    database = Database(dialect)
    await database.write(lambda c: insert_many(c, waiting))
    await database.close()

    doomed = [start(dialect, "doomed 1", dies_after=7), start(dialect, "doomed 2", dies_after=0)]
    await asyncio.gather(*(heard(worker) for worker in doomed))
    assert [worker.returncode for worker in doomed] == [-signal.SIGKILL, -signal.SIGKILL]
    lasting = [start(dialect, name, dies_after=-1) for name in ("lasting 1", "lasting 2")]
    settled = await asyncio.gather(*(heard(worker) for worker in lasting))

    states = select(deliveries.c.state, func.count()).group_by(deliveries.c.state)
    database = Database(dialect)
    attempts = await database.read(lambda c: list(c.execute(select(NAME, TEXT).where(IS_NOTE))))
    became = await database.read(lambda c: [tuple(row) for row in c.execute(states)])
    await database.close()
    assert became == [("sent", DELIVERIES)]
    assert sorted(name for name, _ in attempts) == sorted(row.id for row in waiting)
    assert sum(int(number) for number in settled) == DELIVERIES - 7
    assert sum(attempt != "1" for _, attempt in attempts) >= 5 + 3  # what the dead had claimed and not settled


async def heard(worker: "subprocess.Popen[str]") -> str:
    answer, _ = await asyncio.to_thread(worker.communicate, timeout=30)
    return answer
