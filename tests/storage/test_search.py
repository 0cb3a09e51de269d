"""The index of words: made beside everything else, made anew when most of it is gone, and never needed."""

from functools import partial

import pytest
from sqlalchemy import delete, event, update

from core.clock import ManualClock
from core.ids import SystemEntropy
from core.inbox.indexing import Indexing
from core.people.service import People
from storage import inbox_lists, indexing, search
from storage.criterion import Criterion
from storage.database import Connection, Database
from storage.engines import Sqlite
from storage.ids import EventSeq, Instant, PersonId
from storage.inbox import EVERYTHING, Narrowing, NewItemRow, inbox_items, insert_items
from storage.search import NOT_BUILDING, inbox_index
from storage.words import Wanted, indexed, words

NOW = Instant(1)
TITLE = "Deployment of müller failed"


def items(person: PersonId, first: int, last: int) -> list[NewItemRow]:
    return [
        NewItemRow(
            person, EventSeq(number), "task:review", None, f"{TITLE} #{number}", "", "info", "", None, None, NOW
        )
        for number in range(first, last + 1)
    ]


def index_all(connection: Connection) -> int:
    return indexing.index_some(connection, 10_000)


def looking_for(text: str) -> Narrowing:
    return Narrowing(criteria=(Criterion("text", (text,)),))


async def found(database: Database, person: PersonId, text: str) -> list[int]:
    unit = partial(inbox_lists.index, person=person, narrowing=looking_for(text), now=NOW)
    return await database.read(unit)


async def somebody(database: Database, clock: ManualClock, name: str = "ann", uid: int = 1000) -> PersonId:
    return await People(database, clock, SystemEntropy()).found(uid, name)


def forget(connection: Connection) -> None:
    """As in a database of before there was an index."""
    connection.execute(delete(inbox_index))
    connection.exec_driver_sql(
        "INSERT INTO inbox_index (id, current, built, held, upto, whole) VALUES (1, 0, 0, 0, 0, 0)"
    )
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("INSERT INTO inbox_words_1(inbox_words_1) VALUES ('delete-all')")
    else:
        connection.exec_driver_sql("DELETE FROM inbox_words")


async def test_items_of_before_the_index_are_found_by_reading_them_until_it_is_made(
    database: Database, clock: ManualClock
) -> None:
    ann = await somebody(database, clock)
    await database.write(partial(insert_items, rows=items(ann, 1, 250)))
    await database.write(forget)
    before = await found(database, ann, "deploy")
    await database.write(partial(insert_items, rows=items(ann, 251, 260)))
    meanwhile = await found(database, ann, "#255")

    await Indexing(database, clock).catch_up()

    state = await database.read(search.state)
    assert (len(before), len(meanwhile)) == (250, 1)
    assert (state.current, state.built, state.held) == (1, NOT_BUILDING, 260)
    assert len(await found(database, ann, "MULLER")) == 260
    await database.write(partial(insert_items, rows=items(ann, 261, 261)))
    assert len(await found(database, ann, "deploy")) == 261


async def test_what_came_is_found_before_and_after_it_is_in_the_index(
    database: Database, clock: ManualClock
) -> None:
    ann, ben = await somebody(database, clock), await somebody(database, clock, "ben", 1001)
    await database.write(partial(insert_items, rows=items(ann, 1, 30)))
    await database.write(partial(indexing.index_some, limit=20))
    await database.write(partial(insert_items, rows=items(ben, 31, 40)))

    some = [await found(database, ann, text) for text in ("deploy", "müller failed", "#1", "#25", "-")]
    theirs = await found(database, ben, "deploy")
    await Indexing(database, clock).catch_up()
    all_of_them = [await found(database, ann, text) for text in ("deploy", "müller failed", "#1", "#25", "-")]

    assert [len(ids) for ids in some] == [30, 30, 11, 1, 0]
    assert len(theirs) == 10
    assert all_of_them == some


async def test_what_arrives_while_the_index_is_made_is_in_it(database: Database, clock: ManualClock) -> None:
    ann = await somebody(database, clock)
    await database.write(partial(insert_items, rows=items(ann, 1, 20)))
    await database.write(forget)

    await database.write(partial(indexing.build_some, limit=20))
    await database.write(partial(insert_items, rows=items(ann, 21, 21)))
    too_early = await database.write(partial(indexing.switch, held=21))
    await database.write(partial(indexing.build_some, limit=20))
    whole = await database.write(partial(indexing.switch, held=21))

    assert (too_early, whole) == (False, True)
    assert len(await found(database, ann, "21")) == 1


async def test_an_index_of_mostly_what_is_gone_is_made_anew_in_its_other_table(
    sqlite: Sqlite, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "_LEFT_ALONE", 10)
    database = Database(sqlite)
    ann = await somebody(database, clock)
    await database.write(partial(insert_items, rows=items(ann, 1, 300)))
    await database.write(index_all)
    keeper = Indexing(database, clock)
    await database.write(lambda c: c.execute(delete(inbox_items).where(inbox_items.c.event_seq <= 120)).rowcount)
    few_gone = await database.read(indexing.is_stale)
    await database.write(lambda c: c.execute(delete(inbox_items).where(inbox_items.c.event_seq <= 200)).rowcount)
    most_gone = await database.read(indexing.is_stale)

    await keeper.renew()

    state = await database.read(search.state)
    left = await database.read(lambda c: c.exec_driver_sql("SELECT count(*) FROM inbox_words_1_idx").scalar_one())
    assert (few_gone, most_gone) == (False, True)
    assert (state.current, state.built, state.held, left) == (2, NOT_BUILDING, 100, 0)
    assert len(await found(database, ann, "deploy")) == 100
    assert not await database.read(indexing.is_stale)
    await database.write(partial(insert_items, rows=items(ann, 301, 301)))
    assert len(await found(database, ann, "301")) == 1
    await database.close()


