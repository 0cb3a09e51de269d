"""Connections through SQLAlchemy that the store holds for long and whose transactions it sends itself."""

from collections.abc import Callable
from typing import cast

from sqlalchemy import URL, Connection, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool


def connect(
    url: str | URL,
    prepare: Callable[[DBAPIConnection], None],
    create: Callable[[], object] | None = None,
) -> Connection:
    """A connection of its own, never pooled. Its errors name no parameter: they may be secrets."""
    engine = create_engine(
        url,
        poolclass=NullPool,
        pool_reset_on_return=None,
        isolation_level="AUTOCOMMIT",
        skip_autocommit_rollback=True,
        query_cache_size=1000,
        hide_parameters=True,
        **({} if create is None else {"creator": create}),
    )

    def connected(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        prepare(connection)

    event.listen(engine, "connect", connected)
    return engine.connect()


def raw(connection: Connection) -> DBAPIConnection:
    """The driver's own connection."""
    return cast(DBAPIConnection, connection.connection.dbapi_connection)


def dispose(connection: Connection) -> None:
    """Close a connection and forget its engine."""
    engine = connection.engine
    connection.close()
    engine.dispose()


def original(error: BaseException) -> BaseException:
    """The driver's own error."""
    return (isinstance(error, DBAPIError) and error.orig) or error
