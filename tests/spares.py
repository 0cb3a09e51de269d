"""PostgreSQL databases that one test after another uses: emptying one costs a hundredth of making one."""

from typing import NamedTuple

import psycopg

from storage.engines import Postgres
from tests.databases import Cluster

_LARGEST_GROWTH = 4 * 1024 * 1024
_END_OTHERS = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_SHAPE = """
    SELECT (SELECT count(*) FROM pg_class), (SELECT count(*) FROM pg_attribute),
           (SELECT count(*) FROM pg_constraint), (SELECT count(*) FROM pg_trigger),
           (SELECT count(*) FROM pg_proc), (SELECT version_num FROM alembic_version)
"""
_SIZE = "SELECT pg_database_size(current_database())"
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
_SEQUENCES = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'"


class _Spare(NamedTuple):
    database: Postgres
    connection: "psycopg.Connection[tuple[object, ...]]"
    shape: object
    size: int
    emptying: bytes


class Spares:
    """Lends databases at the newest schema with nothing in them. What a test has changed but for its rows, or has
    let grow large, is not lent again."""

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
        connection = psycopg.connect(database.url, autocommit=True)
        rows = [f"DELETE FROM {name}" for (name,) in connection.execute(_TABLES)]  # noqa: S608 - our own names
        numbers = [f"SELECT setval('{name}', 1, false)" for (name,) in connection.execute(_SEQUENCES)]
        emptying = "; ".join(["SET session_replication_role = replica", *rows, *numbers]).encode()
        shape = connection.execute(_SHAPE).fetchone()
        return _Spare(database, connection, shape, _size(connection), emptying)

    def _is_empty_again(self, spare: _Spare) -> bool:
        connection = spare.connection
        connection.execute(_END_OTHERS)
        if connection.execute(_SHAPE).fetchone() != spare.shape:
            return False
        if _size(connection) > spare.size + _LARGEST_GROWTH:
            return False
        connection.execute(spare.emptying)
        return True


def _size(connection: "psycopg.Connection[tuple[object, ...]]") -> int:
    (size,) = connection.execute(_SIZE).fetchone() or (0,)
    return int(str(size))
