"""How a list answers its criteria: each of its fields has one condition, which a criterion may turn round."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, not_

from storage.criteria import Criterion

Match = Callable[[Criterion], ColumnElement[bool]]


def conditions(matches: Mapping[str, Match], criteria: Sequence[Criterion]) -> list[ColumnElement[bool]]:
    """One condition for each criterion: a field without a match is a mistake of ours, and raises."""
    found = []
    for criterion in criteria:
        condition = matches[criterion.what](criterion)
        found.append(not_(condition) if criterion.negated else condition)
    return found


def is_any(
    column: ColumnElement[Any], wanted: Criterion, values: Sequence[object], none: object
) -> ColumnElement[bool]:
    """Whether a column that may be empty has one of the values. Turned round, what is empty has none of them; an
    index answers only where that need not be said."""
    return (func.coalesce(column, none) if wanted.negated else column).in_(values)
