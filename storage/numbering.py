"""Numbers for rows to be: with them, rows that name each other are written once, and many of them at once."""

from sqlalchemy import Connection, Table, text

from storage.order import take_turn
from storage.prepared import Prepared

_LAST = Prepared(text("SELECT seq FROM sqlite_sequence WHERE name = :table"))
_NEXT = Prepared(text("SELECT nextval(pg_get_serial_sequence(:table, :key)) FROM generate_series(1, :count)"))


def numbers_for(connection: Connection, table: Table, count: int) -> list[int]:
    """So many numbers, in their order, for rows that this transaction adds before any others to this table, which
    never gives a number twice."""
    if connection.dialect.name == "sqlite":
        last: int = _LAST.scalar(connection, {"table": table.name}) or 0
        return list(range(last + 1, last + 1 + count))
    take_turn(connection)
    (key,) = table.primary_key.columns
    found = _NEXT.run(connection, {"table": table.name, "key": key.name, "count": count})
    return sorted(number for (number,) in found.fetchall())