async def test_without_full_text_search_in_sqlite_items_are_found_by_reading_them(
    sqlite: Sqlite, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_ABLE", "SELECT 1 WHERE 0")
    database = Database(sqlite)
    ann = await somebody(database, clock)
    await database.write(indexing.begin)
    await database.write(partial(insert_items, rows=items(ann, 1, 3)))
    await Indexing(database, clock).catch_up()
    by_reading = await found(database, ann, "deploy"), await found(database, ann, '"of müller"'[1:-1])
    await database.close()

    monkeypatch.undo()
    database = Database(sqlite)
    await database.write(indexing.begin)
    await Indexing(database, clock).catch_up()

    assert [len(ids) for ids in by_reading] == [3, 3]
    assert (await database.read(search.state)).current == 1
    assert len(await found(database, ann, "muller")) == 3
    await database.close()


async def test_the_words_of_others_stay_theirs(database: Database, clock: ManualClock) -> None:
    ann, ben = await somebody(database, clock), await somebody(database, clock, "ben", 1001)
    await database.write(partial(insert_items, rows=[*items(ann, 1, 3), *items(ben, 4, 9)]))
    await database.write(index_all)
    theirs = await database.read(partial(inbox_lists.index, person=ben, narrowing=EVERYTHING, now=NOW))

    for text in (
        "deploy",
        f"{ben}.deploy",
        f"0-{ben}.deploy",
        f'" OR "0-{ben}.deploy',
        f"p{ben}",
        "*",
        "!",
        "-deploy",
    ):
        narrowing = Narrowing(history=True, criteria=(Criterion("text", (text,)),))
        mine = await database.read(partial(inbox_lists.index, person=ann, narrowing=narrowing, now=NOW))
        these = partial(inbox_lists.these, person=ann, narrowing=narrowing, ids=theirs, now=NOW)

        assert not set(mine) & set(theirs)
        assert not await database.read(these)


async def test_merging_comes_to_an_end_and_loses_nothing(sqlite: Sqlite, clock: ManualClock) -> None:
    database = Database(sqlite)
    ann = await somebody(database, clock)
    for first in range(1, 101, 5):
        await database.write(partial(insert_items, rows=items(ann, first, first + 4)))
        await database.write(index_all)
    segments = "SELECT count(DISTINCT segid) FROM inbox_words_1_idx"
    before = await database.read(lambda connection: connection.exec_driver_sql(segments).scalar_one())

    await Indexing(database, clock).catch_up()

    after = await database.read(lambda connection: connection.exec_driver_sql(segments).scalar_one())
    assert before == 20
    assert after < 8
    assert len(await found(database, ann, "failed")) == 100
    await database.close()


async def test_a_page_of_what_many_items_have_reads_only_some_of_them(sqlite: Sqlite, clock: ManualClock) -> None:
    database = Database(sqlite)
    ann = await somebody(database, clock)
    await database.write(partial(insert_items, rows=items(ann, 1, 3_000)))
    await database.write(index_all)
    await database.write(
        lambda c: (
            c.execute(update(inbox_items).where(inbox_items.c.event_seq % 300 == 0).values(starred=True)).rowcount
        )
    )
    looked_at: list[str] = []

    def note(connection: Connection) -> list[int]:
        event.listen(connection, "before_cursor_execute", lambda *args: looked_at.append(args[2]))
        rows = inbox_lists.page(connection, ann, looking_for("deploy"), None, 51, NOW)
        return [row.id for row in rows]

    ids = await database.read(note)

    assert len(ids) == 51
    assert ids[:10] == list(range(3_000, 0, -300))
    assert ids[10:13] == [2_999, 2_998, 2_997]
    assert not [statement for statement in looked_at if "LIKE" in statement]
    await database.close()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Deploy of v1.2 FAILED", ["deploy", "of", "v1", "2", "failed"]),
        ("Straße café cafe\u0301", ["strasse", "cafe", "cafe"]),
        ("部署失败 now", ["部", "署", "失", "败", "now"]),
        ("a🚀b", ["a", "🚀", "b"]),
        ("snake_case", ["snake", "case"]),
        ("\u202e\u200b \x1b[31m", ["31m"]),
        ("?! --", []),
    ],
)
def test_words_are_runs_of_letters_and_digits_without_accents_and_capitals(
    text: str, expected: list[str]
) -> None:
    assert words(text) == expected


def test_of_a_long_text_the_beginning_is_read() -> None:
    assert indexed("a " * 1_999 + "yes " + "never") == {"a", "ye"}


@pytest.mark.parametrize(
    ("text", "exact"),
    [("Deploy", False), ("Café", False), ("not found", True), ("v1.2", True), ("!", True), ("a" * 21, True)],
)
def test_what_is_not_one_word_must_stand_there_as_it_was_typed(text: str, exact: bool) -> None:
    assert Wanted(text).exact is exact
