"""Reads a TOML file into typed settings, and says what is wrong with it where it is wrong."""

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar, get_args, get_origin

import msgspec
from msgspec import Meta, Struct

from core.annotations import alternatives, bare, read_secret
from core.errors import InvalidError

S = TypeVar("S", bound=Struct)
Keys = tuple[str, ...]

_TABLE = re.compile(r"^\s*\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")
_AT = re.compile(r"^(.*) - at `\$\.?(.*)`$", re.S)
_MISSING = re.compile(r"^Object missing required field `([^`]*)`")
_AT_LINE = re.compile(r"^(.*) \(at line (\d+), column \d+\)$", re.S)


class Place(NamedTuple):
    """A key, and what is wrong with its value."""

    keys: Keys
    sentence: str


def read_toml(path: Path, kind: type[S], check: Callable[[S], Place | None] | None = None) -> S:
    """The file as a value of this type; the type's defaults where there is no file."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        text = ""
    except UnicodeDecodeError:
        raise InvalidError("The file is not UTF-8 text.", str(path)) from None
    except OSError as error:
        raise InvalidError(f"The file cannot be read: {error.strerror}.", str(path)) from None
    try:
        return _parse(text, kind, check)
    except _AtLineError as error:
        raise InvalidError(error.sentence, f"{path}:{error.line}") from None


class _AtLineError(Exception):
    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(sentence)
        self.line = line
        self.sentence = sentence


def _parse(text: str, kind: type[S], check: Callable[[S], Place | None] | None) -> S:
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _AT_LINE.match(str(error))
        last = text.count("\n") + 1
        raise _AtLineError(int(found[2]) if found else last, f"{found[1] if found else error}.") from None
    except RecursionError:
        raise _AtLineError(1, "The values are nested too deeply.") from None
    wrong = _unknown(tables, kind) or _unfit(tables, kind)
    if wrong is None:
        settings = msgspec.convert(tables, kind, dec_hook=read_secret)
        wrong = check(settings) if check is not None else None
        if wrong is None:
            return settings
    *tables_of, key = wrong.keys or ("",)
    where = f"[{'.'.join(tables_of)}] {key}" if tables_of else key
    sentence = wrong.sentence if wrong.sentence.endswith((".", "?")) else wrong.sentence + "."
    raise _AtLineError(line_of(text, wrong.keys), f"{where}: {sentence}" if where else sentence)


def line_of(text: str, keys: Keys) -> int:
    """The line on which this key gets its value, or else the one on which its table begins."""
    return line_in(lines_of(text), keys)


def line_in(lines: Mapping[Keys, int], keys: Keys) -> int:
    """The same, of a file whose lines are known."""
    return next((lines[keys[:size]] for size in range(len(keys), 0, -1) if keys[:size] in lines), 1)


def lines_of(text: str) -> dict[Keys, int]:
    """On which line each table begins and each key gets its value. Of a list of tables, each goes by its number,
    from 0."""
    lines: dict[Keys, int] = {}
    table: Keys = ()
    quotes = ""
    seen: Counter[Keys] = Counter()
    for number, line in enumerate(text.split("\n"), start=1):
        if quotes:
            if quotes in line:
                quotes = ""
            continue
        if header := _TABLE.match(line):
            table = _parts(header[1], seen)
            if line.lstrip().startswith("[["):
                _begin(lines, table, number)
                seen[table] += 1
                table = (*table, str(seen[table] - 1))
            _begin(lines, table, number)
        elif assigned := _KEY.match(line):
            _begin(lines, table + _parts(assigned[1], Counter()), number)
            value = line[assigned.end() :].lstrip()
            if value[:3] in ('"""', "'''") and value.count(value[:3]) == 1:
                quotes = value[:3]
    return lines


def _begin(lines: dict[Keys, int], keys: Keys, number: int) -> None:
    """A key begins here, and with it the tables around it that have not begun before."""
    for size in range(1, len(keys) + 1):
        lines.setdefault(keys[:size], number)


def _parts(dotted: str, seen: Mapping[Keys, int]) -> Keys:
    """The keys of a header. What stands below a list of tables belongs to the last that has been seen of it."""
    keys: Keys = ()
    for part in _PART.findall(dotted):
        if keys in seen:
            keys = (*keys, str(seen[keys] - 1))
        keys = (*keys, part.strip("\"'"))
    return keys


