"""Durable units of work per second at 16 callers, against raw sqlite3 committing batches of the same size."""

import asyncio
import sqlite3
import tempfile
import time
from pathlib import Path

from sqlalchemy import Connection, bindparam, insert

from storage.database import Database
from storage.engines import Sqlite
from storage.events import events
from storage.migrate import prepare
from tests.bench.figures import Figure, median

CALLERS = 16
UNITS = 8000
_ROW = {"origin": "ws:1", "name": "bench:unit", "payload": '{"text":"a unit of work"}', "recorded_at": 1}
_INSERT = insert(events).values(id=bindparam("unit"), **_ROW)


def measure(rounds: int = 3) -> list[Figure]:
    ours, raw, sizes = [], [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            rate, size = asyncio.run(_through_the_store(Path(folder)))
            ours.append(rate)
            sizes.append(size)
            raw.append(_raw(Path(folder), max(1, round(size))))
    ratio = median(ours) / median(raw)
    what = f"durable units/s, {CALLERS} callers, batches of {median(sizes):.0f}"
    return [
        Figure(
            what, f"{median(ours):,.0f}/s", f"raw sqlite3 {median(raw):,.0f}/s", ratio, ">= 0.25x", ratio >= 0.25
        )
    ]


async def _through_the_store(folder: Path) -> tuple[float, float]:
    dialect = Sqlite(folder / "units.db")
    prepare(dialect, backup_folder=folder)
    database = Database(dialect)
    commits = 0

    def count() -> None:
        nonlocal commits
        commits += 1

    database.on_commit(count)

    async def caller(name: int) -> None:
        for number in range(UNITS // CALLERS):
            await database.write(_unit(f"{name}-{number}"))

    await database.write(_unit("warm"))
    started, commits = time.perf_counter(), 0
    await asyncio.gather(*(caller(name) for name in range(CALLERS)))
    elapsed = time.perf_counter() - started
    size = UNITS / max(1, commits)
    await database.close()
    return UNITS / elapsed, size


class _unit:  # noqa: N801
    """One insert. A class and not a closure, so that the bench measures the store and not the bench."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, connection: Connection) -> None:
        connection.execute(_INSERT, {"unit": self._name})


def _raw(folder: Path, batch: int) -> float:
    """The same rows into the same table by sqlite3 alone, as many to a commit as the store's batches had."""
    dialect = Sqlite(folder / "raw.db")
    prepare(dialect, backup_folder=folder)
    connection = sqlite3.connect(dialect.path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    statement = "INSERT INTO events (id, origin, name, payload, recorded_at) VALUES (?, ?, ?, ?, ?)"
    started = time.perf_counter()
    for first in range(0, UNITS, batch):
        connection.execute("BEGIN IMMEDIATE")
        for number in range(first, min(first + batch, UNITS)):
            connection.execute(
                statement, (f"raw-{number}", _ROW["origin"], _ROW["name"], _ROW["payload"], _ROW["recorded_at"])
            )
        connection.execute("COMMIT")
    elapsed = time.perf_counter() - started
    connection.close()
    return UNITS / elapsed
