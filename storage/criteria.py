"""How the common parts of a parsed filter read in SQL."""

import re
from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, false, func, or_, true

from storage.criterion import Criterion

__all__ = ["Criterion", "contains", "matches"]


def matches(name: ColumnElement[str], patterns: Iterable[str]) -> ColumnElement[bool]:
    """Whether a name fits one of the patterns: `*` within a segment, `**` any run, `*` alone everything."""
    return or_(false(), *(_fits(name, pattern) for pattern in patterns))


def contains(columns: Iterable[ColumnElement[str]], texts: Iterable[str]) -> ColumnElement[bool]:
    """Whether all the texts occur, each in any of the columns, in capitals or not."""
    places = list(columns)
    return and_(
        true(),
        *(
            or_(*(func.coalesce(place, "").icontains(text, autoescape=True) for place in places))
            for text in texts
        ),
    )


def _fits(name: ColumnElement[str], pattern: str) -> ColumnElement[bool]:
    if "*" not in pattern:
        return name == pattern
    if pattern in {"*", "**"}:
        return true()
    if not _NAMELIKE.fullmatch(pattern):
        return false()
    parts = (_PIECES.get(part) or part.replace(".", "[.]") for part in re.split(r"(\*\*?)", pattern))
    return name.regexp_match(f"^{''.join(parts)}$")


_NAMELIKE = re.compile(r"[A-Za-z0-9_.:*-]+")
_PIECES = {"**": ".*", "*": "[^:]*"}
