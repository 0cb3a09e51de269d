"""Statements for the few places where many of them run for each request: compiled once for each engine, and sent
past SQLAlchemy, without being looked up, bound and typed again each time: four fifths of what a small one costs.

Values go to the driver as they are, and rows come as it gives them: for columns of numbers and text, and of truth
values on the way in."""

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import BindParameter, Column, Connection, Table, bindparam, insert
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.sql.elements import ClauseElement

from storage.connecting import raw


class Prepared:
    """One statement, by the names of its parameters."""

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._compiled: dict[str, tuple[str, tuple[str, ...] | None, dict[str, Any]]] = {}

    def run(self, connection: Connection, values: Mapping[str, object]) -> DBAPICursor:
        """Run it with these values; what the statement itself has bound need not be among them."""
        engine = connection.dialect.name
        if engine not in self._compiled:
            self._compiled[engine] = self._compile(connection)
        sql, order, constants = self._compiled[engine]
        bound = {**constants, **values} if constants else values
        parameters = dict(bound) if order is None else tuple([bound[name] for name in order])
        cursor = raw(connection).cursor()
        cursor.execute(sql, parameters)
        return cursor

    def one(self, connection: Connection, values: Mapping[str, object]) -> tuple[Any, ...] | None:
        """Its only row, or nothing where there is none."""
        cursor = self.run(connection, values)
        row = cursor.fetchone()
        cursor.close()
        return row

    def scalar(self, connection: Connection, values: Mapping[str, object]) -> Any:
        """What is first in its only row, or nothing where there is none."""
        row = self.one(connection, values)
        return None if row is None else row[0]

    def many(self, connection: Connection, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Run it for each of these rows, whose values are in the order of the columns. On SQLite alone."""
        engine = connection.dialect.name
        if engine not in self._compiled:
            self._compiled[engine] = self._compile(connection)
        sql, order, _ = self._compiled[engine]
        places = [columns.index(name) for name in order or ()]
        raw(connection).cursor().executemany(sql, list(map(itemgetter(*places), rows)))

    @classmethod
    def insertion(
        cls, table: Table, columns: Iterable[str], *, returning: Column[Any] | None = None
    ) -> "Prepared":
        """Inserts a row with these columns, and answers one that the database fills in."""
        statement = insert(table).inline().values({name: bindparam(name) for name in columns})
        return cls(statement if returning is None else statement.returning(returning))

    @classmethod
    def insertion_of(cls, table: Table, columns: Iterable[str], count: int) -> "Prepared":
        """Inserts so many rows at once. The parameters of each have its number at the end of their names."""
        rows: list[dict[str, BindParameter[Any]]] = [
            {name: bindparam(f"{name}_{place}") for name in columns} for place in range(count)
        ]
        return cls(insert(table).inline().values(rows))

    def _compile(self, connection: Connection) -> tuple[str, tuple[str, ...] | None, dict[str, Any]]:
        compiled = self._statement.compile(dialect=connection.dialect)
        order = getattr(compiled, "positiontup", None)
        constants = {name: value for name, value in compiled.params.items() if value is not None}
        return str(compiled), None if order is None else tuple(order), constants


class PreparedRows:
    """Inserts a few rows of a table at once, however many they are."""

    def __init__(self, table: Table, columns: Iterable[str]) -> None:
        self._table = table
        self._columns = tuple(columns)
        self._by_count: dict[int, Prepared] = {}

    def run(self, connection: Connection, rows: Sequence[Sequence[object]]) -> None:
        """Each row has its values in the order of the columns."""
        statement = self._by_count.get(len(rows))
        if statement is None:
            statement = Prepared.insertion_of(self._table, self._columns, len(rows))
            self._by_count[len(rows)] = statement
        values = {
            f"{name}_{place}": value
            for place, row in enumerate(rows)
            for name, value in zip(self._columns, row, strict=True)
        }
        statement.run(connection, values).close()
