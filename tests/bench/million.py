"""One person with a million notifications: every list and every search by the server, against sqlite3 alone on
the same file, and how long others wait while half of them are cleared away and while the index of words is made
anew."""

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from core.api import inbox as inbox_api
from core.api.inbox import InboxQuery
from core.api.work import SidebarQuery, WorkQuery
from core.caller import Caller
from core.client import Client
from core.clock import DAY, SystemClock
from core.config import RetentionSettings
from core.demo.fill import opened
from core.home import Home
from core.inbox.indexing import Indexing
from core.inbox.retention import Retention
from core.inbox.service import Inbox
from core.mywork.service import MyWork
from storage import indexing, search
from storage.database import Connection, Database
from storage.ids import EventSeq, Instant, PersonId
from storage.inbox import NewItemRow, insert_items
from storage.samples import multiply
from tests.bench.figures import Figure, median, percentile
from tests.bench.serving import callboard_server

ROWS = 1_000_000
DAYS = 20
TIMES = 40
_STARS = 500  # one of so many is starred
_KINDS = ("task:review", "automation:failed", "merge:failed", "approval:requested", "hook:failed")
_SAID = (
    "Review the change to the checkout page; three files differ and one test was added",
    "The nightly run ended with code 2 after four minutes; the log has the reason",
    "Two files are in conflict with the main branch and have to be merged by hand",
    "May the session delete the old tables of the staging database",
    "The hook answered with status 500 three times and is tried again tomorrow",
)
_LISTS = {
    "New": "is:unread,starred",
    "Inbox": "",
    "All": "is:all",
    "Starred": "is:starred",
    "sev:critical, a fifth": "sev:critical",
    "from:session/7, none": "from:session/7",
    "since:1h": "since:1h",
    "before:15d": "before:15d",
}
_SEARCHES = {
    "one item has": "777777",
    "one in a hundred has": "77",
    "all have": "callboard",
    "all have, starred": "callboard is:starred",
    "one letter": "c",
    "two words": "nightly callboard",
    "phrase, a fifth": '"ended with code 2"',
    "phrase, none": '"code 2 ended"',
    "not": "-nightly is:unread",
}
_RAW = (
    "SELECT * FROM inbox_items WHERE person_id = ? AND dismissed_at IS NULL AND starred = 0 AND id < ?"
    " ORDER BY id DESC LIMIT 50"
)
_LIKE = (
    "SELECT * FROM inbox_items WHERE person_id = ? AND dismissed_at IS NULL AND starred = 0"
    " AND (title LIKE ? OR body LIKE ?) ORDER BY id DESC LIMIT 50"
)
_SIZE = (
    "SELECT sum(pgsize) / 1e6, sum(CASE WHEN name LIKE 'inbox_words%' THEN pgsize ELSE 0 END) / 1e6 FROM dbstat"
)


def measure(rows: int = ROWS) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        yield from asyncio.run(_in_process(home, rows))
        yield from _over_the_socket(home)
        yield from asyncio.run(_clearing(home))


async def _in_process(home: Home, rows: int) -> list[Figure]:
    clock = SystemClock()
    async with opened(home) as (database, person):
        began = time.perf_counter()
        await _fill(database, person, rows, clock.now())
        await Indexing(database, clock).catch_up()
        made = time.perf_counter() - began
        plain, indexed = await _insertion(database, person)
        inbox = Inbox(database, clock)
        work = MyWork(database, clock, inbox)
        caller = Caller(person, "bench", True, frozenset(), frozenset(), "socket")

        async def page(filter: str = "", cursor: str | None = None) -> object:
            return await inbox.page(caller, InboxQuery(filter=filter, cursor=cursor))

        lists = {name: await _times(partial(page, asked)) for name, asked in _LISTS.items()}
        lists["in the middle"] = await _times(partial(page, "", f"n-{rows // 2}"))
        lists["sidebar"] = await _times(lambda: work.sidebar(caller, SidebarQuery()))
        lists["My Work page"] = await _times(lambda: work.page(caller, WorkQuery()))
        lists["counts"] = await _times(lambda: inbox.counts(caller))
        searches = {name: await _times(partial(page, asked)) for name, asked in _SEARCHES.items()}
        index = {asked: await _times(partial(inbox.index, caller, asked), 3) for asked in ("77", "callboard", "")}
    raw, scan = _yardsticks(home.database, person, rows)
    with closing(sqlite3.connect(home.database)) as connection:
        whole, words = connection.execute(_SIZE).fetchone()
    found = [_figure(f"list: {name}", each, f"raw sqlite3 {raw:.2f} ms", raw, 5) for name, each in lists.items()]
    found += [
        _figure(f"search: {name}", each, f"LIKE, none found {scan:.0f} ms", scan, 50)
        for name, each in searches.items()
    ]
    found += [
        _figure(f"all ids of {asked or 'the inbox'}", each, "", None, 2_000) for asked, each in index.items()
    ]
    found.append(Figure(f"{rows:,} items made and indexed", f"{made:.0f} s", "", None, "<= 60 s", made <= 60))
    said = f"{whole:.0f} MB, of it the index"
    found.append(Figure(f"size: {said}", f"{words:.0f} MB", f"without {whole - words:.0f} MB", None, "", True))
    more = (indexed - plain) * 1e6
    said = f"without {plain * 1e6:.0f} us"
    found.append(Figure("put one more item into the index", f"{more:.0f} us", said, None, "<= 60 us", more <= 60))
    return found


