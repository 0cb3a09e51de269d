"""PostgreSQL databases that one test after another uses: emptying one costs a hundredth of making one."""

from typing import NamedTuple

import psycopg

from storage.engines import Postgres
from tests.databases import Cluster

_LARGEST_TABLE = 1024 * 1024
_END_OTHERS = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_FIRST_OWN_OBJECT = 16384  # those before it are PostgreSQL's
_SHAPE = f"""
    SELECT (SELECT count(*) FROM pg_class WHERE oid >= {_FIRST_OWN_OBJECT}),
           (SELECT count(*) FROM pg_attribute WHERE attrelid >= {_FIRST_OWN_OBJECT}),
           (SELECT count(*) FROM pg_constraint WHERE oid >= {_FIRST_OWN_OBJECT}),
           (SELECT count(*) FROM pg_trigger WHERE oid >= {_FIRST_OWN_OBJECT}),
           (SELECT count(*) FROM pg_proc WHERE oid >= {_FIRST_OWN_OBJECT}),
           (SELECT version_num FROM alembic_version)
"""  # noqa: S608 - our own number
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
_SEQUENCES = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'"


class _Spare(NamedTuple):
    database: Postgres
    connection: "psycopg.Connection[tuple[object, ...]]"
    shape: object
    filled: bytes  # asks which tables have rows, and which numbers were drawn
    tables: list[str]
    sequences: list[str]


class Spares:
    """Lends databases at the newest schema with nothing in them. What a test has changed but for its rows, or has
    let grow large, is not lent again. Of the many tables, a test fills a few: only those are emptied."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._idle: list[_Spare] = []
        self._lent: dict[Postgres, _Spare] = {}

    def lend(self) -> Postgres:
        spare = self._idle.pop() if self._idle else self._made()
        self._lent[spare.database] = spare
        return spare.database

    def take_back(self, database: Postgres) -> None:
        spare = self._lent.pop(database)
        try:
            fits = self._is_empty_again(spare)
        except psycopg.Error:
            fits = False
        if fits:
            self._idle.append(spare)
        else:
            spare.connection.close()
            self._cluster.drop(database)

    def close(self) -> None:
        for spare in self._idle:
            spare.connection.close()

    def _made(self) -> _Spare:
        database = self._cluster.create()
        connection = psycopg.connect(database.url, autocommit=True, prepare_threshold=0)
        connection.execute("SET session_replication_role = replica")
        tables = [str(name) for (name,) in connection.execute(_TABLES)]
        sequences = [str(name) for (name,) in connection.execute(_SEQUENCES)]
        asked = [f"EXISTS (SELECT FROM {name})" for name in tables]
        asked += [f"(SELECT is_called FROM {name})" for name in sequences]  # noqa: S608 - our own names
        filled = f"SELECT {', '.join(asked)}".encode()
        shape = connection.execute(_SHAPE).fetchone()
        return _Spare(database, connection, shape, filled, tables, sequences)

    def _is_empty_again(self, spare: _Spare) -> bool:
        connection = spare.connection
        connection.execute(_END_OTHERS)
        if connection.execute(_SHAPE).fetchone() != spare.shape:
            return False
        filled = connection.execute(spare.filled).fetchone() or ()
        named = [name for name, has in zip([*spare.tables, *spare.sequences], filled, strict=True) if has]
        tables = [name for name in named if name in spare.tables]
        for name in tables:
            if _size(connection, name) > _LARGEST_TABLE:
                return False
        for name in named:
            emptying = f"DELETE FROM {name}" if name in tables else f"SELECT setval('{name}', 1, false)"  # noqa: S608 - our own names
            connection.execute(emptying.encode())  # each is prepared once
        return True


def _size(connection: "psycopg.Connection[tuple[object, ...]]", table: str) -> int:
    (size,) = connection.execute("SELECT pg_relation_size(%s::regclass)", (table,)).fetchone() or (0,)
    return int(str(size))
