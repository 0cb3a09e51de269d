"""The options of `callboard workspaces settings`, and the change that they ask for."""

import os
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click
from msgspec import UNSET

from core.api.workflows import WorkspaceSettingsChange

_OPTIONS = (
    click.option("--folder", metavar="DIR", help="Where the work is done: a folder on the server's machine."),
    click.option("--base", metavar="BRANCH", help="The branch that work starts from."),
    click.option(
        "--verify", multiple=True, metavar="COMMAND", help="Says whether work is done. Can be given again."
    ),
    click.option("--test", metavar="COMMAND", help="Runs the tests."),
    click.option("--instructions", metavar="TEXT", help="What every agent is told ahead of its prompt."),
    click.option(
        "--hook",
        "hooks",
        multiple=True,
        metavar="NAME=COMMAND",
        help="Runs on_start, on_turn_end, on_done, on_failure or pre_merge. Can be given again; what is given"
        " replaces all hooks that there were.",
    ),
    click.option("--hook-seconds", type=int, metavar="N", help="How long a hook may take."),
    click.option(
        "--request-secret",
        is_flag=True,
        help="Ask for the secret that GitHub signs its news of pull requests with, or read it from standard"
        " input; an empty one takes it away.",
    ),
)


def settings_options(function: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def change_of(options: Mapping[str, Any]) -> WorkspaceSettingsChange:
    """The change that these options say: what is empty is taken away, what is not there stays."""
    folder, base, test = options["folder"], options["base"], options["test"]
    return WorkspaceSettingsChange(
        folder=UNSET if folder is None else os.path.abspath(os.path.expanduser(folder)) if folder else None,
        base=UNSET if base is None else base or None,
        verify=_commands(options["verify"], "--verify") if options["verify"] else UNSET,
        test=UNSET if test is None else _command(test, "--test") if test.strip() else None,
        instructions=UNSET if options["instructions"] is None else options["instructions"],
        hooks=_hooks(options["hooks"]) if options["hooks"] else UNSET,
        hook_seconds=UNSET if options["hook_seconds"] is None else options["hook_seconds"],
        request_secret=_secret() if options["request_secret"] else UNSET,
    )


def _hooks(pairs: Sequence[str]) -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = {}
    for pair in pairs:
        if not pair.strip():
            continue
        name, equals, command = pair.partition("=")
        if not equals:
            raise click.BadParameter(f"{pair!r} is not NAME=COMMAND.", param_hint="--hook")
        found.setdefault(name.strip(), []).extend(_commands([command], "--hook"))
    return found


def _commands(texts: Sequence[str], option: str) -> list[list[str]]:
    return [_command(text, option) for text in texts if text.strip()]


def _command(text: str, option: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} has a quotation that is not closed.", param_hint=option) from None


def _secret() -> str | None:
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip() or None
    secret: str = click.prompt("Secret", default="", show_default=False, hide_input=True, err=True)
    return secret or None
