"""Reads a workflow as it was written, TOML or JSON, and says what is wrong with it where it is wrong."""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Literal, TypeVar

import msgspec
from msgspec import Struct

from core.errors import InvalidError
from core.sessions.stages.checking import Keys, WrongError, check
from core.sessions.stages.definition import KINDS, Definition, Parameter, Step
from core.text import storable
from core.toml import line_of

Format = Literal["toml", "json"]
LONGEST = 200_000

_TOP = ("name", "version", "description", "params", "steps")
_MOST = 100
_AT = re.compile(r"^(.*) - at `\$\.?(.*)`$", re.DOTALL)
_MISSING = re.compile(r"^Object missing required field `([^`]*)`$")
_AT_LINE = re.compile(r"^(.*) \(at (?:line (\d+), column \d+|end of document)\)$", re.DOTALL)
_HINTS = {
    "id": "an id is made of letters, digits, _ and -, and begins with a letter or _",
    "to": "choose owner, developer, qa, or user: and a person's name",
    "on_reject": "write stop, or retry: and the id of a step before this one",
}
_SHAPES = {"argv": "a list of texts, the program first", "verify": "a list of texts, the program first"}
T = TypeVar("T", bound=Struct)


def read(source: str, format: Format, file: str = "") -> Definition:
    """The workflow that is written there. The error's place is the line of TOML, and the path within JSON."""
    if len(source) > LONGEST:
        raise InvalidError(f"A workflow has {LONGEST:,} characters at most.", file or "source")
    if storable(source) != source:
        raise InvalidError("There is a character in this workflow that cannot be stored.", file or "source")
    try:
        tables = _from_toml(source, file) if format == "toml" else _from_json(source, file)
        _check_storable(tables, ())
        return _definition(tables)
    except RecursionError:
        raise InvalidError("The values are nested too deeply.", file or "source") from None
    except WrongError as error:
        sentence = error.sentence if error.sentence.endswith((".", "?")) else f"{error.sentence}."
        if format == "json":
            raise InvalidError(sentence, _joined(file, _path(error.keys))) from None
        said = f"{_words(error.keys)}: {sentence}" if error.keys else sentence
        raise InvalidError(said, _line(file, line_of(source, error.keys))) from None


def _from_toml(source: str, file: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        found = _AT_LINE.match(str(error))
        line = int(found[2]) if found and found[2] else source.count("\n") + 1
        raise InvalidError(f"{found[1] if found else error}.", _line(file, line)) from None


def _from_json(source: str, file: str) -> Mapping[str, Any]:
    try:
        found = json.loads(source, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise InvalidError(f"{error.msg}.", _line(file, error.lineno)) from None
    except ValueError:
        raise InvalidError("This is not JSON that can be read.", file or "source") from None
    if not isinstance(found, dict):
        raise InvalidError("A workflow is one object with name and steps.", file or "source")
    return found


def _no_constant(constant: str) -> None:
    raise ValueError(constant)


def _check_storable(value: object, keys: Keys) -> None:
    """Both formats can write with an escape what the text itself could not have in it."""
    if isinstance(value, str) and storable(value) != value:
        raise WrongError(keys, "there is a character here that cannot be stored")
    if isinstance(value, list):
        for number, entry in enumerate(value):
            _check_storable(entry, (*keys, str(number)))
    if isinstance(value, dict):
        for key, entry in value.items():
            _check_storable(key, keys)
            _check_storable(entry, (*keys, key))


def _definition(tables: Mapping[str, Any]) -> Definition:
    _known_keys(tables, _TOP, ())
    for needed in ("name", "steps"):
        if needed not in tables:
            raise WrongError((), f"a workflow needs {needed}")
    name, description = (_text(tables, key, "") for key in ("name", "description"))
    params, steps = tables.get("params", {}), tables["steps"]
    if not isinstance(params, dict) or len(params) > _MOST:
        raise WrongError(("params",), f"it is a table for each parameter, {_MOST} of them at most")
    if not isinstance(steps, list) or not 0 < len(steps) <= _MOST:
        raise WrongError(("steps",), f"it is a list of 1 to {_MOST} steps")
    return check(
        Definition(
            name=name,
            version=str(_text(tables, "version", "1")),
            description=description,
            params={key: _parameter(value, ("params", key)) for key, value in params.items()},
            steps=[_step(value, ("steps", str(number))) for number, value in enumerate(steps)],
        )
    )


def _text(tables: Mapping[str, Any], key: str, default: str) -> str:
    value = tables.get(key, default)
    if key == "version" and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or len(value) > 2_000:
        raise WrongError((key,), "it is a text of 2,000 characters at most")
    return value


def _parameter(value: object, keys: Keys) -> Parameter:
    if not isinstance(value, dict):
        raise WrongError(keys, "a parameter is a table; without more to say, write {}")
    return _converted(value, Parameter, keys)


def _step(value: object, keys: Keys) -> Step:
    if not isinstance(value, dict):
        raise WrongError(keys, "a step is a table")
    kind = value.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        place = (*keys, "kind") if "kind" in value else keys
        raise WrongError(place, f"the kind of a step is one of {', '.join(KINDS)}{_near(kind, KINDS)}")
    rest = {key: entry for key, entry in value.items() if key != "kind"}
    step: Step = _converted(rest, KINDS[kind], keys, also="kind")
    return step


def _converted(value: Mapping[str, Any], kind: type[T], keys: Keys, also: str = "") -> T:
    known = [field.encode_name for field in msgspec.structs.fields(kind)]
    _known_keys(value, [*known, also], keys)
    try:
        return msgspec.convert({also: kind.__struct_config__.tag, **value} if also else value, kind)
    except msgspec.ValidationError as error:
        raise _misfit(str(error), keys) from None


def _known_keys(found: Mapping[str, Any], known: Iterable[str], keys: Keys) -> None:
    for key in found:
        if key not in known:
            raise WrongError((*keys, key), f"there is no such setting{_near(key, known)}")


def _near(word: object, known: Iterable[str]) -> str:
    near = get_close_matches(str(word), [name for name in known if name], 1, 0.5)
    return f"; did you mean {near[0]}?" if near else ""


def _misfit(message: str, keys: Keys) -> WrongError:
    """The library's message as a place and a sentence."""
    missing = _MISSING.match(message)
    if missing is not None:
        return WrongError(keys, f"it needs {missing[1]}")
    found = _AT.match(message)
    if found is None:
        return WrongError(keys, message)
    inner = tuple(part for part in re.split(r"[.\[\]]", found[2]) if part)
    hint = _HINTS.get(inner[0]) or (f"it is {_SHAPES[inner[0]]}" if inner[0] in _SHAPES else "")
    return WrongError((*keys, *inner), hint or found[1][:1].lower() + found[1][1:].replace("`", ""))


def _words(keys: Keys) -> str:
    """Where in a TOML file, for a person: steps are counted from 1."""
    if keys[0] == "steps" and len(keys) > 1:
        return ", ".join([f"step {int(keys[1]) + 1}", *(key for key in keys[2:] if not key.isdigit())])
    return f"[{'.'.join(keys[:-1])}] {keys[-1]}" if len(keys) > 1 else keys[0]


def _path(keys: Keys) -> str:
    return "".join(
        f"[{key}]" if key.isdigit() and number else f".{key}" for number, key in enumerate(keys)
    ).removeprefix(".")


def _line(file: str, line: int) -> str:
    return f"{file}:{line}" if file else f"line {line}"


def _joined(file: str, path: str) -> str:
    return ": ".join(part for part in (file, path) if part) or "source"
