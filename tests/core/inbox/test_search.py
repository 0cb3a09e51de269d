"""Every list of the inbox against a plain reading of the same filter, item by item, on each engine."""

import random
import unicodedata
from collections.abc import Iterator
from datetime import UTC
from functools import cache, partial
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import delete, update

from core.caller import Caller
from core.clock import DAY, ManualClock
from core.filtering import parse
from core.filters import INBOX_FIELDS
from core.ids import SystemEntropy
from core.inbox.listing import narrow
from core.people.service import People
from storage import inbox_lists, indexing
from storage.criterion import Criterion
from storage.database import Connection, Database
from storage.ids import EventSeq, Instant, ItemId, PersonId, WorkspaceId
from storage.inbox import Narrowing, NewItemRow, Place, inbox_items, insert_items

ITEMS = 200
PIECES = (
    "deploy", "Deployment", "DEPLOYED", "failed", "Straße", "STRASSE", "café", "cafe\u0301", "résumé", "ﬁle",
    "x²", "部署失败", "部署", "失败", "サーバー", "서버", "שלום", "مرحبا", "สวัสดี", "नमस्ते", "🚀", "👩\u200d💻",
    "№5", "AND",
    'NEAR("', "a*b", "^start", "-minus", "col:umn", "OR", "NOT", '"quoted"', "it's", "p1", "1", "12", "p12", "{}",
    "#", "!", "!sinfo", "1-1.deploy", "%", "_", "50%", "a_b", "back\\slash", "v1.2.3", "foo-bar", "foo bar",
    "http://x.y/z?q=1", "internationalizationists", "internationalizationiste", "\u202eright", "zero\u200bwidth",
)  # fmt: skip
EVENTS = ("task:review", "task:review:done", "automation:failed", "system:notice", "merge:failed")
SOURCES = ("automation/12", "automation/1", "automation", "session/7", "task", "person/dana")


class Oracle:
    """The same filter, read by going through all items."""

    def __init__(self, rows: list[dict[str, Any]], now: Instant) -> None:
        self.rows = sorted(rows, key=lambda row: (not row["starred"], -row["id"]))
        self.now = now

    def ids(self, person: PersonId, criteria: tuple[Criterion, ...]) -> list[int]:
        history = any(
            each.what == "is" and not each.negated and {"all", "dismissed", "snoozed"} & set(each.values)
            for each in criteria
        )
        return [
            row["id"]
            for row in self.rows
            if row["person_id"] == person
            and (history or (row["dismissed_at"] is None and not self._asleep(row)))
            and all(self._meets(row, each) != each.negated for each in criteria)
        ]

    def _asleep(self, row: dict[str, Any]) -> bool:
        return row["snoozed_until"] is not None and row["snoozed_until"] > self.now

    def _meets(self, row: dict[str, Any], wanted: Criterion) -> bool:
        values: tuple[Any, ...] = wanted.values
        match wanted.what:
            case "text":
                return all(_found(row, text) for text in values)
            case "is":
                return any(self._is(row, state) for state in values)
            case "severity":
                return bool(row["severity"] in values)
            case "event":
                return any(_event_fits(row["event"], pattern) for pattern in values)
            case "from":
                return any(
                    row["source"] == value or ("/" not in value and row["source"].startswith(value + "/"))
                    for value in values
                )
            case "ticket":
                return bool(row["ticket_id"] in values)
            case "since":
                return bool(row["created_at"] >= values[0])
            case "until":
                return bool(row["created_at"] < values[0])
            case "has":
                return bool(row["link"])
            case _:
                raise LookupError(wanted.what)

    def _is(self, row: dict[str, Any], state: str) -> bool:
        states: dict[str, bool] = {
            "unread": row["read_at"] is None,
            "read": row["read_at"] is not None,
            "starred": row["starred"],
            "dismissed": row["dismissed_at"] is not None,
            "snoozed": row["dismissed_at"] is None and self._asleep(row),
            "all": True,
        }
        return states[state]


