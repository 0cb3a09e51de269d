"""Statements for the few places where many of them run for each request: compiled once for each engine, and sent
past SQLAlchemy, without being looked up, bound and typed again each time: four fifths of what a small one costs.

Values go to the driver as they are, and rows come as it gives them: for columns of numbers and text, and of truth
values on the way in."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any

from sqlalchemy import Column, Connection, Table, bindparam, insert
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.sql.elements import ClauseElement

from storage.connecting import raw

_AT_ONCE = 100  # rows with one statement: each number of them is a statement of its own
_NAMED = re.compile(r"%\((\w+)\)s")


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

    def all(self, connection: Connection, values: Mapping[str, object]) -> list[tuple[Any, ...]]:
        """All its rows."""
        cursor = self.run(connection, values)
        rows = cursor.fetchall()
        cursor.close()
        return list(rows)

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

    def _compile(self, connection: Connection) -> tuple[str, tuple[str, ...] | None, dict[str, Any]]:
        compiled = self._statement.compile(dialect=connection.dialect)
        order = getattr(compiled, "positiontup", None)
        constants = {name: value for name, value in compiled.params.items() if value is not None}
        return str(compiled), None if order is None else tuple(order), constants


class PreparedRows:
    """Inserts rows of a table, many with each statement."""

    def __init__(self, table: Table, columns: Iterable[str]) -> None:
        self._columns = tuple(columns)
        self._one = insert(table).inline().values({name: bindparam(name) for name in self._columns})
        self._compiled: dict[str, tuple[str, str, Callable[[Sequence[object]], Iterable[object]]]] = {}

    def run(self, connection: Connection, rows: Sequence[Sequence[object]]) -> None:
        """Each row has its values in the order of the columns, of which there are several."""
        engine = connection.dialect.name
        if engine not in self._compiled:
            self._compiled[engine] = self._compile(connection)
        head, places, in_order = self._compiled[engine]
        cursor = raw(connection).cursor()
        for start in range(0, len(rows), _AT_ONCE):
            some = rows[start : start + _AT_ONCE]
            sql = f"{head} VALUES {', '.join([places] * len(some))}"
            cursor.execute(sql, list(chain.from_iterable(map(in_order, some))))
        cursor.close()

    def _compile(self, connection: Connection) -> tuple[str, str, Callable[[Sequence[object]], Iterable[object]]]:
        """The statement for one row in two parts, of which the second is repeated for each; and what brings the
        values of a row into its order."""
        compiled = self._one.compile(dialect=connection.dialect)
        head, places = str(compiled).split(" VALUES ")
        order = compiled.positiontup or _NAMED.findall(places)
        return head, _NAMED.sub("%s", places), itemgetter(*map(self._columns.index, order))
