"""Numbers appear in the order in which they were handed out, whoever writes."""

import asyncio
from collections.abc import Callable

from sqlalchemy import insert, select, update

from storage.changes import changes
from storage.database import Connection, Database
from storage.engines import Dialect, Postgres
from storage.order import take_turn

WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


def append(connection: Connection) -> int:
    take_turn(connection)
    added = insert(changes).values(topic="t", subject="s", at=1).returning(changes.c.seq)
    return int(connection.execute(added).scalar_one())


async def test_who_appends_waits_for_those_who_appended_before(postgresql: Postgres) -> None:
    database, elsewhere, watcher = Database(postgresql), postgresql.open_reader(), postgresql.open_reader()
    elsewhere.exec_driver_sql("BEGIN")
    first = append(elsewhere)
    appending = asyncio.create_task(database.write(append))
    while not await asyncio.to_thread(lambda: watcher.exec_driver_sql(WAITING).scalar_one()):
        assert not appending.done()
    elsewhere.exec_driver_sql("COMMIT")
    assert await appending > first
    for connection in (elsewhere, watcher):
        postgresql.close(connection)
    await database.close()


async def test_a_follower_never_passes_over_a_number(dialect: Dialect) -> None:
    """Two servers on PostgreSQL; on SQLite there is only ever one."""
    stores = [Database(dialect) for _ in range(2 if dialect.name == "postgresql" else 1)]
    seen: list[int] = []

    def after(connection: Connection) -> list[int]:
        last = seen[-1] if seen else 0
        return list(connection.execute(select(changes.c.seq).where(changes.c.seq > last)).scalars())

    writing = asyncio.gather(*(store.write(append) for store in stores for _ in range(200)))
    while not writing.done():
        seen.extend(sorted(await stores[0].read(after)))
    seen.extend(sorted(await stores[0].read(after)))
    assert seen == sorted(await writing)
    for store in stores:
        await store.close()


async def test_two_servers_that_touch_the_same_rows_do_not_deadlock(postgresql: Postgres) -> None:
    stores = [Database(postgresql), Database(postgresql)]
    rows = [await stores[0].write(append) for _ in range(2)]

    def touch(*order: int) -> Callable[[Connection], None]:
        def unit(connection: Connection) -> None:
            for row in order:
                connection.execute(update(changes).where(changes.c.seq == row).values(at=changes.c.at + 1))

        return unit

    forwards, backwards = touch(*rows), touch(*reversed(rows))
    units = [forwards, backwards] * 50
    await asyncio.gather(*(store.write(unit) for store in stores for unit in units))
    moved = await stores[0].read(lambda c: list(c.execute(select(changes.c.at)).scalars()))
    assert moved == [201, 201]
    for store in stores:
        await store.close()
