"""Bringing a database to this program's schema: all of it or nothing, and never a database that is not ours."""

import hashlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect

from storage import copies
from storage.engines import Dialect, Postgres, Sqlite
from storage.errors import (
    DamagedDatabaseError,
    NetworkFilesystemError,
    NewerDatabaseError,
    StorageError,
    UnavailableDatabaseError,
)
from storage.migrate import HEAD, OURS, Tree, prepare, schema_of
from storage.schema import metadata
from tests.databases import Cluster

ROOT = Path(__file__).parents[2]


@pytest.fixture(params=["sqlite", "postgresql"])
def places(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Dialect]]:
    """Makes places for databases, on one engine after the other."""
    numbers = count(1)
    if request.param == "sqlite":
        yield lambda: Sqlite(tmp_path / f"callboard-{next(numbers)}.db")
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    with ExitStack() as used:

        def create() -> Postgres:
            database = cluster.create(empty=True)
            used.callback(cluster.drop, database)
            return database

        yield create


@pytest.fixture
def empty(places: Callable[[], Dialect]) -> Dialect:
    return places()


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    return tmp_path / "backups"


def touch(dialect: Dialect) -> None:
    """A SQLite file must be there before it is opened."""
    if isinstance(dialect, Sqlite):
        dialect.path.touch()


def run(dialect: Dialect, *statements: str) -> None:
    connection = dialect.open_writer()
    for statement in statements:
        connection.exec_driver_sql(statement)
    dialect.close(connection)


def rows(dialect: Dialect, query: str) -> list[tuple[object, ...]]:
    connection = dialect.open_reader()
    found = [tuple(row) for row in connection.exec_driver_sql(query)]
    dialect.close(connection)
    return found


def described(connection: Connection) -> dict[str, object]:
    """A schema in words that can be compared."""
    inspector = inspect(connection)
    tables: dict[str, object] = {}
    for table in inspector.get_table_names():
        if table != "alembic_version":
            tables[table] = {
                "columns": sorted(
                    (column["name"], str(column["type"]), column["nullable"], column["default"])
                    for column in inspector.get_columns(table)
                ),
                "key": inspector.get_pk_constraint(table),
                "references": sorted(inspector.get_foreign_keys(table), key=str),
                "unique": sorted(map(str, inspector.get_unique_constraints(table))),
                "indexes": sorted(
                    f"{index} {[str(where) for where in index.get('dialect_options', {}).values()]}".split(
                        " at 0x"
                    )[0]
                    for index in inspector.get_indexes(table)
                ),
            }
    if connection.dialect.name == "sqlite":
        master = "SELECT name, sql LIKE '%AUTOINCREMENT%' FROM sqlite_master WHERE type = 'table'"
        tables["numbered"] = {
            name: bool(never_again)
            for name, never_again in connection.exec_driver_sql(master)
            if name != "alembic_version"
        }
        wheres = "SELECT name, substr(sql, instr(sql, 'WHERE')) FROM sqlite_master WHERE type = 'index'"
        tables["wheres"] = {name: where for name, where in connection.exec_driver_sql(wheres) if where}
    else:
        indexes = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
        tables["wheres"] = {
            name: where for name, where in connection.exec_driver_sql(indexes) if name != "alembic_version_pkc"
        }
    return tables


def fingerprint(path: Path) -> tuple[str, list[str]]:
    """The content of a file and the names beside it."""
    return hashlib.sha256(path.read_bytes()).hexdigest(), sorted(entry.name for entry in path.parent.iterdir())


def second(folder: Path, body: str) -> Tree:
    """Our migrations and one more."""
    versions = folder / "migrations" / "versions"
    versions.mkdir(parents=True)
    (versions.parent / "env.py").write_text((OURS.folder / "env.py").read_text())
    for path in (OURS.folder / "versions").glob("m*.py"):
        (versions / path.name).write_text(path.read_text())
    (versions / "m9999_next.py").write_text(
        f"import sqlalchemy as sa\nfrom alembic import op\n\nrevision = '9999'\ndown_revision = '{HEAD}'\n\n\n"
        f"def upgrade():\n    {body}\n"
    )
    return Tree(versions.parent, "9999")