def _unknown(found: Mapping[str, Any], kind: type[Struct], above: Keys = ()) -> Place | None:
    """The first key that the type does not have."""
    fields = {field.encode_name: field.type for field in msgspec.structs.fields(kind)}
    for key, value in found.items():
        if key not in fields:
            from difflib import get_close_matches

            near = get_close_matches(key, fields, 1, 0.5)
            what = "table" if isinstance(value, dict) and not above else "setting"
            return Place(
                (*above, key), f"there is no such {what}" + (f"; did you mean {near[0]}?" if near else "")
            )
        for keys, table, inner in _tables_of(key, value, fields[key]):
            wrong = _unknown(table, inner, (*above, *keys)) if isinstance(table, dict) else None
            if wrong is not None:
                return wrong
    return None


def _tables_of(key: str, value: object, kind: Any) -> list[tuple[Keys, object, type[Struct]]]:
    """The tables below a key: one of a known shape, or any number of them by their names."""
    if not isinstance(value, dict):
        return []
    if _is_table(kind):
        return [((key,), value, kind)]
    named = _named(kind)
    if named is None:
        return []
    return [((key, name), table, named) for name, table in value.items()]


def _is_table(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Struct)


def _named(kind: Any) -> type[Struct] | None:
    """Of a type that is tables by their names: the type of each of them."""
    for choice in alternatives(kind):
        if get_origin(choice) is dict and _is_table(get_args(choice)[1]):
            found: type[Struct] = get_args(choice)[1]
            return found
    return None


def _unfit(found: object, kind: type[Struct], above: Keys = ()) -> Place | None:
    """The first value that its type does not take, searched from the innermost table outwards: of many tables the
    library does not tell in which it was."""
    tables = found if isinstance(found, dict) else {}
    for field in msgspec.structs.fields(kind):
        value = tables.get(field.encode_name)
        for keys, table, inner in _tables_of(field.encode_name, value, field.type):
            wrong = _unfit(table, inner, (*above, *keys))
            if wrong is not None:
                return wrong
    try:
        msgspec.convert(found, kind, dec_hook=read_secret)
    except msgspec.ValidationError as error:
        wrong = _misfit(str(error), kind)
        return wrong._replace(keys=(*above, *wrong.keys))
    return None


def _misfit(message: str, kind: type[Struct]) -> Place:
    """The library's message as a place and a sentence."""
    message = _MISSING.sub(r"it needs \1", message)
    found = _AT.match(message)
    if found is None:
        return Place((), _sentence(message))
    keys = tuple(part for part in re.sub(r"\[[^\]]*\]", "", found[2]).split(".") if part)
    choices = _choices(kind, keys)
    return Place(keys, f"choose one of {', '.join(choices)}" if choices else _sentence(found[1]))


def _sentence(message: str) -> str:
    return message[:1].lower() + message[1:].replace("`", "")


def _choices(kind: type[Struct], keys: Keys) -> list[str]:
    at: Any = kind
    for key in keys:
        if not (isinstance(at, type) and issubclass(at, Struct)):
            return []
        at = next((bare(field.type) for field in msgspec.structs.fields(at) if field.encode_name == key), None)
    literal = next((choice for choice in alternatives(at) if get_origin(choice) is Literal), None)
    return [str(choice) for choice in get_args(literal)]


def example_of(kind: type[Struct]) -> str:
    """A file that says the defaults of this type in comments, with what each is for."""
    parts = []
    for table in msgspec.structs.fields(kind):
        named = _named(table.type)
        of: type[Struct] = named or table.type
        if not _is_table(of):
            continue
        described = [f"# {line.strip()}" for line in (of.__doc__ or "").strip().splitlines()]
        # The header of a table with a name is only an example too: its lines have their sign close by.
        sign = "#" if named else "# "
        lines = [*described, f"#[{table.encode_name}.NAME]" if named else f"[{table.encode_name}]"]
        for setting in msgspec.structs.fields(of):
            meta = next((m for m in get_args(setting.type)[1:] if isinstance(m, Meta)), Meta())
            if meta.description:
                lines.append(f"# {meta.description}")
            value = setting.default if setting.default is not None else (meta.examples or [""])[0]
            lines.append(f"{sign}{setting.encode_name} = {_toml(value)}")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{name} = {_toml(entry)}' for name, entry in value.items())} }}"
    return msgspec.json.encode(value).decode()
