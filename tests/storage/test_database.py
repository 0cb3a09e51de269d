"""The store, on both engines: what becomes of a unit of work when something goes wrong around it."""

import asyncio
import threading
from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from storage.database import Connection, Database
from storage.engines import Dialect, Postgres, Sqlite
from storage.errors import UnavailableDatabaseError
from storage.work import Part
from tests.databases import Cluster
from tests.storage.notes import NAME, TEXT, note

LIMIT = 20


def keep(name: str) -> Callable[[Connection], str]:
    def unit(connection: Connection) -> str:
        connection.execute(note(name))
        return name

    return unit


def names(connection: Connection) -> set[str]:
    return set(connection.execute(select(NAME)).scalars())


def count(connection: Connection) -> int:
    return connection.execute(select(func.count(NAME))).scalar_one()


class Gate:
    """A unit that holds the thread that runs it, so that what comes after it waits together."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.opened = threading.Event()

    def __call__(self, connection: Connection) -> None:
        self.entered.set()
        self.opened.wait(LIMIT)

    async def reached(self) -> None:
        await asyncio.to_thread(self.entered.wait, LIMIT)


class Together:
    """A unit for several callers, which notes for whom it was run, and refuses what one of them gives."""

    def __init__(self, refused: str = "") -> None:
        self.refused = refused
        self.runs: list[list[str]] = []

    def given(self, name: str) -> Part:
        return Part(self, name)

    def __call__(self, connection: Connection, given: Sequence[str]) -> list[str]:
        self.runs.append(list(given))
        kept = []
        for name in given:
            connection.execute(note(name))
            if name == self.refused:
                raise ValueError(name)
            kept.append(f"kept {name}")
        return kept


async def in_one_batch(database: Database, *units: Callable[[Connection], object]) -> list[object]:
    """The results and errors of units that were written in the same transaction."""
    gate = Gate()
    held = asyncio.create_task(database.write(gate))
    await gate.reached()
    tasks = [asyncio.create_task(database.write(unit)) for unit in units]
    await asyncio.sleep(0)
    gate.opened.set()
    await held
    return list(await asyncio.gather(*tasks, return_exceptions=True))


async def test_a_unit_is_durable_when_it_is_answered(database: Database) -> None:
    assert await database.write(keep("a")) == "a"
    assert await database.read(names) == {"a"}


async def test_units_that_wait_together_are_all_written(database: Database) -> None:
    await asyncio.gather(*(database.write(keep(str(number))) for number in range(300)))
    assert await database.read(count) == 300


async def test_what_is_given_together_is_written_by_one_unit_and_each_hears_its_own(database: Database) -> None:
    together = Together()
    (_, *answers, _) = await in_one_batch(database, keep("z"), *map(together.given, "abc"), keep("y"))
    assert answers == ["kept a", "kept b", "kept c"]
    assert together.runs == [["a", "b", "c"]]
    assert await database.read(names) == {"z", "a", "b", "c", "y"}


async def test_what_cannot_be_written_together_is_written_one_by_one(database: Database) -> None:
    together = Together(refused="b")
    answers = await in_one_batch(database, *map(together.given, "abc"))
    assert answers[0::2] == ["kept a", "kept c"]
    assert isinstance(answers[1], ValueError)
    assert together.runs == [["a", "b", "c"], ["a"], ["b"], ["c"]]
    assert await database.read(names) == {"a", "c"}


async def test_a_unit_that_raises_leaves_nothing_and_takes_no_other_with_it(database: Database) -> None:
    def fails(connection: Connection) -> None:
        keep("failed")(connection)
        raise ValueError("no")

    before, failed, after = await in_one_batch(database, keep("before"), fails, keep("after"))
    assert (before, str(failed), after) == ("before", "no", "after")
    assert await database.read(names) == {"before", "after"}


async def test_a_lone_unit_that_raises_leaves_nothing(database: Database) -> None:
    def fails(connection: Connection) -> None:
        keep("failed")(connection)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await database.write(fails)
    assert await database.read(names) == set()


async def test_a_statement_that_fails_takes_no_other_unit_with_it(database: Database) -> None:
    first, twice, last = await in_one_batch(database, keep("a"), keep("a"), keep("b"))
    assert (first, last) == ("a", "b")
    assert isinstance(twice, DBAPIError)
    assert await database.read(names) == {"a", "b"}


async def test_an_error_never_shows_the_values_of_a_statement(database: Database) -> None:
    await database.write(keep("secret"))
    with pytest.raises(DBAPIError) as raised:
        await database.write(keep("secret"))
    assert "parameters: {'name'" not in str(raised.value)


async def test_a_unit_that_goes_on_after_an_error_in_its_transaction_is_refused(postgresql: Postgres) -> None:
    database = Database(postgresql)

    def swallows(connection: Connection) -> None:
        keep("swallowed")(connection)
        with pytest.raises(DBAPIError):
            connection.execute(text("SELECT 1/0"))

    (alone,) = await asyncio.gather(database.write(swallows), return_exceptions=True)
    first, among, last = await in_one_batch(database, keep("a"), swallows, keep("b"))
    assert isinstance(alone, RuntimeError)
    assert isinstance(among, RuntimeError)
    assert (first, last) == ("a", "b")
    assert await database.read(names) == {"a", "b"}
    await database.close()


async def test_what_fails_at_the_commit_is_only_its_own_units_fault(database: Database) -> None:
    def tables(connection: Connection) -> None:
        connection.exec_driver_sql("CREATE TABLE parents (id integer PRIMARY KEY)")
        connection.exec_driver_sql(
            "CREATE TABLE children (parent integer REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)"
        )

    def orphan(connection: Connection) -> None:
        connection.exec_driver_sql("INSERT INTO children VALUES (1)")

    await database.write(tables)
    first, refused, last = await in_one_batch(database, keep("a"), orphan, keep("b"))
    assert (first, last) == ("a", "b")
    assert isinstance(refused, Exception)
    assert await database.read(names) == {"a", "b"}


async def test_a_caller_who_gives_up_takes_back_a_unit_that_has_not_begun(database: Database) -> None:
    gate = Gate()
    held = asyncio.create_task(database.write(gate))
    await gate.reached()
    given_up = asyncio.create_task(database.write(keep("given up")))
    await asyncio.sleep(0)
    given_up.cancel()
    gate.opened.set()
    await held
    await database.write(keep("later"))
    assert await database.read(names) == {"later"}


async def test_a_caller_who_gives_up_never_aborts_a_unit_that_has_begun(database: Database) -> None:
    gate = Gate()

    def slow(connection: Connection) -> None:
        keep("begun")(connection)
        gate(connection)

    given_up = asyncio.create_task(database.write(slow))
    await gate.reached()
    given_up.cancel()
    gate.opened.set()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    await database.write(keep("later"))
    assert await database.read(names) == {"begun", "later"}


async def test_a_unit_can_neither_stop_the_writer_nor_the_readers(database: Database) -> None:
    def exits(connection: Connection) -> None:
        raise SystemExit(3)

    def runs_out(connection: Connection) -> None:
        next(iter(()))

    for run in (database.write, database.read):
        with pytest.raises(SystemExit):
            await run(exits)
        with pytest.raises(RuntimeError, match="StopIteration"):
            await run(runs_out)
    assert await database.write(keep("a")) == "a"
    assert await database.read(count) == 1


async def test_a_read_sees_one_moment(database: Database) -> None:
    gate = Gate()

    def twice(connection: Connection) -> tuple[int, int]:
        before = count(connection)
        gate(connection)
        return before, count(connection)

    reading = asyncio.create_task(database.read(twice))
    await gate.reached()
    await database.write(keep("meanwhile"))
    gate.opened.set()
    assert await reading == (0, 0)
    assert await database.read(count) == 1


async def test_a_read_cannot_write(database: Database) -> None:
    with pytest.raises((UnavailableDatabaseError, DBAPIError)):
        await database.read(keep("a"))
    assert await database.read(count) == 0


async def test_listeners_are_told_after_a_commit_and_only_then(database: Database) -> None:
    told: list[str] = []

    def fails() -> None:
        raise ValueError("a listener of somebody else")

    def refuses(connection: Connection) -> None:
        raise ValueError("no")

    database.on_commit(fails)
    database.on_commit(lambda: told.append("told"))
    await database.write(keep("a"))
    with pytest.raises(ValueError, match="no"):
        await database.write(refuses)
    assert told == ["told"]


async def test_closing_finishes_what_was_accepted(dialect: Dialect) -> None:
    database = Database(dialect)
    writes = [asyncio.create_task(database.write(keep(str(number)))) for number in range(100)]
    reads = [asyncio.create_task(database.read(count)) for _ in range(20)]
    await asyncio.sleep(0)
    await asyncio.gather(database.close(), database.close())
    assert await asyncio.gather(*writes) == [str(number) for number in range(100)]
    assert len(await asyncio.gather(*reads)) == 20
    with pytest.raises(UnavailableDatabaseError, match="closed"):
        await database.write(keep("late"))
    with pytest.raises(UnavailableDatabaseError, match="closed"):
        await database.read(count)
    again = Database(dialect)
    assert await again.read(count) == 100
    await again.close()


async def test_a_closed_sqlite_database_is_one_file(sqlite: Sqlite) -> None:
    database = Database(sqlite)
    await database.write(keep("a"))
    await database.read(count)
    await database.close()
    assert sorted(path.name for path in sqlite.path.parent.iterdir()) == [sqlite.path.name]


def test_threads_end_with_a_loop_that_was_closed_without_them(dialect: Dialect) -> None:
    writing, reading = Gate(), Gate()

    async def leave() -> list[threading.Thread]:
        before = set(threading.enumerate())
        database = Database(dialect)
        tasks = [asyncio.ensure_future(database.write(writing)), asyncio.ensure_future(database.read(reading))]
        await writing.reached()
        await reading.reached()
        for task in tasks:
            task.cancel()
        return [thread for thread in threading.enumerate() if thread not in before]

    loop = asyncio.new_event_loop()
    started = loop.run_until_complete(leave())
    loop.close()
    writing.opened.set()
    reading.opened.set()
    writer = next(thread for thread in started if thread.name == "writer")
    writer.join(LIMIT)
    assert not writer.is_alive()


async def test_a_full_disk_is_told_and_costs_no_other_unit(sqlite: Sqlite) -> None:
    database = Database(sqlite)

    def limit(connection: Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one() + 20
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    def large(connection: Connection) -> None:
        connection.execute(note("large", "x" * 1_000_000))

    await database.write(limit)
    first, refused, last = await in_one_batch(database, keep("a"), large, keep("b"))
    assert (first, last) == ("a", "b")
    assert isinstance(refused, UnavailableDatabaseError)
    assert "no space left" in refused.sentence
    assert await database.read(names) == {"a", "b"}
    await database.close()


async def test_lost_connections_are_opened_again(postgresql: Postgres, cluster: Cluster) -> None:
    database = Database(postgresql)
    await database.write(keep("before"))
    await database.read(count)
    await asyncio.to_thread(cluster.disconnect, postgresql)
    assert await database.write(keep("after")) == "after"
    assert await database.read(names) == {"before", "after"}
    await database.close()


async def test_a_unit_that_was_cut_off_before_its_commit_is_written_once(
    postgresql: Postgres, cluster: Cluster
) -> None:
    database = Database(postgresql)
    cut = iter([True])

    def cut_off(connection: Connection) -> None:
        keep("cut off")(connection)
        if next(cut, False):
            cluster.disconnect(postgresql)
        keep("and on")(connection)

    assert await in_one_batch(database, keep("a"), cut_off, keep("b")) == ["a", None, "b"]
    assert await database.read(names) == {"a", "cut off", "and on", "b"}
    await database.close()


async def test_a_database_that_has_gone_is_told_to_everyone_who_waits(
    postgresql: Postgres, cluster: Cluster
) -> None:
    database = Database(postgresql)
    await database.read(count)
    await asyncio.to_thread(cluster.drop, postgresql)
    answers = await asyncio.gather(database.write(keep("a")), database.write(keep("b")), return_exceptions=True)
    assert [type(answer) for answer in answers] == [UnavailableDatabaseError] * 2
    assert "does not exist" in str(answers[0])
    with pytest.raises(UnavailableDatabaseError):
        await database.read(count)
    await database.close()


async def test_a_connection_lost_during_the_commit_is_not_guessed_about(postgresql: Postgres) -> None:
    database = Database(postgresql)

    def trap(connection: Connection) -> None:
        connection.exec_driver_sql(
            "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$"
        )
        connection.exec_driver_sql(
            "CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON channels DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW WHEN (NEW.name = 'cut') EXECUTE FUNCTION cut()"
        )

    await database.write(trap)
    with pytest.raises(UnavailableDatabaseError, match="check whether it was stored"):
        await database.write(keep("cut"))
    assert await database.write(keep("after")) == "after"
    assert await database.read(names) == {"after"}
    await database.close()


def test_a_server_that_does_not_answer_is_told_in_a_sentence(tmp_path: object) -> None:
    async def open_it() -> None:
        Database(Postgres(f"postgresql://user:hidden@/callboard?host={tmp_path}"))

    with pytest.raises(UnavailableDatabaseError) as raised:
        asyncio.run(open_it())
    assert "cannot be reached" in raised.value.sentence
    assert "hidden" not in raised.value.sentence


async def test_a_deadlock_with_another_program_is_tried_again(postgresql: Postgres) -> None:
    database, dialect = Database(postgresql), postgresql
    await asyncio.gather(database.write(keep("1")), database.write(keep("2")))
    other = await asyncio.to_thread(dialect.open_reader)
    touch = "UPDATE channels SET settings = settings || '{}' WHERE name = '{}'"

    def begin_elsewhere() -> None:
        other.exec_driver_sql("SET deadlock_timeout = '1min'")
        other.exec_driver_sql("BEGIN")
        other.exec_driver_sql(touch.format("theirs", "2"))

    def finish_elsewhere() -> None:
        other.exec_driver_sql(touch.format("theirs", "1"))
        other.exec_driver_sql("COMMIT")

    first = threading.Event()

    def both(connection: Connection) -> None:
        connection.exec_driver_sql(touch.format("ours", "1"))
        first.set()
        connection.exec_driver_sql(touch.format("ours", "2"))

    await asyncio.to_thread(begin_elsewhere)
    writing = asyncio.create_task(database.write(both))
    await asyncio.to_thread(first.wait, LIMIT)
    await asyncio.to_thread(finish_elsewhere)
    await writing
    values = await database.read(lambda c: set(c.execute(select(TEXT)).scalars()))
    assert values == {"theirsours"}
    await database.close()
    dialect.close(other)