WIDER = (
    "with op.batch_alter_table('people') as people:\n"
    "        people.alter_column('display_name', type_=sa.String(200))\n"
    "        people.add_column(sa.Column('more', sa.Text))"
)
BROKEN = "op.execute('SELECT nothing FROM nowhere')"
PERSON = "INSERT INTO people (id, name, created_at) VALUES (1, 'ada', 1)"
GRANT = "INSERT INTO grants (person_id, permission) VALUES (1, 'keys.manage')"


def test_an_empty_place_becomes_a_database(empty: Dialect, backups: Path) -> None:
    assert prepare(empty, backup_folder=backups) == HEAD
    assert schema_of(empty) == HEAD
    assert prepare(empty, backup_folder=backups) == HEAD
    assert not backups.exists()


def test_the_migrations_make_what_the_code_expects(places: Callable[[], Dialect], backups: Path) -> None:
    ours, expected = places(), places()
    prepare(ours, backup_folder=backups)
    touch(expected)
    by_migrations, by_code = ours.open_writer(), expected.open_writer()
    metadata.create_all(by_code)
    assert described(by_migrations) == described(by_code)
    ours.close(by_migrations)
    expected.close(by_code)


def test_a_new_file_is_private_whatever_the_umask_says(tmp_path: Path, backups: Path) -> None:
    dialect = Sqlite(tmp_path / "callboard.db")
    before = os.umask(0)
    try:
        prepare(dialect, backup_folder=backups)
    finally:
        os.umask(before)
    assert dialect.path.stat().st_mode & 0o777 == 0o600


def test_a_path_with_odd_characters_is_only_a_path(tmp_path: Path, backups: Path) -> None:
    dialect = Sqlite(tmp_path / "a?mode=memory#b%20c.db")
    prepare(dialect, backup_folder=backups)
    assert [path.name for path in tmp_path.iterdir()] == [dialect.path.name]


def test_a_newer_database_is_refused_and_left_as_it_is(dialect: Dialect, backups: Path) -> None:
    run(dialect, "UPDATE alembic_version SET version_num = '0999'")
    before = fingerprint(dialect.path) if isinstance(dialect, Sqlite) else None
    with pytest.raises(NewerDatabaseError, match="update Callboard, or restore a backup"):
        prepare(dialect, backup_folder=backups)
    assert before == (fingerprint(dialect.path) if isinstance(dialect, Sqlite) else None)
    assert rows(dialect, "SELECT version_num FROM alembic_version") == [("0999",)]
    assert not backups.exists()


def test_a_newer_database_that_was_not_closed_is_refused_too(sqlite: Sqlite, backups: Path) -> None:
    writer = sqlite.open_writer()
    writer.exec_driver_sql("UPDATE alembic_version SET version_num = '0999'")
    before = fingerprint(sqlite.path)[0]
    with pytest.raises(NewerDatabaseError):
        prepare(sqlite, backup_folder=backups)
    assert fingerprint(sqlite.path)[0] == before
    sqlite.close(writer)


def test_the_tables_of_another_program_are_refused(empty: Dialect, backups: Path) -> None:
    touch(empty)
    run(empty, "CREATE TABLE theirs (id integer)")
    with pytest.raises(DamagedDatabaseError, match="a database of its own"):
        prepare(empty, backup_folder=backups)
    assert rows(empty, "SELECT * FROM theirs") == []


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path: Path, backups: Path) -> None:
    path = tmp_path / "callboard.db"
    path.write_bytes(b"not a database at all, but long enough to look at" * 50)
    before = fingerprint(path)
    with pytest.raises(DamagedDatabaseError, match="restore a backup"):
        prepare(Sqlite(path), backup_folder=backups)
    assert fingerprint(path) == before


def test_a_place_that_cannot_hold_a_file_is_told_in_a_sentence(tmp_path: Path, backups: Path) -> None:
    with pytest.raises(UnavailableDatabaseError, match="cannot be created or written"):
        prepare(Sqlite(tmp_path / "missing" / "callboard.db"), backup_folder=backups)
    (tmp_path / "link.db").symlink_to(tmp_path / "elsewhere.db")
    with pytest.raises(UnavailableDatabaseError, match="cannot be created or written"):
        prepare(Sqlite(tmp_path / "link.db"), backup_folder=backups)


