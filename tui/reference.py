"""The reference pages, made from the code: `python -m tui.reference FOLDER`.

Keys from the registry of actions, events from the catalogue, filters from the tables of fields, settings from
their types, commands from their help, the API from the OpenAPI document of a server that is started for it."""

import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from core.api.channels import ChannelType
from core.api.wire import Call, Done
from core.channels.configuring.kinds import keys_of, type_of
from core.channels.configuring.reading import TYPES
from core.client import Client
from core.config import example
from core.events.catalogue import describe as described_events
from core.filtering import ALIASES, field_called, names_of
from core.filters import LISTS
from core.home import Home
from core.launch import ensure, stop
from tui.actions import describe as described_actions
from tui.cli.commands import HELP
from tui.cli.root import ENTRIES, callboard

_WIDTH = 100
_MADE = "<!-- Made by `make docs` from the code. -->\n\n"


def commands() -> str:
    """Every command with its options, as its own help tells them."""
    text = (
        "# Commands\n\nEvery command takes `--home DIR` or `--socket FILE`, and `--json` where it lists or shows"
        " something.\n"
    )
    top = _context()
    return text + "".join(_command(name, callboard.get_command(top, name), top) for name in ENTRIES)


def keys() -> str:
    text = (
        "# Keys\n\nKeys can be changed in `callboard/app.toml` in your configuration folder (`~/.config`): below"
        ' `[keymap]`, an action\'s name and its keys, such as `star = ["f"]`.\n'
    )
    for place, actions in described_actions():
        rows = [(f"`{keys}`", meaning, f"`{name}`") for keys, meaning, name in actions]
        text += f"\n## {place}\n\n{_table(('keys', 'what it does', 'action'), rows)}"
    return text


def events() -> str:
    rows = [
        (
            f"`{event.name}`",
            event.about,
            event.severity,
            event.told,
            ", ".join(f"`{field}`" for field in event.fields),
        )
        for event in described_events()
    ]
    return (
        "# Events\n\nA name outside this list is legal: it is recorded, and shown with its name as title to whom"
        " the recorder names.\n\n"
        + _table(("event", "when", "severity", "who is told", "fields of `data`"), rows)
    )


def filters() -> str:
    text = (
        "# Filters\n\nThe fields of every list, in the app, on the command line and over the API."
        " [How a filter is written](../filters.md).\n"
    )
    for name, fields in LISTS.items():
        found = [(called, field_called(called, fields)) for called in names_of(fields)]
        rows = [(_field(called), field.help) for called, field in found if field is not None]
        text += f"\n## {name}\n\n{_table(('field', 'values'), rows)}"
    return text


def configuration() -> str:
    return (
        "# Configuration\n\n`config.toml` in the home. `callboard config check` says what is wrong with it, and"
        f" `callboard config example` prints this:\n\n```toml\n{example().rstrip()}\n```\n\n## Channels\n\n"
        "What each type of channel can be told, besides `ratePerMinute`. Of a secret, only references to"
        " variables are ever shown.\n" + "".join(_channel(kind) for kind in TYPES)
    )


def _channel(kind: ChannelType) -> str:
    rows = [
        (f"`{key.name}`", "yes" if key.needed else "", "yes" if key.secret else "", key.description)
        for key in keys_of(kind).values()
    ]
    about = " ".join((type_of(kind).__doc__ or "").split())
    return f"\n### {kind}\n\n{about}\n" + (
        "\n" + _table(("setting", "needed", "secret", "what"), rows) if rows else ""
    )


def api() -> str:
    document = _openapi()
    rows = [
        (f"`{method.upper()}`", f"`{path}`", operation["summary"])
        for path, operations in sorted(document["paths"].items())
        for method, operation in operations.items()
    ]
    return (
        "# API\n\nJSON over the home's Unix socket, where the kernel says who you are, and over TCP with"
        ' `Authorization: Bearer` and an API key. Answers are `{"ok": true, "data": …}` or'
        ' `{"ok": false, "error": …, "code": …}`. Types and parameters: `GET /api/v1/openapi.json`.\n\n'
        + _table(("method", "path", "what it does"), rows)
    )


PAGES: Mapping[str, Callable[[], str]] = {
    "api.md": api,
    "commands.md": commands,
    "configuration.md": configuration,
    "events.md": events,
    "filters.md": filters,
    "keys.md": keys,
}


def page(name: str) -> str:
    """One page as it is written to its file."""
    return _MADE + PAGES[name]()


def _context() -> click.Context:
    return click.Context(callboard, info_name="callboard", terminal_width=_WIDTH, help_option_names=HELP)


def _command(name: str, command: click.Command | None, parent: click.Context) -> str:
    if command is None or command.hidden:
        return ""
    context = click.Context(command, info_name=name, parent=parent, terminal_width=_WIDTH)
    text = f"\n## {context.command_path}\n\n```\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            text += _command(inner, command.get_command(context, inner), context)
    return text


def _field(name: str) -> str:
    """A field with its colon, and what it is another name of."""
    return f"`{name}:`, the same as `{ALIASES[name]}:`" if name in ALIASES else f"`{name}:`"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def _openapi() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        ensure(home)
        try:
            with Client(home.socket) as client:
                document: dict[str, Any] = json.loads(
                    b"".join(client.download(Call("GET", "/openapi.json", Done)))
                )
                return document
        finally:
            stop(home)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in PAGES:
        (folder / name).write_text(page(name), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
