"""What differs between the two engines: how a connection is opened and how a transaction begins.

Connections run in the driver's autocommit mode, and the store sends BEGIN, SAVEPOINT and COMMIT itself: so both
engines go through the same lines, and a unit of work costs no more round trips than it has statements."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

_PRAGMAS = (
    "PRAGMA busy_timeout=5000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-32768",
    "PRAGMA mmap_size=268435456",
)
_WRITER_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous={synchronous}",
    "PRAGMA wal_autocheckpoint=1000",
)


class Dialect(Protocol):
    """One engine, as the store needs it."""

    name: str
    begin_write: str
    begin_read: str

    def open_writer(self) -> Connection:
        """The connection that writes. On SQLite there is one, and it alone checkpoints."""

    def open_reader(self) -> Connection:
        """A connection that only reads."""

    def retry_alone(self, error: BaseException) -> bool:
        """Whether units of a batch that met this error may succeed one by one."""


@dataclass(frozen=True)
class Sqlite:
    """A database file. The file must exist with its private mode before it is opened."""

    path: Path
    durability: str = "full"
    name: str = "sqlite"
    begin_write: str = "BEGIN IMMEDIATE"
    begin_read: str = "BEGIN"

    def open_writer(self) -> Connection:
        synchronous = "FULL" if self.durability == "full" else "NORMAL"
        return self._open([*_PRAGMAS, *(p.format(synchronous=synchronous) for p in _WRITER_PRAGMAS)])

    def open_reader(self) -> Connection:
        return self._open([*_PRAGMAS, "PRAGMA query_only=ON"])

    def retry_alone(self, error: BaseException) -> bool:
        return False

    def _open(self, pragmas: list[str]) -> Connection:
        def prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
            connection.isolation_level = None
            for pragma in pragmas:
                connection.execute(pragma).close()

        return _connect(f"sqlite:///{self.path}", prepare, {"check_same_thread": False})


@dataclass(frozen=True)
class Postgres:
    """A PostgreSQL database by its URL."""

    url: str
    name: str = "postgresql"
    begin_write: str = "BEGIN"
    begin_read: str = "BEGIN READ ONLY"

    def open_writer(self) -> Connection:
        return self._open()

    def open_reader(self) -> Connection:
        return self._open()

    def retry_alone(self, error: BaseException) -> bool:
        """A deadlock or a serialisation failure between two servers ends the whole batch: its units go again."""
        return getattr(getattr(error, "orig", error), "sqlstate", None) in {"40P01", "40001"}

    def _open(self) -> Connection:
        def prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
            connection.autocommit = True

        url = self.url.replace("postgresql://", "postgresql+psycopg://", 1)
        return _connect(url, prepare, {})


def _connect(
    url: str,
    prepare: Callable[[DBAPIConnection, ConnectionPoolEntry], None],
    arguments: dict[str, object],
) -> Connection:
    engine: Engine = create_engine(
        url, poolclass=NullPool, connect_args=arguments, isolation_level="AUTOCOMMIT", query_cache_size=500
    )
    event.listen(engine, "connect", prepare)
    return engine.connect()
