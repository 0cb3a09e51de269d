"""The order in which rows become visible: whoever appends to a log that others follow takes its turn first.

On PostgreSQL a sequence hands out numbers before the commit, so that a follower could pass over a row that a
slower transaction commits later. Taking turns makes the order of the numbers the order of the commits. SQLite
has one writer, and so that order already; on PostgreSQL the store's writer takes its turn with the BEGIN, so that
two servers cannot lock each other out either."""

from sqlalchemy import Connection

_LOG = 0x63616C6C  # any number will do, as long as nothing else in the database locks it
TAKE_TURN = f"SELECT pg_advisory_xact_lock({_LOG})"


def take_turn(connection: Connection) -> None:
    """Wait until every transaction that appended before has ended; held until the end of this one."""
    if connection.dialect.name == "postgresql" and "has_turn" not in connection.info:
        connection.exec_driver_sql(TAKE_TURN).close()


def has_turn(connection: Connection) -> None:
    """Note that every transaction of this connection begins with `TAKE_TURN`."""
    connection.info["has_turn"] = True