def _event_fits(event: str, pattern: str) -> bool:
    return (
        event.startswith(pattern[:-1]) and ":" not in event[len(pattern) - 1 :]
        if "*" in pattern
        else event == pattern
    )


def _found(row: dict[str, Any], text: str) -> bool:
    places = (row["title"], row["body"], row["event"], row["source"])
    there, pairs = _there(places)
    wanted = _words(text)
    if not all(any(each.startswith(word[:20]) for each in there) for word in wanted):
        return False
    if not pairs.issuperset(_pairs(wanted[:-1])):
        return False
    if not all(any(one == a and b.startswith(other) for a, b in pairs) for one, other in _pairs(wanted[-2:])):
        return False
    plain = len(wanted) == 1 and wanted[0] == _folded(text) and len(wanted[0]) <= 20
    return plain or any(_small(text) in _small(place) for place in places)


@cache
def _there(places: tuple[str, ...]) -> tuple[set[str], set[tuple[str, str]]]:
    words = [_words(place[:4_000]) for place in places]
    return {word[:20] for place in words for word in place}, {pair for place in words for pair in _pairs(place)}


def _pairs(words: list[str]) -> list[tuple[str, str]]:
    return [(one[:20], other[:20]) for one, other in pairwise(words)]


@cache
def _small(text: str) -> str:
    return "".join(char.lower() for char in text)


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(char for char in apart if not unicodedata.category(char).startswith("M"))


@cache
def _words(text: str) -> list[str]:
    found, run = [], ""
    for char in _folded(text) + " ":
        alone = any(name in unicodedata.name(char, "") for name in ("CJK", "HIRAGANA", "KATAKANA", "THAI"))
        alone = alone or 0x2190 <= ord(char) <= 0x2BFF or 0x1F000 <= ord(char) <= 0x1FAFF
        if char.isalnum() and not alone:
            run += char
            continue
        found += [run] if run else []
        found += [char] if alone else []
        run = ""
    return found


def _filters(chance: random.Random) -> Iterator[str]:
    texts = ['"' + piece.replace("\\", "\\\\").replace('"', '\\"') + '"' for piece in PIECES]
    texts += [
        f'"{piece}"'
        for piece in (
            "fail",
            "Cafe",
            "f",
            "de",
            "dep",
            "strass",
            "部",
            "foo bar deploy",
            "foo bar d",
            "AND failed",
        )
    ]
    others = [
        "is:unread,starred", "is:unread", "is:read", "is:starred", "is:snoozed", "is:dismissed", "is:all",
        "-is:starred", "-is:unread,starred", "is:all,starred -is:read", "is:snoozed,dismissed", "sev:critical",
        "sev:info,warning", "event:task:*", "event:task:review", "from:automation", "from:automation/1",
        "-from:task", "ticket:X-1", "-ticket:X-1", "has:link", "since:3d", "until:20d", "age:<9d",
        "since:20d until:3d", "since:400d",
    ]  # fmt: skip
    yield ""
    yield from texts
    yield from others
    for _ in range(24):
        some = [chance.choice(("", "", "-")) + text for text in chance.sample(texts, chance.randint(1, 2))]
        yield " ".join(some + chance.sample(others, chance.randint(0, 2)))


async def _people(database: Database, clock: ManualClock) -> list[PersonId]:
    people = People(database, clock, SystemEntropy())
    return [await people.found(1000 + number, name) for number, name in enumerate(("ann", "ben"))]


