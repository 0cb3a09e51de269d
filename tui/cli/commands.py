"""What every command has in common: `--home` and `--socket` before or after its name, one way to ask for JSON,
and groups that load a command's module only when it is called."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from tui.cli.invocation import Invocation

F = TypeVar("F", bound=Callable[..., Any])

_WIDEST_HELP = 100


def _remember_home(context: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        context.ensure_object(Invocation).home_option = value


def _remember_socket(context: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        context.ensure_object(Invocation).socket_option = value


def _by_name(context: click.Context, _: click.Parameter, value: str) -> str:
    """The filter, or the saved one that `@name` stands for in a list that has such."""
    if not value.startswith("@") or context.parent is None:
        return value
    from tui.cli.filters import saved_filter

    return saved_filter(context.ensure_object(Invocation), str(context.parent.info_name), value)


def complete_filter(context: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """What the filter can go on with."""
    from tui.cli.filter_words import completed

    return completed(context, incomplete)


def _where(*, hidden: bool) -> list[click.Parameter]:
    return [
        click.Option(
            ["--home"],
            metavar="DIR",
            help="The home to use.  [env: CALLBOARD_HOME]",
            expose_value=False,
            is_eager=True,
            hidden=hidden,
            callback=_remember_home,
        ),
        click.Option(
            ["--socket"],
            metavar="PATH",
            help="The socket of a running server; none is started then.  [env: CALLBOARD_SOCKET]",
            expose_value=False,
            is_eager=True,
            hidden=hidden,
            callback=_remember_socket,
        ),
    ]


class Command(click.Command):
    """A command that also takes the options that say where the server is."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.params.extend(_where(hidden=True))


class Group(click.Group):
    """A group of commands of this kind."""

    command_class = Command

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.params.extend(_where(hidden=True))
        if not self.invoke_without_command:
            self.no_args_is_help = True

    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = arguments[0]
        if not name.startswith("-") and name not in self.list_commands(context):
            raise click.exceptions.NoSuchCommand(name, possibilities=self.list_commands(context), ctx=context)
        return super().resolve_command(context, arguments)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        loaded = [(name, self.get_command(context, name)) for name in self.list_commands(context)]
        with formatter.section("Commands"):
            formatter.write_dl(
                [
                    (name, command.get_short_help_str(_WIDEST_HELP))
                    for name, command in loaded
                    if command is not None and not command.hidden
                ]
            )

    def list_commands(self, context: click.Context) -> list[str]:
        return list(self.commands)


Group.group_class = Group


@dataclass(frozen=True, slots=True)
class Entry:
    """A command that is not loaded yet: where it is, and the line that the help shows for it."""

    module: str
    summary: str
    section: str
    attribute: str = "command"


class LazyGroup(Group):
    """The group at the top: what its help and its completion need is in a table, the rest is loaded on call."""

    def __init__(self, *arguments: Any, entries: Mapping[str, Entry], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.params = [p for p in self.params if not getattr(p, "hidden", False)] + _where(hidden=False)
        self._entries = entries

    def list_commands(self, context: click.Context) -> list[str]:
        return list(self._entries)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        entry = self._entries.get(name)
        if entry is None:
            return None
        command: click.Command = getattr(import_module(entry.module), entry.attribute)
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        sections: dict[str, list[tuple[str, str]]] = {}
        for name, entry in self._entries.items():
            sections.setdefault(entry.section, []).append((name, entry.summary))
        longest = max(map(len, self._entries))
        for section, rows in sections.items():
            with formatter.section(section):
                formatter.write_dl([(name.ljust(longest), summary) for name, summary in rows])

    def shell_complete(self, context: click.Context, incomplete: str) -> list[CompletionItem]:
        if incomplete.startswith("-"):
            return click.Command.shell_complete(self, context, incomplete)
        return [
            CompletionItem(name, help=entry.summary)
            for name, entry in self._entries.items()
            if name.startswith(incomplete)
        ]


HELP = ["-h", "--help"]
SETTINGS = {"max_content_width": _WIDEST_HELP, "help_option_names": HELP}

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")
filter_option = click.option(
    "-f",
    "--filter",
    "filter_",
    default="",
    metavar="FILTER",
    callback=_by_name,
    shell_complete=complete_filter,
    help="Only what matches; @NAME for a saved filter.",
)
limit_option = click.option(
    "-n", "--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many."
)
yes_option = click.option("-y", "--yes", is_flag=True, help="Do not ask first.")
with_invocation = click.make_pass_decorator(Invocation, ensure=True)


def listing(function: Callable[..., None]) -> Callable[..., None]:
    """What every command that lists takes: `--filter`, `--limit`, `--json`, and where the server is."""
    return filter_option(limit_option(json_option(with_invocation(function))))


def command(name: str, **options: Any) -> Callable[[Callable[..., Any]], click.Command]:
    """A single command of the top group."""
    return click.command(name, cls=Command, **options)


def group(name: str, **options: Any) -> Callable[[Callable[..., Any]], Group]:
    """A family of commands of the top group."""
    return click.group(name, cls=Group, **options)
