"""A list of numbers as one parameter, however many they are: the statement is the same for five and for five
thousand, and neither engine has a limit for them."""

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class _Numbers(FunctionElement[int]):
    inherit_cache = True


@compiles(_Numbers, "sqlite")
def _on_sqlite(element: _Numbers, compiler: SQLCompiler, **more: Any) -> str:
    return f"(SELECT value FROM json_each({compiler.process(element.clauses, **more)}))"  # noqa: S608 - what the compiler made


@compiles(_Numbers, "postgresql")
def _on_postgresql(element: _Numbers, compiler: SQLCompiler, **more: Any) -> str:
    listed = f"CAST({compiler.process(element.clauses, **more)} AS json)"
    return f"(SELECT CAST(value AS bigint) FROM json_array_elements_text({listed}))"  # noqa: S608


def among(column: ColumnElement[int], parameter: str) -> ColumnElement[bool]:
    """Whether the column is one of the numbers that the parameter lists."""
    return column.op("IN", is_comparison=True)(_Numbers(bindparam(parameter, type_=Text)))


def listed(numbers: Iterable[int]) -> str:
    """The numbers as the value of such a parameter."""
    return msgspec.json.encode(list(numbers)).decode()
