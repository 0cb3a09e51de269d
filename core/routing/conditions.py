"""Conditions on an event's payload: read and checked once, then answered by closures made for each comparison.

What is wrong with a condition is an error that names the path, so that none ever fires, or fails to, unseen."""

import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, get_args

import msgspec

from core.api.rules import ConditionPart
from core.channels.configuring.places import Path, dotted
from core.errors import InvalidError
from core.routing import loose
from core.routing.loose import MISSING

Op = Literal["==", "!=", ">", ">=", "<", "<=", "includes", "not_includes", "exists", "not_exists"]
OPS: tuple[Op, ...] = get_args(Op)

DEEPEST = 32
MOST_PARTS = 200
_LONGEST_VALUE = 10_000
_LONGEST_FIELD = 500
_LONGEST_SHOWN = 200

_NEEDING = ("==", ">", ">=", "<", "<=", "includes", "exists")
"""These never hold of what is missing, but for `==` with null."""

_COMBINED = ("and", "or", "not")
_COMPARED = ("field", "op", "value")
_STEP = re.compile(r"[^.\[\]]+")
_INDEX = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)


class ConditionError(InvalidError):
    """What is wrong with a condition, and the keys that lead there."""

    def __init__(self, said: str, path: Path) -> None:
        super().__init__(said, dotted(path))
        self.said = said
        self.path = path


Data = Mapping[str, object]
Need = tuple[str, str | None]
Holds = Callable[[Data], bool]
Test = Callable[[object], bool]
Found = Callable[[Data], object]


@dataclass(frozen=True, slots=True)
class _Comparison:
    """One comparison of a condition, as it is explained."""

    place: str
    text: str
    found: Found
    test: Test


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """A condition, made ready once. `holds` answers it; `parts` says what each comparison found.

    Of one that `needs` a key, it is known without asking that it does not hold where the payload has no such key;
    of one that needs it with a text, nor where it is another text."""

    written: object  # the JSON of the configuration
    holds: Holds
    comparisons: tuple[_Comparison, ...]
    needs: Need | None = None

    def parts(self, data: Data) -> list[ConditionPart]:
        """Every comparison with the value that it meets, also where the answer was clear before it."""
        return [
            ConditionPart(part.place, part.text, part.test(found), _shown(found))
            for part in self.comparisons
            for found in (part.found(data),)
        ]


def read_condition(written: object) -> Condition:
    """The condition of this JSON, or a ConditionError with the place that is wrong."""
    reading = _Reading()
    holds = reading.holds(written, ("condition",), 1)
    return Condition(written, holds, tuple(reading.comparisons), _needs(written))


def _needs(written: object) -> Need | None:
    """A key without which it does not hold: best one that has to be a certain text."""
    if not isinstance(written, Mapping):
        return None
    if "and" in written:
        found = [need for need in map(_needs, written["and"]) if need is not None]
        return next((need for need in found if need[1] is not None), found[0] if found else None)
    op, value = written.get("op"), written.get("value")
    if op not in _NEEDING or (op == "==" and value is None):
        return None
    steps = _steps(written["field"])
    if not steps:
        return None
    return steps[0][0], value if op == "==" and len(steps) == 1 and isinstance(value, str) else None


class _Reading:
    def __init__(self) -> None:
        self.comparisons: list[_Comparison] = []
        self._count = 0

    def holds(self, written: object, path: Path, depth: int) -> Holds:
        if not isinstance(written, Mapping):
            raise ConditionError(
                f"A condition is an object with field and op, or with and, or, not; this is {_kind(written)}.",
                path,
            )
        if depth > DEEPEST:
            raise ConditionError(f"A condition is at most {DEEPEST} deep.", path)
        self._count += 1
        if self._count > MOST_PARTS:
            raise ConditionError(f"A condition has at most {MOST_PARTS} parts.", path)
        _check_keys(written, path)
        if "not" in written:
            inner = self.holds(written["not"], (*path, "not"), depth + 1)
            return lambda data: not inner(data)
        for word in ("and", "or"):
            if word in written:
                return self._combined(word, written[word], (*path, word), depth)
        return self._compared(written, path)

    def _combined(self, word: str, parts: object, path: Path, depth: int) -> Holds:
        if not isinstance(parts, list):
            raise ConditionError(f"This is a list of conditions; here it is {_kind(parts)}.", path)
        if len(parts) > MOST_PARTS:
            raise ConditionError(f"A condition has at most {MOST_PARTS} parts.", path)
        inner = tuple(self.holds(part, (*path, index), depth + 1) for index, part in enumerate(parts))
        return _all(inner) if word == "and" else _any(inner)

    def _compared(self, written: Mapping[str, object], path: Path) -> Holds:
        field, op = _field(written, path), _op(written, path)
        value = written.get("value", MISSING)
        _check_value(value, (*path, "value"))
        found, test = _finder(field), _test(op, value)
        self.comparisons.append(_Comparison(dotted(path), _text(field, op, value), found, test))
        steps = _steps(field)
        if len(steps) == 1:
            return _of_key(steps[0][0], op, value, test)
        return lambda data: test(found(data))


def _check_keys(written: Mapping[str, object], path: Path) -> None:
    known = (*_COMBINED, *_COMPARED)
    for key in written:
        if key not in known:
            near = get_close_matches(str(key), known, 1, 0.5)
            meant = f"; did you mean {near[0]}?" if near else "."
            raise ConditionError(f"A condition has no {_shortened(key)!r}{meant}", path)
    combined = [key for key in _COMBINED if key in written]
    if combined and len(written) > 1:
        other = next(key for key in written if key != combined[0])
        raise ConditionError(
            f"A condition with {combined[0]} has nothing beside it; this has {other}, too.", path
        )


