"""What differs between the two engines: how a connection is opened, how a transaction begins, and what an error
means.

Connections run in the driver's autocommit mode, and the store sends BEGIN, SAVEPOINT and COMMIT itself: so both
engines go through the same lines, and a unit of work costs no more round trips than it has statements."""

import contextlib
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

from sqlalchemy import URL, Connection, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from storage.errors import DamagedDatabaseError, StorageError, UnavailableDatabaseError
from storage.order import TAKE_TURN, has_turn


class Dialect(Protocol):
    """One engine, as the store needs it."""

    @property
    def name(self) -> str:
        """`sqlite` or `postgresql`."""

    @property
    def begin_write(self) -> str:
        """What begins a transaction that writes."""

    @property
    def begin_read(self) -> str:
        """What begins a transaction that sees one snapshot."""

    @property
    def next_savepoint(self) -> tuple[str, ...]:
        """What ends the savepoint `unit` and begins the next one."""

    @property
    def largest_batch(self) -> int:
        """How many units are committed together at most."""

    def open_writer(self) -> Connection:
        """The connection that writes. On SQLite there is one, and it alone checkpoints."""

    def open_reader(self) -> Connection:
        """A connection that only reads."""

    def open_inspector(self) -> Connection:
        """A connection that looks at a database of unknown schema and leaves no trace."""

    def close(self, connection: Connection) -> None:
        """Close a connection and what stands behind it."""

    def send(self, connection: DBAPIConnection, statement: str) -> None:
        """Run a statement that begins, guards or ends a transaction."""

    def in_transaction(self, connection: DBAPIConnection) -> bool:
        """Whether a transaction is open, be it a failed one."""

    def can_commit(self, connection: DBAPIConnection) -> bool:
        """Whether a transaction is open that a commit would make durable."""

    def has_ended(self, connection: DBAPIConnection) -> bool:
        """Whether the connection is known to have ended."""

    def retry_alone(self, error: BaseException) -> bool:
        """Whether what met this error may succeed if it is tried again."""

    def explain(self, error: BaseException) -> StorageError | None:
        """What an error of the driver says about the database itself, where it does."""


_SQLITE_PRAGMAS = (
    "PRAGMA busy_timeout=5000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-32768",
    "PRAGMA mmap_size=268435456",
)
_SQLITE_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_SQLITE_TROUBLE = {
    sqlite3.SQLITE_FULL: "there is no space left on its disk; free some and try again",
    sqlite3.SQLITE_IOERR: "its disk cannot be read or written; look into the system's log",
    sqlite3.SQLITE_READONLY: "its file or folder cannot be written; mend their permissions",
    sqlite3.SQLITE_CANTOPEN: "its file cannot be opened; mend the permissions of the file and its folder",
    sqlite3.SQLITE_PERM: "its file cannot be opened; mend the permissions of the file and its folder",
    sqlite3.SQLITE_BUSY: "another program holds it; find out which with `fuser` and close it",
    sqlite3.SQLITE_NOMEM: "there is no memory left",
}


@dataclass(frozen=True)
class Sqlite:
    """A database file. The file must exist with its private mode before it is opened."""

    path: Path
    durability: str = "full"
    name: str = "sqlite"
    begin_write: str = "BEGIN IMMEDIATE"
    begin_read: str = "BEGIN"
    next_savepoint: tuple[str, ...] = ("RELEASE unit", "SAVEPOINT unit")
    largest_batch: int = 256

    def open_writer(self) -> Connection:
        synchronous = "FULL" if self.durability == "full" else "NORMAL"
        return self._open(
            self.path.absolute().as_uri() + "?mode=rw",
            *_SQLITE_PRAGMAS,
            "PRAGMA journal_mode=WAL",
            f"PRAGMA synchronous={synchronous}",
            "PRAGMA wal_autocheckpoint=1000",
            "PRAGMA journal_size_limit=67108864",
            "PRAGMA analysis_limit=400",
        )

    def open_reader(self) -> Connection:
        return self._open(
            self.path.absolute().as_uri() + "?mode=rw",
            *_SQLITE_PRAGMAS,
            "PRAGMA wal_autocheckpoint=0",
            "PRAGMA query_only=ON",
        )

    def open_inspector(self) -> Connection:
        has_log = self.path.with_name(self.path.name + "-wal").exists()
        return self._open(self.path.absolute().as_uri() + ("?mode=ro" if has_log else "?immutable=1"))

    def close(self, connection: Connection) -> None:
        with contextlib.suppress(sqlite3.Error):  # statistics for the planner, where some are missing
            raw(connection).execute("PRAGMA optimize").close()
        _dispose(connection)

    def send(self, connection: DBAPIConnection, statement: str) -> None:
        connection.execute(statement)

    def in_transaction(self, connection: DBAPIConnection) -> bool:
        return bool(connection.in_transaction)

    def can_commit(self, connection: DBAPIConnection) -> bool:
        return bool(connection.in_transaction)

    def has_ended(self, connection: DBAPIConnection) -> bool:
        return False

    def retry_alone(self, error: BaseException) -> bool:
        return False

    def explain(self, error: BaseException) -> StorageError | None:
        original = _original(error)
        if not isinstance(original, sqlite3.Error):
            return None
        code = getattr(original, "sqlite_errorcode", 0) & 0xFF
        if code in _SQLITE_DAMAGED:
            return DamagedDatabaseError(
                f"The database {self.path} is damaged: restore a backup with `callboard restore`."
            )
        if code in _SQLITE_TROUBLE:
            return UnavailableDatabaseError(f"The database {self.path} cannot be used: {_SQLITE_TROUBLE[code]}.")
        return None

    def _open(self, uri: str, *pragmas: str) -> Connection:
        def prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
            for pragma in pragmas:
                connection.execute(pragma).close()

        def create() -> sqlite3.Connection:
            return sqlite3.connect(
                uri, uri=True, isolation_level=None, check_same_thread=False, cached_statements=512
            )

        return _connect(self, "sqlite://", prepare, create)


