"""Settings of a channel as they are typed: `key=value`, with secrets read from where no list of processes shows
them."""

import re
import sys
from collections.abc import Iterable
from getpass import getpass
from pathlib import Path

import click

from core.api.channels import Setting

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})", re.ASCII)
_LARGEST = 65_536
_OPTION = "-s"


def settings_of(pairs: Iterable[str]) -> dict[str, Setting]:
    """`key=value` as settings: a key given several times is a list, `headers.NAME` one of a table."""
    found: dict[str, Setting] = {}
    for pair in pairs:
        key, equals, written = pair.partition("=")
        if not equals or not key:
            raise click.BadParameter(f"{pair.partition('=')[0]!r} is not key=value.", param_hint=_OPTION)
        table, dot, name = key.partition(".")
        value = _value(key, written)
        before = found.get(table)
        if dot:
            entries = before if isinstance(before, dict) else {}
            found[table] = {**entries, name: str(value)}
        elif before is None:
            found[key] = value
        else:
            listed = before if isinstance(before, list) else [str(before)]
            found[key] = [*listed, str(value)]
    return found


def _value(key: str, written: str) -> str | int | bool:
    if written.startswith("@@"):
        return written[1:]
    if written.startswith("@"):
        return _read(key, written[1:])
    if written in ("true", "false"):
        return written == "true"
    return int(written) if _NUMBER.fullmatch(written) else written


def _read(key: str, name: str) -> str:
    """What standard input or a file says, without the end of its line."""
    if name == "-":
        if sys.stdin.isatty():
            return getpass(f"{key}: ")
        return sys.stdin.read(_LARGEST).rstrip("\r\n")
    try:
        with Path(name).open(encoding="utf-8") as file:
            return file.read(_LARGEST).rstrip("\r\n")
    except (OSError, ValueError):
        sentence = f"the file {name} cannot be read; for a text that begins with @ write {key}=@@…"
        raise click.BadParameter(sentence, param_hint=_OPTION) from None
