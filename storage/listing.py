"""What a list is asked for besides its place in it: terms that each keep or leave out rows."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, not_

Match = Callable[[Any], ColumnElement[bool]]


class Term(NamedTuple):
    """Keep the rows whose field matches the value, or with `negated` those whose field does not."""

    field: str
    value: Any
    negated: bool = False


def conditions(matches: Mapping[str, Match], terms: Sequence[Term]) -> list[ColumnElement[bool]]:
    """One condition for each term: a field without a match is a mistake of ours, and raises."""
    found = []
    for term in terms:
        condition = matches[term.field](term.value)
        found.append(not_(condition) if term.negated else condition)
    return found