_POSTGRES_SETTINGS = (
    "SET idle_in_transaction_session_timeout = '10s'",  # a server that was stopped must not hold up the others
    "SET lock_timeout = '20s'",
    "SET tcp_keepalives_idle = 10",
    "SET tcp_keepalives_interval = 5",
    "SET tcp_keepalives_count = 3",
)
_INTRANS, _INERROR = 2, 3  # libpq's PQTRANS_INTRANS and PQTRANS_INERROR
_IN_TRANSACTION = {_INTRANS, _INERROR}
_POSTGRES_TROUBLE = {
    "08": "the connection to it was lost; it is tried again with the next request",
    "28": "it refused the user or the password; look at [database] url",
    "3D": "there is no database of that name; create it, or look at [database] url",
    "53": "it is out of disk space, memory or connections",
    "55": "another server holds a lock for too long",
    "57": "it is starting, stopping, or was told to end this connection",
    "58": "its machine reports an error; look into the log of PostgreSQL",
}


@dataclass(frozen=True)
class Postgres:
    """A PostgreSQL database by its URL. Servers that share it write one after the other, see `storage.order`."""

    url: str
    name: str = "postgresql"
    begin_write: str = f"BEGIN; {TAKE_TURN}"
    begin_read: str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    next_savepoint: tuple[str, ...] = ("RELEASE unit; SAVEPOINT unit",)
    largest_batch: int = 60  # PostgreSQL remembers 64 subtransactions cheaply

    def open_writer(self) -> Connection:
        connection = self._open()
        has_turn(connection)
        return connection

    def open_reader(self) -> Connection:
        return self._open()

    def open_inspector(self) -> Connection:
        return self._open()

    def close(self, connection: Connection) -> None:
        _dispose(connection)

    def send(self, connection: DBAPIConnection, statement: str) -> None:
        connection.execute(statement, prepare=False)

    def in_transaction(self, connection: DBAPIConnection) -> bool:
        return connection.pgconn.transaction_status in _IN_TRANSACTION

    def can_commit(self, connection: DBAPIConnection) -> bool:
        return bool(connection.pgconn.transaction_status == _INTRANS)

    def has_ended(self, connection: DBAPIConnection) -> bool:
        return bool(connection.closed)

    def retry_alone(self, error: BaseException) -> bool:
        """A deadlock or a serialisation failure between two servers ends the whole batch: its units go again."""
        return _sqlstate(error) in {"40P01", "40001"}

    def explain(self, error: BaseException) -> StorageError | None:
        state = _sqlstate(error)
        if state is None:
            return None
        if state[:2] == "XX" and state != "XX000":
            return DamagedDatabaseError(f"The database {self._shown()} is damaged: restore a backup.")
        trouble = _POSTGRES_TROUBLE.get(state[:2])
        if trouble is None or state == "57014":
            return None
        return UnavailableDatabaseError(f"The database {self._shown()} cannot be used: {trouble}.")

    def _open(self) -> Connection:
        def prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
            connection.autocommit = True
            for setting in _POSTGRES_SETTINGS:
                connection.execute(setting).close()

        url = self._parsed()
        url = url.set(drivername="postgresql+psycopg")
        defaults = {"application_name": "callboard", "connect_timeout": "10"}
        url = url.update_query_dict({k: v for k, v in defaults.items() if k not in url.query})
        return _connect(self, url, prepare)

    def _parsed(self) -> URL:
        try:
            url = make_url(self.url)
        except ArgumentError:
            raise UnavailableDatabaseError(
                "The database's URL cannot be read: write it as postgresql://user:password@host/name."
            ) from None
        return url

    def _shown(self) -> str:
        url = self._parsed()
        host = url.host or url.query.get("host") or "this machine"
        return f"{url.database or ''} at {host}"


def _connect(
    dialect: Dialect,
    url: str | URL,
    prepare: Callable[[DBAPIConnection, ConnectionPoolEntry], None],
    create: Callable[[], sqlite3.Connection] | None = None,
) -> Connection:
    """A connection of its own, never pooled. Errors name no parameter: they may be secrets."""
    creator = {} if create is None else {"creator": create}
    try:
        engine = create_engine(
            url,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            query_cache_size=1000,
            hide_parameters=True,
            **creator,
        )
        event.listen(engine, "connect", prepare)
        return engine.connect()
    except ModuleNotFoundError as error:
        raise UnavailableDatabaseError(
            f"PostgreSQL needs the Python package {error.name}: install `callboard[postgres]`."
        ) from error
    except (DBAPIError, sqlite3.Error) as error:
        raise dialect.explain(error) or UnavailableDatabaseError(
            f"The database cannot be opened: {_original(error)}"
        ) from error


def raw(connection: Connection) -> DBAPIConnection:
    """The driver's own connection."""
    return cast(DBAPIConnection, connection.connection.dbapi_connection)


def _dispose(connection: Connection) -> None:
    engine = connection.engine
    connection.close()
    engine.dispose()


def _original(error: BaseException) -> BaseException:
    return (isinstance(error, DBAPIError) and error.orig) or error


def _sqlstate(error: BaseException) -> str | None:
    """The five characters of the standard; a connection that failed without any counts as lost."""
    original = _original(error)
    state = getattr(original, "sqlstate", None)
    if state is None and type(original).__name__ == "OperationalError":
        return "08000"
    return state