def _field(written: Mapping[str, object], path: Path) -> str:
    if "field" not in written:
        raise ConditionError("A comparison needs a field, such as task.status.", (*path, "field"))
    field = written["field"]
    if not isinstance(field, str):
        raise ConditionError(f"A field is a text, such as task.status; this is {_kind(field)}.", (*path, "field"))
    if len(field) > _LONGEST_FIELD:
        raise ConditionError(f"A field has at most {_LONGEST_FIELD} characters.", (*path, "field"))
    return field


def _op(written: Mapping[str, object], path: Path) -> Op:
    if "op" not in written:
        raise ConditionError(f"A comparison needs an op: one of {', '.join(OPS)}.", (*path, "op"))
    for op in OPS:
        if written["op"] == op:
            return op
    given = written["op"]
    said = repr(_shortened(given)) if isinstance(given, str) else _kind(given)
    raise ConditionError(f"There is no op {said}: choose one of {', '.join(OPS)}.", (*path, "op"))


def _check_value(value: object, path: Path) -> None:
    if value is MISSING:
        return
    try:
        encoded = msgspec.json.encode(value)
        known = msgspec.json.decode(encoded) == value
    except (RecursionError, TypeError, ValueError, OverflowError):
        encoded, known = b"", False
    if not known:  # a date of a TOML file, a number that is not finite
        raise ConditionError(f"A value is a text, a number, true, false or null; this is {_kind(value)}.", path)
    if len(encoded) > _LONGEST_VALUE:
        raise ConditionError(f"A value has at most {_LONGEST_VALUE} bytes.", path)


def _all(inner: tuple[Holds, ...]) -> Holds:
    match inner:
        case (only,):
            return only
        case (first, second):
            return lambda data: first(data) and second(data)

    def holds(data: Data) -> bool:
        for part in inner:  # noqa: SIM110 - a generator costs more than the rest of it
            if not part(data):
                return False
        return True

    return holds


def _any(inner: tuple[Holds, ...]) -> Holds:
    match inner:
        case (only,):
            return only
        case (first, second):
            return lambda data: first(data) or second(data)

    def holds(data: Data) -> bool:
        for part in inner:  # noqa: SIM110
            if part(data):
                return True
        return False

    return holds


def _steps(field: str) -> tuple[tuple[str, int | None], ...]:
    """The keys on the way to the field, each with the index that it is in a list."""
    return tuple((step, int(step) if _INDEX.fullmatch(step) else None) for step in _STEP.findall(field))


def _finder(field: str) -> Found:
    """What finds the field in a payload, by keys of its own alone."""
    steps = _steps(field)

    def found(data: Data) -> object:
        at: object = data
        for key, index in steps:
            if isinstance(at, dict):
                at = at.get(key, MISSING)
            elif isinstance(at, list):
                if index is not None and index < len(at):
                    at = at[index]
                elif key == "length":
                    at = len(at)
                else:
                    return MISSING
            else:
                return MISSING
        return at

    return found


def _of_key(key: str, op: Op, value: object, test: Test) -> Holds:
    """The comparison of a key of the payload itself; what is asked most, in one step."""
    if op == "==" and isinstance(value, str):
        equal = loose.equal

        def holds(data: Data) -> bool:
            found = data.get(key)
            return found == value if type(found) is str else found is not None and equal(found, value)

        return holds
    return lambda data: test(data.get(key, MISSING))


def _test(op: Op, value: object) -> Test:
    """What compares with the value, made for its type where that is quicker."""
    match op:
        case "==":
            return _equals(value)
        case "!=":
            equals = _equals(value)
            return lambda found: not equals(found)
        case ">":
            return _ordered(operator.gt, value, lambda found: loose.before(value, found))
        case ">=":
            return _ordered(operator.ge, value, lambda found: loose.at_most(value, found))
        case "<":
            return _ordered(operator.lt, value, lambda found: loose.before(found, value))
        case "<=":
            return _ordered(operator.le, value, lambda found: loose.at_most(found, value))
        case "includes":
            return lambda found: loose.includes(found, value)
        case "not_includes":
            return lambda found: not loose.includes(found, value)
        case "exists":
            return lambda found: found is not MISSING and found is not None
        case "not_exists":
            return lambda found: found is MISSING or found is None


def _equals(value: object) -> Test:
    if isinstance(value, str):
        return lambda found: found == value if type(found) is str else loose.equal(found, value)
    return lambda found: loose.equal(found, value)


def _ordered(compare: Callable[[float, float], bool], value: object, otherwise: Test) -> Test:
    if value is MISSING or isinstance(value, str | list | Mapping):
        return otherwise
    number = loose.number_of(value)
    exact = 2**53

    def test(found: object) -> bool:
        if type(found) is float or (type(found) is int and -exact < found < exact):
            return compare(found, number)
        return otherwise(found)

    return test


def _text(field: str, op: Op, value: object) -> str:
    """The comparison as a person reads it."""
    name = field if _STEP.search(field) else "the payload"
    return f"{name} {op}" if op in ("exists", "not_exists") else f"{name} {op} {_shown(value)}"


def _shown(value: object) -> str:
    if value is MISSING:
        return "missing"
    try:
        return _shortened(msgspec.json.encode(value).decode(errors="replace"))
    except (RecursionError, TypeError, ValueError, OverflowError):
        return _kind(value)


def _shortened(value: object) -> str:
    text = str(value)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return "a text"
        case float() if not math.isfinite(value):
            return f"the number {value}"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case Mapping():
            return "an object"
        case _:
            return f"a {type(value).__name__}"
