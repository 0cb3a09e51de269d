"""Brings a database to the schema of this program before it is opened: all of it or nothing.

Alembic takes a second to import, and so is imported only when there is something to migrate. There is no way
down: the copy that is made before a migration is the way back."""

import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect
from sqlalchemy.exc import DBAPIError

from storage import copies, filesystem
from storage.connecting import raw
from storage.engines import Dialect, Sqlite
from storage.errors import DamagedDatabaseError, NewerDatabaseError, StorageError, UnavailableDatabaseError

HEAD: Final = "0005"
"""The schema of this program."""

_MIGRATING = "SELECT pg_advisory_xact_lock(1667329388)"
_OLDEST_SQLITE = (3, 35)


@dataclass(frozen=True)
class Tree:
    """A folder of migrations and the last of them."""

    folder: Path
    head: str


OURS = Tree(Path(__file__).with_name("migrations"), HEAD)


def prepare(dialect: Dialect, *, backup_folder: Path, mounts: str | None = None, tree: Tree = OURS) -> str:
    """Create the database or migrate it, and return its schema. One that cannot be used is left untouched."""
    if isinstance(dialect, Sqlite):
        filesystem.refuse_network(dialect.path, filesystem.mounts() if mounts is None else mounts)
        _create_private(dialect.path)
    found = schema_of(dialect)
    _refuse_newer(found, tree)
    if found == tree.head:
        return found
    if found is not None and isinstance(dialect, Sqlite):
        copies.keep(dialect.path, backup_folder, found)
    return _migrate(dialect, tree)


def schema_of(dialect: Dialect) -> str | None:
    """The schema that a database has, and none while it is empty."""
    connection = dialect.open_inspector()
    try:
        return _schema_in(connection)
    except DBAPIError as error:
        raise dialect.explain(error) or error from error
    finally:
        dialect.close(connection)


def _schema_in(connection: Connection) -> str | None:
    tables = inspect(connection).get_table_names()
    if not tables:
        return None
    versions: list[object] = []
    if "alembic_version" in tables:
        versions = list(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars())
    if len(versions) != 1:
        raise DamagedDatabaseError(
            "The database holds tables that are not Callboard's: give Callboard a database of its own."
        )
    return str(versions[0])


def _refuse_newer(found: str | None, tree: Tree) -> None:
    if found is not None and found > tree.head:
        raise NewerDatabaseError(
            f"The database was written by a newer version of Callboard (schema {found}, this version knows "
            f"{tree.head}) and was left as it is: update Callboard, or restore a backup made by this version."
        )


def _create_private(path: Path) -> None:
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise UnavailableDatabaseError(
            f"This Python has SQLite {sqlite3.sqlite_version}, and Callboard needs 3.35 or later: use another "
            "Python, or set [database] url to a PostgreSQL database."
        )
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise UnavailableDatabaseError(
            f"The database {path} cannot be created or written ({error.strerror}): fix the permissions of "
            "the file and its folder, or choose another home."
        ) from error


def _migrate(dialect: Dialect, tree: Tree) -> str:
    connection = dialect.open_writer()
    send = connection.exec_driver_sql
    on_sqlite = isinstance(dialect, Sqlite)
    try:
        if on_sqlite:  # with them on, rebuilding a table deletes the rows that refer to it
            send("PRAGMA foreign_keys=OFF")
        send("BEGIN IMMEDIATE" if on_sqlite else "BEGIN")
        try:
            if not on_sqlite:
                send(_MIGRATING)
            found = _schema_in(connection)
            _refuse_newer(found, tree)
            if found != tree.head:
                _upgrade(connection, tree)
                if on_sqlite and send("PRAGMA foreign_key_check").first() is not None:
                    raise DamagedDatabaseError(
                        "The database has rows that refer to rows that are gone, and was left as it is: restore "
                        "a backup with `callboard restore`."
                    )
            send("COMMIT")
        except BaseException:
            if dialect.in_transaction(raw(connection)):
                send("ROLLBACK")
            raise
    except StorageError:
        raise
    except Exception as error:
        raise dialect.explain(error) or StorageError(
            f"The database could not be brought to schema {tree.head} and was left as it is: {error}"
        ) from error
    finally:
        dialect.close(connection)
    return tree.head


def _upgrade(connection: Connection, tree: Tree) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(tree.folder).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, tree.head)
