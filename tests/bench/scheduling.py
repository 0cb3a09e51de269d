"""A thousand automations due in one second among a hundred thousand, beside APScheduler 3 with its SQLAlchemy
store.

Each runs in a process of its own: `python -m tests.bench.scheduling ours|theirs COUNT DUE` is one, and prints
what it measured as JSON."""

import asyncio
import json
import pickle
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from core.automations.cron import zone_data_version
from core.automations.firing import Firing
from core.automations.scheduler import Scheduler
from core.clock import SECOND, SystemClock
from core.ids import SystemEntropy
from core.sessions.starting import Starting
from storage.automations import automations
from storage.database import Connection, Database
from storage.engines import Sqlite
from storage.executions import executions
from storage.migrate import prepare
from storage.people import people, workspaces
from storage.sessions import sessions
from tests.bench.figures import Figure, median
from tests.bench.serving import ROOT

COUNT, DUE = 100_000, 1_000
TICKS = 200
_AHEAD = 2.0
_SETTLING = 0.1
_PATIENCE = 120.0


def measure(rounds: int = 3) -> list[Figure]:
    ours = [_run("ours") for _ in range(rounds)]
    theirs = [_run("theirs")]  # takes half a minute, most of it late

    def figure(what: str, key: str, unit: str, limit: float) -> Figure:
        mine, peer = median([each[key] for each in ours]), median([each[key] for each in theirs])
        ratio = mine / peer if mine and peer else None
        return Figure(
            what,
            f"{mine:,.1f} {unit}",
            f"APScheduler {peer:,.1f} {unit}",
            ratio,
            f"<= {limit:,.0f} {unit}",
            mine <= limit,
        )

    among = f"{DUE:,} due of {COUNT:,}"
    return [
        figure(f"{among}: until all are claimed", "claimed_ms", "ms", 1_000),
        figure(f"{among}: until all have started", "started_ms", "ms", 5_000),
        figure(f"{among}: longest block of the event loop", "blocked_ms", "ms", 50),
        figure(f"{among}: memory that it grew by", "grown_mb", "MB", 20),
        figure(f"idle tick at {COUNT:,}", "tick_us", "us", 1_000),
    ]


