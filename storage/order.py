"""The order in which rows become visible: whoever appends to a log that others follow takes its turn first.

On PostgreSQL a sequence hands out numbers before the commit, so that a follower could pass over a row that a
slower transaction commits later. Taking turns makes the order of the numbers the order of the commits. SQLite
has one writer, and so that order already."""

from sqlalchemy import Connection

_LOG = 0x63616C6C  # any number will do, as long as nothing else in the database locks it
_TAKE = f"SELECT pg_advisory_xact_lock({_LOG})"


def take_turn(connection: Connection) -> None:
    """Wait until every transaction that appended before has ended; held until the end of this one."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_TAKE).close()