async def _fill(database: Database, person: PersonId, rows: int, now: Instant) -> None:
    patterns = [
        NewItemRow(
            person,
            EventSeq(0),
            kind,
            None,
            said.split(";")[0],
            f"{said}. Seen by Callboard.",
            ("info", "critical", "warning", "info", "info")[number],
            "You are a member of the workspace.",
            f"callboard:automation/{number}",
            "Open",
            Instant(0),
            f"automation/{number}",
        )
        for number, (kind, said) in enumerate(zip(_KINDS, _SAID, strict=True))
    ]
    oldest, step = Instant(now - DAYS * DAY), DAYS * DAY // rows
    for first in range(1, rows + 1, 20_000):
        last = min(rows, first + 19_999)
        await database.write(
            partial(
                multiply,
                person=person,
                patterns=patterns,
                first=first,
                last=last,
                oldest=oldest,
                step=step,
                stars=_STARS,
            )
        )


async def _insertion(database: Database, person: PersonId) -> tuple[float, float]:
    """Seconds for each of a batch of new items: alone, and with their words."""

    def batch(connection: Connection, first: int) -> float:
        rows = [
            NewItemRow(*about, f"{said} #{n}", f"{said} in step {n}", "info", "", None, None, Instant(0), "task")
            for n, said in ((first + number, _SAID[number % 5]) for number in range(1_000))
            for about in [(person, EventSeq(n), "task:review", None)]
        ]
        began = time.perf_counter()
        insert_items(connection, rows)
        return (time.perf_counter() - began) / len(rows)

    def words(connection: Connection) -> float:
        began = time.perf_counter()
        count = indexing.index_some(connection, 1_000)
        return (time.perf_counter() - began) / max(1, count)

    plain, later = [], []
    for first in range(1, 5_000, 1_000):
        plain.append(await database.write(partial(batch, first=first)))
        later.append(await database.write(words))
    return median(plain), median(plain) + median(later)


async def _times(ask: Callable[[], Awaitable[object]], times: int = TIMES) -> list[float]:
    """Milliseconds for each of so many answers, after a first one."""
    found = []
    for _ in range(times + 1):
        began = time.perf_counter()
        await ask()
        found.append((time.perf_counter() - began) * 1000)
    return found[1:]


def _yardsticks(path: Path, person: PersonId, rows: int) -> tuple[float, float]:
    """Milliseconds for a page, and for a search that finds nothing, by sqlite3 alone."""
    with closing(sqlite3.connect(path)) as connection:
        ends = [rows - 50 * number for number in range(TIMES)]
        pages = [_timed(partial(_fetched, connection, _RAW, person, end)) for end in ends]
        words = "%no such words%"
        scans = [_timed(partial(_fetched, connection, _LIKE, person, words, words)) for _ in range(3)]
    return median(pages), median(scans)


def _fetched(connection: sqlite3.Connection, question: str, *values: object) -> list[object]:
    return connection.execute(question, values).fetchall()


def _timed(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return (time.perf_counter() - began) * 1000


def _over_the_socket(home: Home) -> Iterator[Figure]:
    with callboard_server(home.path):
        client = Client(home.socket)
        asked = {
            "New": "is:unread,starred",
            "search: one in a hundred has": "77",
            "search: all have": "callboard",
        }
        for name, text in asked.items():
            call = inbox_api.page(filter=text)
            client.send(call)
            times = [_timed(partial(client.send, call)) for _ in range(TIMES)]
            yield _figure(f"over the socket: {name}", times, "", None, 50)


async def _clearing(home: Home) -> list[Figure]:
    """The longest wait of somebody else who writes, while half of all goes, and while the index is made anew."""
    clock = SystemClock()
    async with opened(home) as (database, _):
        retention = Retention(database, clock, lambda: RetentionSettings(DAYS // 2, DAYS // 2, DAYS))
        removed, waits, took = await _beside(database, retention.tidy)
        await database.write(indexing.start)
        _, more_waits, more_took = await _beside(database, Indexing(database, clock).catch_up)
        state = await database.read(search.state)
    count = sum(removed.values()) if isinstance(removed, dict) else 0
    return [
        _wait(f"{count:,} of them cleared away in {took:.0f} s: another waits", waits),
        _wait(f"index of {state.held:,} made anew in {more_took:.0f} s: another waits", more_waits),
    ]


async def _beside(
    database: Database, work: Callable[[], Awaitable[object]]
) -> tuple[object, Sequence[float], float]:
    """What the work came to, how long each of another's writes waited meanwhile, and how long it took."""
    began, waits = time.perf_counter(), []
    task = asyncio.ensure_future(work())
    while not task.done():
        asked = time.perf_counter()
        await database.write(lambda connection: connection.exec_driver_sql("SELECT 1").scalar_one())
        waits.append((time.perf_counter() - asked) * 1000)
        await asyncio.sleep(0.003)
    return await task, waits, time.perf_counter() - began


def _figure(what: str, times: Sequence[float], yardstick: str, raw: float | None, most: int) -> Figure:
    ours = median(times)
    what = f"{what} (p99 {percentile(times, 0.99):.1f} ms)"
    return Figure(what, f"{ours:.2f} ms", yardstick, ours / raw if raw else None, f"<= {most} ms", ours <= most)


def _wait(what: str, waits: Sequence[float]) -> Figure:
    longest = max(waits)
    return Figure(
        what, f"{longest:.0f} ms", f"p99 {percentile(waits, 0.99):.1f} ms", None, "<= 50 ms", longest <= 50
    )
