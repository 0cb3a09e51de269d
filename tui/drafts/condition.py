"""A condition as it is being written: as rows, each of which compares one field, or typed as JSON.

What rows cannot say stays JSON; what they can goes from one to the other and back as it was."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from core.routing.conditions import OPS, ConditionError, read_condition
from core.text import clean

Way = Literal["always", "rows", "json"]
Joined = Literal["and", "or", "not and", "not or"]

WAYS: tuple[tuple[Way, str], ...] = (
    ("always", "always: it has no condition"),
    ("rows", "built: rows of field, comparison, value"),
    ("json", "typed: as JSON"),
)
JOINED: tuple[tuple[Joined, str], ...] = (
    ("and", "all of these hold"),
    ("or", "any of these holds"),
    ("not and", "not all of these hold"),
    ("not or", "none of these holds"),
)
NOT = "not "
WITHOUT_VALUE = ("exists", "not_exists")
MOST_ROWS = 30
_DEEPEST = 40
_INDEX_LIMIT = 3  # entries of a list that are offered
_MOST_PATHS = 200
_LONGEST_VALUE = 60
_LINE = 60  # characters that are still short


class Row(NamedTuple):
    """One comparison. `op` may begin with `not `."""

    field: str = ""
    op: str = "=="
    value: str = ""

    @property
    def blank(self) -> bool:
        return not self.field.strip() and not self.value.strip()


@dataclass
class ConditionDraft:
    """What the form says. Each way keeps what was typed in it."""

    way: Way = "always"
    joined: Joined = "and"
    rows: list[Row] = field(default_factory=list)
    text: str = ""

    @classmethod
    def of(cls, written: object) -> "ConditionDraft":
        if written is None:
            return cls()
        made = cls("json", text=as_text(written))
        made.to_rows()
        return made

    def turn(self, way: Way) -> str:
        """Write it another way from now on; the sentence says why that cannot be, if it cannot."""
        before = self.way
        if before == "rows" and way == "json" and any(not row.blank for row in self.rows):
            self.text = as_text(self._of_rows())
        if before == "json" and way == "rows" and self.text.strip() and not self.to_rows():
            return "Rows cannot say this: it stays JSON."
        self.way = way
        return ""

    def to_rows(self) -> bool:
        """Whether the JSON can be said in rows, which it is from now on."""
        try:
            written = json.loads(self.text)
        except (ValueError, RecursionError):
            return False
        found = _rows(written)
        if found is None:
            return False
        self.way, (self.joined, self.rows) = "rows", found
        return True

    def written(self) -> object:
        """The condition as JSON has it; nothing where there is none. Raises a ConditionError."""
        match self.way:
            case "always":
                return None
            case "rows":
                return self._of_rows()
            case _:
                return _read(self.text)

    def problems(self) -> dict[str, str]:
        """What is wrong, by the field of the form: `condition.json`, or `condition.2` for the third row."""
        if self.way == "always":
            return {}
        if self.way == "json":
            try:
                read_condition(_read(self.text))
            except ConditionError as error:
                return {JSON: said_at(error)}
            return {}
        found = {}
        if all(row.blank for row in self.rows):
            return {row_named(0): "Say which field is compared, or choose always."}
        for number, row in enumerate(self.rows):
            if not row.blank and (sentence := _wrong(row)):
                found[row_named(number)] = sentence
        return found

    def _of_rows(self) -> object:
        said = [_compared(row) for row in self.rows if not row.blank]
        negated, word = self.joined.startswith(NOT), self.joined.removeprefix(NOT)
        whole = said[0] if len(said) == 1 else {word: said}
        return {"not": whole} if negated else whole


JSON = "condition.json"
"""What the field of a typed condition is called."""


def row_named(number: int) -> str:
    return f"condition.{number}"


def as_text(written: object, indent: str = "") -> str:
    """JSON as a person lays it out: what is short on one line, and what could not be seen as an escape."""
    whole = json.dumps(written, ensure_ascii=False)
    if clean(whole) != whole:
        whole = json.dumps(written)
    if len(indent) + len(whole) <= _LINE or not isinstance(written, dict | list) or not written:
        return whole
    inner = indent + "  "
    if isinstance(written, dict):
        parts = [f"{json.dumps(key)}: {as_text(each, inner)}" for key, each in written.items()]
    else:
        parts = [as_text(each, inner) for each in written]
    opened, closed = "{}" if isinstance(written, dict) else "[]"
    return f"{opened}\n{inner}" + f",\n{inner}".join(parts) + f"\n{indent}{closed}"


def said_at(error: ConditionError) -> str:
    """What is wrong with typed JSON, and where in it."""
    place = error.place.removeprefix("condition").lstrip(".")
    return f"{place}: {error.said}" if place else error.said


def paths_of(example: object) -> dict[str, object]:
    """The fields of a payload, each as a condition names it, with its value."""
    found: dict[str, object] = {}
    for path, value in _paths(example, "", 0):
        found[path] = value
        if len(found) >= _MOST_PATHS:
            break
    return found


def shown_value(value: object) -> str:
    """What a field holds, in a few characters of JSON."""
    text = clean(json.dumps(value, ensure_ascii=False))
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def value_typed(value: object) -> str:
    """A value as it is typed in a row: a text as it stands where that means the same."""
    if isinstance(value, str) and value and meant(value) == value and clean(value) == value.strip() == value:
        return value
    return json.dumps(value)


def meant(typed: str) -> object:
    """A number, true, false, null, a list or a text in quotes, as JSON has it; anything else as it stands."""
    try:
        return json.loads(typed, parse_constant=lambda _: typed)
    except (ValueError, RecursionError):
        return typed


def _paths(value: object, path: str, depth: int) -> Iterator[tuple[str, object]]:
    if path:
        yield path, value
    if depth > _DEEPEST:
        return
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key and clean(key) == key.strip() == key and not set(key) & set(".[]"):
                yield from _paths(inner, f"{path}.{key}" if path else str(key), depth + 1)
    elif isinstance(value, list) and path:
        for number, inner in enumerate(value[:_INDEX_LIMIT]):
            yield from _paths(inner, f"{path}[{number}]", depth + 1)


def _compared(row: Row) -> object:
    op = row.op.removeprefix(NOT)
    said: dict[str, object] = {"field": row.field.strip(), "op": op}
    if op not in WITHOUT_VALUE and row.value.strip():
        said["value"] = meant(row.value.strip())
    return {"not": said} if row.op.startswith(NOT) else said


def _wrong(row: Row) -> str:
    if not row.field.strip():
        return "Say which field is compared, such as task.status."
    if row.op.removeprefix(NOT) not in WITHOUT_VALUE and not row.value.strip():
        return 'Say what it is compared with; "" is an empty text.'
    try:
        read_condition(_compared(row))
    except ConditionError as error:
        return error.said
    return ""


def _rows(written: object) -> tuple[Joined, list[Row]] | None:
    """The rows that say the same, if any do, and how they are joined."""
    whole = _row(written)
    if whole is not None:
        return "and", [whole]
    negated = isinstance(written, dict) and list(written) == ["not"]
    inner = written["not"] if negated and isinstance(written, dict) else written
    if not isinstance(inner, dict) or len(inner) != 1:
        return None
    for joined, _ in JOINED:
        parts = inner.get(joined.removeprefix(NOT))
        if joined.startswith(NOT) is negated and isinstance(parts, list) and 1 < len(parts) <= MOST_ROWS:
            rows = [_row(part) for part in parts]
            return None if None in rows else (joined, [row for row in rows if row is not None])
    return None


def _row(written: object) -> Row | None:
    """The row that says exactly this, if one does."""
    if not isinstance(written, dict):
        return None
    if list(written) == ["not"]:
        inner = _row(written["not"])
        return None if inner is None or inner.op.startswith(NOT) else inner._replace(op=NOT + inner.op)
    name, op = written.get("field"), written.get("op")
    if not isinstance(name, str) or op not in OPS or not name or clean(name) != name.strip() == name:
        return None
    row = Row(name, str(op), value_typed(written["value"]) if "value" in written else "")
    return row if _compared(row) == written and _same(_compared(row), written) else None


def _same(made: object, written: object) -> bool:
    """Equal also in what `==` does not tell apart: 1, 1.0 and true."""
    return json.dumps(made, sort_keys=True) == json.dumps(written, sort_keys=True)


def _read(text: str) -> object:
    if not text.strip():
        raise ConditionError('Write a condition, such as {"field": "to", "op": "==", "value": "failed"}.', ())
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        said = f"Line {error.lineno}, column {error.colno}: this is not JSON ({error.msg})."
        raise ConditionError(said, ()) from None
    except RecursionError:
        raise ConditionError("This is nested too deeply.", ()) from None


def grown(rows: Sequence[Row]) -> list[Row]:
    """With one blank row at the end, and no more than that."""
    kept = list(rows)
    while len(kept) > 1 and kept[-1].blank and kept[-2].blank:
        kept.pop()
    return kept if (kept and kept[-1].blank) or len(kept) >= MOST_ROWS else [*kept, Row()]