def _run(which: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.scheduling", which, str(COUNT), str(DUE)]
    done = subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


class _Choice:
    """One provider, which nobody runs here."""

    default = "shell"

    def check_model(self, name: str, model: str | None) -> None:
        return None

    def runs_scripts(self, name: str) -> bool:
        return name == "shell"


class _Blocks:
    """The longest time for which the event loop did nothing else."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def watch(self) -> None:
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(0.001)
            self.longest = max(self.longest, time.perf_counter() - begun - 0.001)


async def _ours(folder: Path, count: int, due: int) -> dict[str, float]:
    dialect = Sqlite(folder / "bench.db")
    prepare(dialect, backup_folder=folder)
    database = Database(dialect)
    clock, entropy = SystemClock(), SystemEntropy()
    far = clock.now() + 3600 * 24 * SECOND
    for rows in _chunks(count - due):
        await database.write(_filling(rows, far))
    scheduler = Scheduler(database, clock, entropy, Firing(Starting(_Choice(), entropy), entropy))
    ticks = await _timed(scheduler.tick)
    at = clock.now() + int(_AHEAD * SECOND)
    await database.write(_filling(range(count - due, count), at))
    await asyncio.sleep(_AHEAD / 2)
    blocks, before = _Blocks(), _memory()
    tasks = [asyncio.create_task(blocks.watch()), asyncio.create_task(scheduler.run())]
    claimed = await _until(database, select(func.count()).select_from(executions), due, at)
    started = await _until(database, select(func.count()).select_from(sessions), due, at)
    grown = _memory() - before
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await database.close()
    return _measured(claimed, started, blocks, grown, ticks)


def _chunks(count: int) -> Iterator[range]:
    for first in range(0, count, 5_000):
        yield range(first, min(first + 5_000, count))


def _filling(numbers: range, at: int) -> Callable[[Connection], None]:
    def unit(connection: Connection) -> None:
        if connection.execute(select(people.c.id)).first() is None:
            connection.execute(insert(people), {"name": "bench", "admin": True, "created_at": 1})
            connection.execute(insert(workspaces), {"slug": "bench", "name": "Bench", "created_at": 1})
        common = {
            "workspace_id": 1,
            "creator_id": 1,
            "type": "recurring",
            "kind": "chat",
            "prompt": "true",
            "cron": "0 3 * * *",
            "zone": "America/New_York",
            "zone_data": zone_data_version(),
            "next_run_at": at,
            "created_at": 1,
            "updated_at": 1,
        }
        connection.execute(insert(automations), [{**common, "name": f"Job {number}"} for number in numbers])

    return unit


async def _until(database: Database, counting: Any, wanted: int, at: int) -> float:
    """How many seconds after its time the count is there."""
    limit = time.perf_counter() + _PATIENCE
    while await database.read(lambda connection: connection.execute(counting).scalar_one()) < wanted:
        if time.perf_counter() > limit:
            raise TimeoutError("Not all that was due was done.")
        await asyncio.sleep(0.01)
    return time.time() - at / SECOND


async def _timed(tick: Callable[[], Awaitable[object]]) -> float:
    """The seconds that an idle tick takes."""
    times = []
    for _ in range(TICKS):
        begun = time.perf_counter()
        await tick()
        times.append(time.perf_counter() - begun)
    return median(times)


def nothing(at: float) -> None:
    """What each job of the peer does: say when it came to run."""
    _came.append(time.time() - at)


_came: list[float] = []


async def _theirs(folder: Path, count: int, due: int) -> dict[str, float]:
    from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
    from apscheduler.schedulers.asyncio import AsyncIOScheduler
    from apscheduler.triggers.cron import CronTrigger

    store = SQLAlchemyJobStore(url=f"sqlite:///{folder / 'peer.db'}")
    scheduler = AsyncIOScheduler(
        jobstores={"default": store}, job_defaults={"misfire_grace_time": None}, timezone="UTC"
    )
    scheduler.start(paused=True)
    await asyncio.sleep(_SETTLING)  # it starts at the loop's next turn
    at = time.time() + 3600 * 24
    first = scheduler.add_job(nothing, CronTrigger.from_crontab("0 3 * * *", "America/New_York"), args=[at])
    state = first.__getstate__()
    for numbers in _chunks(count - due):
        _load(store, state, numbers, at)
    ticks = await _timed(_processing(scheduler))
    at = time.time() + _AHEAD
    _load(store, state, range(count - due, count), at)
    await asyncio.sleep(_AHEAD / 2)
    blocks, before = _Blocks(), _memory()
    watching = asyncio.create_task(blocks.watch())
    scheduler.resume()
    async with asyncio.timeout(_PATIENCE):
        while len(_came) < due:  # noqa: ASYNC110 - to be told would be work of the peer's
            await asyncio.sleep(0.01)
    grown = _memory() - before
    watching.cancel()
    scheduler.shutdown(wait=False)
    return _measured(max(_came), max(_came), blocks, grown, ticks)


def _load(store: Any, state: dict[str, Any], numbers: range, at: float) -> None:
    """Jobs as the peer stores them, many at once: one by one takes it minutes."""
    rows = []
    for number in numbers:
        job = {**state, "id": f"job-{number}", "args": (at,), "next_run_time": datetime.fromtimestamp(at, UTC)}
        rows.append({"id": job["id"], "next_run_time": at, "job_state": pickle.dumps(job, 5)})
    with store.engine.begin() as connection:
        connection.execute(insert(store.jobs_t), rows)


def _processing(scheduler: Any) -> Callable[[], Awaitable[object]]:
    """One look of the peer at what is due, which it takes for itself when it is not paused."""

    async def tick() -> None:
        scheduler.state = 1
        scheduler._process_jobs()
        scheduler.state = 2

    return tick


def _measured(claimed: float, started: float, blocks: _Blocks, grown: float, tick: float) -> dict[str, float]:
    return {
        "claimed_ms": claimed * 1_000,
        "started_ms": started * 1_000,
        "blocked_ms": blocks.longest * 1_000,
        "grown_mb": max(grown, 0.0),
        "tick_us": tick * 1_000_000,
    }


def _memory() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1_048_576


def main(which: str, count: int, due: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        measured = asyncio.run((_ours if which == "ours" else _theirs)(Path(folder), count, due))
    sys.stdout.write(json.dumps(measured) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
