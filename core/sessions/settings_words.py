"""What the settings of a workspace may say: checked here, once."""

import re
from collections.abc import Mapping, Sequence
from typing import Final, Literal, get_args

from core.errors import InvalidError
from core.text import storable

Hook = Literal["on_start", "on_turn_end", "on_done", "on_failure", "pre_merge"]
HOOKS: Final[tuple[Hook, ...]] = get_args(Hook)

_MOST_COMMANDS = 20
_MOST_ARGUMENTS = 200
_LONGEST_ARGUMENT = 8_192
_LONGEST_PATH = 4_096
_LONGEST_BRANCH = 250
_LONGEST_INSTRUCTIONS = 50_000
_SECRET = range(8, 257)
_HOOK_SECONDS = range(1, 3_601)
_NO_BRANCH = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|^[-/.]|[/.]$|\.lock$|^@$")


def command(argv: Sequence[str], place: str) -> list[str]:
    """An argument list: what is run, and what it is given."""
    if not argv or not argv[0]:
        raise InvalidError("A command begins with the program to run; give it as a list of arguments.", place)
    if len(argv) > _MOST_ARGUMENTS:
        raise InvalidError(f"A command has {_MOST_ARGUMENTS} arguments at most.", place)
    for number, argument in enumerate(argv):
        if len(argument) > _LONGEST_ARGUMENT:
            raise InvalidError(f"An argument has {_LONGEST_ARGUMENT} characters at most.", f"{place}[{number}]")
        if storable(argument) != argument:
            raise InvalidError("There is a character here that no command can take.", f"{place}[{number}]")
    return list(argv)


def commands(lists: Sequence[Sequence[str]], place: str) -> list[list[str]]:
    if len(lists) > _MOST_COMMANDS:
        raise InvalidError(f"There can be {_MOST_COMMANDS} commands at most; put them into a script.", place)
    return [command(argv, f"{place}[{number}]") for number, argv in enumerate(lists)]


def maybe_command(argv: Sequence[str] | None, place: str) -> list[str] | None:
    return None if argv is None else command(argv, place)


def hooks(told: Mapping[str, Sequence[Sequence[str]]]) -> dict[str, list[list[str]]]:
    """The commands of each hook that has any."""
    found: dict[str, list[list[str]]] = {}
    for name, lists in told.items():
        if name not in HOOKS:
            raise InvalidError(f"There is no such hook; there are {', '.join(HOOKS)}.", "hooks")
        if lists:
            found[name] = commands(lists, f"hooks.{name}")
    return found


def hook_seconds(seconds: int) -> int:
    if seconds not in _HOOK_SECONDS:
        raise InvalidError(f"A hook may take {_HOOK_SECONDS[0]} to {_HOOK_SECONDS[-1]} seconds.", "hook_seconds")
    return seconds


def instructions(text: str) -> str:
    if len(text) > _LONGEST_INSTRUCTIONS:
        raise InvalidError(f"Instructions have {_LONGEST_INSTRUCTIONS} characters at most.", "instructions")
    return storable(text)


def folder(path: str) -> str:
    if len(path) > _LONGEST_PATH or storable(path) != path:
        raise InvalidError("This is not the path of a folder.", "folder")
    return path


def branch(name: str) -> str:
    """The name of a branch, as git takes it."""
    if not name or len(name) > _LONGEST_BRANCH or _NO_BRANCH.search(name) or storable(name) != name:
        raise InvalidError("This is not the name of a branch; write it like main or release/2.", "base")
    return name


def secret(text: str) -> str:
    if len(text) not in _SECRET or not text.isascii() or not text.isprintable():
        raise InvalidError(
            f"A secret has {_SECRET[0]} to {_SECRET[-1]} printable ASCII characters.", "request_secret"
        )
    return text