def _fill(
    connection: Connection, people: list[PersonId], now: Instant, chance: random.Random
) -> list[dict[str, Any]]:
    """Items at two ends of a block of ids, in all states; some of them are gone again."""

    def item(number: int) -> NewItemRow:
        title, body = (" ".join(chance.choices(PIECES, k=chance.randint(1, 5))) for _ in range(2))
        return NewItemRow(
            people[number % 5 == 0],
            EventSeq(number),
            chance.choice(EVENTS),
            chance.choice((None, WorkspaceId(1))),
            title,
            body,
            chance.choice(("info", "warning", "critical")),
            "because",
            chance.choice((None, "callboard:session/7")),
            None,
            Instant(now - chance.randint(0, 30 * DAY)),
            chance.choice(SOURCES),
            chance.choice((None, "X-1", "X 1")),
        )

    insert_items(connection, [item(number) for number in range(1, ITEMS // 2)])
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("UPDATE sqlite_sequence SET seq = 131000 WHERE name = 'inbox_items'")
    insert_items(connection, [item(number) for number in range(ITEMS // 2, ITEMS)])
    rows = connection.execute(inbox_items.select()).mappings().all()
    for row in rows:
        starred = chance.random() < 0.3
        states = {
            "read_at": chance.choice((None, now)),
            "starred": starred,
            "starred_at": now if starred else None,
            "dismissed_at": chance.choice((None, None, None, now)),
            "snoozed_until": chance.choice((None, None, None, Instant(now + DAY), Instant(now - DAY))),
        }
        connection.execute(update(inbox_items).where(inbox_items.c.id == row["id"]).values(states))
    gone = [row["id"] for row in rows if row["id"] % 11 == 0]
    connection.execute(delete(inbox_items).where(inbox_items.c.id.in_(gone)))
    return [dict(row) for row in connection.execute(inbox_items.select()).mappings()]


def _walked(
    connection: Connection, person: PersonId, narrowing: Narrowing, now: Instant, limit: int
) -> list[int]:
    """All ids, page by page."""
    found: list[int] = []
    below: Place | None = None
    while True:
        rows = inbox_lists.page(connection, person, narrowing, below, limit, now)
        found += [row.id for row in rows]
        if len(rows) < limit:
            return found
        below = Place(rows[-1].starred, ItemId(rows[-1].id))


async def test_every_list_is_what_a_plain_reading_of_its_filter_finds(
    database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance, now = random.Random(4), clock.now()
    people = await _people(database, clock)
    rows = await database.write(lambda connection: _fill(connection, people, now, chance))
    filters = list(_filters(chance))
    await database.write(partial(indexing.index_some, limit=ITEMS * 2 // 3))  # the others are read

    found = await _compared(database, people[0], rows, now, filters)
    if database.engine == "sqlite":  # which has more than one way through a list: by the few, or in order
        for name, limit in {"_FEW": 8, "_FEW_TESTS": 8, "_SOME": 80}.items():
            monkeypatch.setattr(inbox_lists, name, limit)
        await _compared(database, people[0], rows, now, filters[::2])

    assert found > 100


async def _compared(
    database: Database, person: PersonId, rows: list[dict[str, Any]], now: Instant, filters: list[str]
) -> int:
    """How many of the filters find something. Each list has what the plain reading finds, in its order."""
    oracle, found = Oracle(rows, now), 0
    caller = Caller(person, "ann", False, frozenset(), frozenset(), "socket")
    starred = {row["id"] for row in rows if row["starred"]}
    for text in filters:
        expected = oracle.ids(person, parse(text, INBOX_FIELDS, now, UTC))
        narrowing = await narrow(database, caller, text, now)
        unit = partial(_lists, person=person, narrowing=narrowing, now=now, ids=[row["id"] for row in rows])
        lists = await database.read(unit)
        assert lists == (expected, expected, sorted(expected), len(starred.intersection(expected))), text
        found += bool(expected)
    return found


def _lists(
    connection: Connection, *, person: PersonId, narrowing: Narrowing, now: Instant, ids: list[int]
) -> tuple[list[int], list[int], list[int], int]:
    return (
        inbox_lists.index(connection, person, narrowing, now),
        _walked(connection, person, narrowing, now, 40),
        sorted(row.id for row in inbox_lists.these(connection, person, narrowing, ids, now)),
        inbox_lists.starred_count(connection, person, narrowing, now),
    )
