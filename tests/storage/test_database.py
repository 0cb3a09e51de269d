"""The store, on both engines."""

import sqlalchemy

from storage.database import Connection, Database


def _one(connection: Connection) -> int:
    return int(connection.execute(sqlalchemy.text("SELECT count(*) FROM people")).scalar_one())


async def test_a_unit_reads_what_is_there(database: Database) -> None:
    assert await database.read(_one) == 0
