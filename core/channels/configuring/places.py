"""Where something stands in a configuration, in the words by which a person finds it there."""

import re
from collections.abc import Callable
from json import dumps

from core.toml import line_in, lines_of

Path = tuple[str | int, ...]
"""The keys and, of lists, the numbers from 0 that lead to a value."""
Place = Callable[[Path], str]
"""Says a path below the place that this was made for."""

_PLAIN = re.compile(r"[\w-]{1,64}", re.ASCII)
_LONGEST_KEY = 64
_CHANNEL = ("notifications", "channels", "NAME")  # whose header has three keys


def dotted(path: Path) -> str:
    """`rules[2].condition.and[0].op`"""
    said = ""
    for step in path:
        if isinstance(step, int):
            said += f"[{step}]"
        elif _PLAIN.fullmatch(step):
            said += f".{step}" if said else step
        else:
            said += f"[{dumps(step[:_LONGEST_KEY], ensure_ascii=False)}]"
    return said


def below(place: Place, above: Path) -> Place:
    """Says paths below this one."""
    return lambda path: place(above + path)


def in_json(file: str, above: Path = ()) -> Place:
    """`notifications.json: rules[2].condition.and[0].op`"""
    return lambda path: f"{file}: {dotted(above + path)}" if above + path else file


def in_toml(file: str, text: str, above: Path = ()) -> Place:
    """`config.toml:42: [notifications.channels.ops] botToken`"""

    lines = lines_of(text)

    def said(path: Path) -> str:
        whole = above + path
        line = line_in(lines, tuple(str(step) for step in whole))
        if any(isinstance(step, int) for step in whole):
            return f"{file}:{line}: {dotted(whole)}"
        size = len(_CHANNEL) if whole[: len(_CHANNEL) - 1] == _CHANNEL[:-1] else max(1, len(whole) - 1)
        table, key = dotted(whole[:size]), dotted(whole[size:])
        return f"{file}:{line}: [{table}] {key}".rstrip()

    return said