def test_a_file_on_a_network_file_system_is_refused_before_it_exists(tmp_path: Path, backups: Path) -> None:
    path = tmp_path / "callboard.db"
    table = f"21 1 0:20 / / rw - ext4 /dev/sda1 rw\n22 21 0:40 / {tmp_path} rw - nfs4 server:/home rw\n"
    with pytest.raises(NetworkFilesystemError, match=r"\(nfs4\).*local disk.*PostgreSQL"):
        prepare(Sqlite(path), backup_folder=backups, mounts=table)
    assert not path.exists()


def test_a_migration_keeps_every_row_and_a_copy_of_before(sqlite: Sqlite, backups: Path, tmp_path: Path) -> None:
    run(sqlite, PERSON, GRANT)
    tree = second(tmp_path / "next", WIDER)
    assert prepare(sqlite, backup_folder=backups, tree=tree) == "9999"
    assert rows(sqlite, "SELECT name, more FROM people") == [("ada", None)]
    assert rows(sqlite, "SELECT permission FROM grants") == [("keys.manage",)]
    (copy,) = backups.iterdir()
    assert copy.name == f"before-migration-0001-from-{HEAD}.db"
    assert copy.stat().st_mode & 0o777 == 0o600
    assert rows(Sqlite(copy), "SELECT name FROM people") == [("ada",)]


def test_a_migration_runs_on_postgresql_from_the_same_tree(postgresql: Postgres, tmp_path: Path) -> None:
    run(postgresql, PERSON, GRANT)
    prepare(postgresql, backup_folder=tmp_path, tree=second(tmp_path, WIDER))
    assert rows(postgresql, "SELECT name, more, permission FROM people JOIN grants ON id = person_id") == [
        ("ada", None, "keys.manage")
    ]


def test_a_migration_that_fails_changes_nothing(dialect: Dialect, backups: Path, tmp_path: Path) -> None:
    tree = second(tmp_path / "next", f"{WIDER}\n    {BROKEN}")
    with pytest.raises(StorageError, match="left as it is"):
        prepare(dialect, backup_folder=backups, tree=tree)
    assert schema_of(dialect) == HEAD
    with pytest.raises(Exception, match="more"):
        rows(dialect, "SELECT more FROM people")


def test_a_migration_that_loses_a_row_others_refer_to_changes_nothing(
    sqlite: Sqlite, backups: Path, tmp_path: Path
) -> None:
    run(sqlite, PERSON, GRANT)
    tree = second(tmp_path / "next", "op.execute('DELETE FROM people')")
    with pytest.raises(DamagedDatabaseError, match="left as it is"):
        prepare(sqlite, backup_folder=backups, tree=tree)
    assert rows(sqlite, "SELECT name FROM people") == [("ada",)]


def test_the_last_three_copies_are_kept(sqlite: Sqlite, backups: Path, tmp_path: Path) -> None:
    for attempt in range(5):
        tree = second(tmp_path / str(attempt), BROKEN)
        with pytest.raises(StorageError):
            prepare(sqlite, backup_folder=backups, tree=tree)
    assert sorted(path.name for path in backups.iterdir()) == [
        f"before-migration-000{number}-from-{HEAD}.db" for number in (3, 4, 5)
    ]


def test_servers_that_start_together_migrate_once(cluster: Cluster, backups: Path) -> None:
    database = cluster.create(empty=True)
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda _: prepare(database, backup_folder=backups), range(4)))
    assert made == [HEAD] * 4
    cluster.drop(database)


def test_a_database_that_is_up_to_date_costs_no_import_of_alembic(sqlite: Sqlite, backups: Path) -> None:
    program = (
        "import sys; from pathlib import Path;"
        "from storage.engines import Sqlite; from storage.migrate import prepare;"
        f"prepare(Sqlite(Path({str(sqlite.path)!r})), backup_folder=Path({str(backups)!r}));"
        "print('alembic' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout == "False\n"


def test_a_copy_is_whole_while_the_database_is_written(sqlite: Sqlite, tmp_path: Path) -> None:
    writer = sqlite.open_writer()
    writer.exec_driver_sql(PERSON)
    copies.copy(sqlite.path, tmp_path / "copy.db")
    sqlite.close(writer)
    with sqlite3.connect(tmp_path / "copy.db") as copied:
        assert copied.execute("SELECT name FROM people").fetchall() == [("ada",)]
    assert not (tmp_path / "copy.db-wal").exists()
    with pytest.raises(FileExistsError):
        copies.copy(sqlite.path, tmp_path / "copy.db")
