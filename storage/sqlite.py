"""SQLite: one file, one connection that writes and checkpoints, and readers beside it."""

import contextlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import DBAPIError

from storage.connecting import connect, dispose, original, raw
from storage.errors import DamagedDatabaseError, StorageError, UnavailableDatabaseError
from storage.words import says, worded

_PRAGMAS = (
    "PRAGMA busy_timeout=5000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-32768",
    "PRAGMA mmap_size=268435456",
)
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_TROUBLE = {
    sqlite3.SQLITE_FULL: "there is no space left on its disk; free some and try again",
    sqlite3.SQLITE_IOERR: "its disk cannot be read or written; look into the system's log",
    sqlite3.SQLITE_READONLY: "its file or folder cannot be written; fix their permissions",
    sqlite3.SQLITE_CANTOPEN: "its file cannot be opened; fix the permissions of the file and its folder",
    sqlite3.SQLITE_PERM: "its file cannot be opened; fix the permissions of the file and its folder",
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
            "mode=rw",
            *_PRAGMAS,
            "PRAGMA journal_mode=WAL",
            f"PRAGMA synchronous={synchronous}",
            "PRAGMA wal_autocheckpoint=1000",
            "PRAGMA journal_size_limit=67108864",
            "PRAGMA analysis_limit=400",
        )

    def open_reader(self) -> Connection:
        return self._open(
            "mode=rw",
            *_PRAGMAS,
            "PRAGMA wal_autocheckpoint=0",
            "PRAGMA query_only=ON",
        )

    def open_inspector(self) -> Connection:
        has_log = self.path.with_name(self.path.name + "-wal").exists()
        return self._open("mode=ro" if has_log else "immutable=1")

    def close(self, connection: Connection) -> None:
        with contextlib.suppress(sqlite3.Error):  # statistics for the planner, where some are missing
            raw(connection).execute("PRAGMA optimize").close()
        dispose(connection)

    def send(self, cursor: DBAPICursor, statement: str) -> None:
        cursor.execute(statement)

    def in_transaction(self, connection: DBAPIConnection) -> bool:
        return bool(connection.in_transaction)

    def can_commit(self, connection: DBAPIConnection) -> bool:
        return bool(connection.in_transaction)

    def has_ended(self, connection: DBAPIConnection) -> bool:
        return False

    def retry_alone(self, error: BaseException) -> bool:
        return False

    def explain(self, error: BaseException) -> StorageError | None:
        driver = original(error)
        if not isinstance(driver, sqlite3.Error):
            return None
        code = getattr(driver, "sqlite_errorcode", 0) & 0xFF  # the extended codes keep the plain one below
        if code in _DAMAGED:
            return DamagedDatabaseError(
                f"The database {self.path} is damaged: restore a backup with `callboard restore`."
            )
        if code in _TROUBLE:
            return UnavailableDatabaseError(f"The database {self.path} cannot be used: {_TROUBLE[code]}.")
        return None

    def _open(self, mode: str, *pragmas: str) -> Connection:
        uri = f"{self.path.absolute().as_uri()}?{mode}"

        def create() -> sqlite3.Connection:
            return sqlite3.connect(
                uri, uri=True, isolation_level=None, check_same_thread=False, cached_statements=512
            )

        def prepare(connection: DBAPIConnection) -> None:
            for pragma in pragmas:
                connection.execute(pragma).close()
            connection.create_function("says", 2, says, deterministic=True)
            connection.create_function("worded", 6, worded, deterministic=True)

        try:
            return connect("sqlite://", prepare, create)
        except (DBAPIError, sqlite3.Error) as error:
            raise self.explain(error) or UnavailableDatabaseError(
                f"The database {self.path} cannot be opened: {original(error)}."
            ) from error


def library_version() -> tuple[int, int, int]:
    """The SQLite that this Python was built with."""
    return sqlite3.sqlite_version_info


def has_full_text() -> bool:
    """Whether it has the extension that indexes words."""
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        found = connection.execute("SELECT 1 FROM pragma_module_list WHERE name = 'fts5'").fetchone()
    return found is not None
