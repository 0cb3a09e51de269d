"""A page of fifty inbox items out of a million, by the store, against sqlite3 alone on the same file."""

import asyncio
import sqlite3
import tempfile
import time
from pathlib import Path

from core.api.inbox import InboxQuery
from core.caller import Caller
from core.clock import SystemClock
from core.demo.bulk import fill_many
from core.demo.fill import opened
from core.home import Home
from core.inbox.service import Inbox
from storage.ids import PersonId
from tests.bench.figures import Figure, median, percentile

ROWS = 1_000_000
PAGES = 300
_RAW = (
    "SELECT id, person_id, event_seq, event, workspace_id, title, body, severity, reason, link, link_label,"
    " created_at, read_at, starred, starred_at, dismissed_at, snoozed_until FROM inbox_items"
    " WHERE person_id = ? AND dismissed_at IS NULL AND starred = 0 AND id < ? ORDER BY id DESC LIMIT 50"
)


def measure(rows: int = ROWS) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder), rows))


async def _measure(folder: Path, rows: int) -> list[Figure]:
    home = Home(folder / "home")
    clock = SystemClock()
    async with opened(home) as (database, person):
        await fill_many(database, person, rows, clock.now())
        ours = await _pages(Inbox(database, clock), person)
    raw = _raw_pages(home.database, person, rows)
    ratio = median(ours) / median(raw)
    return [
        Figure(
            f"50-row page at {rows:,} rows, p50 (p99 {percentile(ours, 0.99):.1f} ms)",
            f"{median(ours):.2f} ms",
            f"raw sqlite3 {median(raw):.2f} ms",
            ratio,
            "<= 2 ms",
            median(ours) <= 2.0,
        )
    ]


async def _pages(inbox: Inbox, person: PersonId) -> list[float]:
    """Milliseconds for each of the first pages, one after the other by cursor."""
    caller = Caller(person, "bench", True, frozenset(), frozenset(), "socket")
    cursor: str | None = None
    times = []
    for _ in range(PAGES):
        started = time.perf_counter()
        page = await inbox.page(caller, InboxQuery(cursor=cursor))
        times.append((time.perf_counter() - started) * 1000)
        cursor = page.next
    return times


def _raw_pages(path: Path, person: PersonId, rows: int) -> list[float]:
    connection = sqlite3.connect(path)
    times, last = [], rows
    for _ in range(PAGES):
        started = time.perf_counter()
        page = connection.execute(_RAW, (person, last)).fetchall()
        times.append((time.perf_counter() - started) * 1000)
        last = page[-1][0]
    connection.close()
    return times
