"""`callboard channels`: where alerts can go."""

from typing import get_args

import click
from msgspec import UNSET

from core.api import channels as api
from core.api.channels import Channel, ChannelChange, ChannelState, ChannelTest, ChannelType, NewChannel, Setting
from core.errors import CallboardError, UnreachableError
from tui.cli.channel_settings import settings_of
from tui.cli.commands import group, json_option, listing, with_invocation, yes_option
from tui.cli.completing import a_channel
from tui.cli.errors import DONE, FAILED
from tui.cli.invocation import Invocation
from tui.cli.output import Cell, Column, Style, local, print_json, print_parts, print_table, say

_STYLES: dict[ChannelState, Style] = {"working": "green", "paused": "yellow", "disabled": "dim", "broken": "red"}

name_argument = click.argument("name", shell_complete=a_channel)
settings_option = click.option(
    "-s",
    "--set",
    "pairs",
    multiple=True,
    metavar="KEY=VALUE",
    help="A setting, as config.toml calls it. KEY=@FILE and KEY=@- read it from a file or standard input.",
)


@group("channels")
def command() -> None:
    """List, make, change and test where alerts can go.

    Those of config.toml and notifications.json are changed there.
    """


@command.command("list")
@listing
def list_(invocation: Invocation, filter_: str, limit: int, as_json: bool) -> None:
    """List the channels, and how each does."""
    found = list(
        invocation.every(lambda size, cursor: api.channels(limit=size, cursor=cursor, filter=filter_), limit)
    )
    if as_json:
        print_json(found)
        return
    columns = [Column("NAME", gives=True), Column("TYPE"), Column("STATE"), Column("WAITING", right=True)]
    print_table(
        [*columns, Column("LAST"), Column("WHY", gives=True)],
        [
            [
                Cell(each.name, "bold"),
                each.type,
                Cell(each.state, _STYLES[each.state]),
                str(each.pending),
                _last(each),
                each.reason or each.last_error or "-",
            ]
            for each in found
        ],
        empty="There are no channels: write one into config.toml, or use callboard channels add.",
    )


@command.command()
@name_argument
@json_option
@with_invocation
def show(invocation: Invocation, name: str, as_json: bool) -> None:
    """Show one channel. Of its secrets only the variables are shown."""
    _print(invocation.send(api.channel(name)), as_json)


@command.command()
@click.argument("name")
@click.option(
    "-t", "--type", "kind", type=click.Choice(get_args(ChannelType)), required=True, help="Which service."
)
@settings_option
@json_option
@with_invocation
def add(invocation: Invocation, name: str, kind: ChannelType, pairs: tuple[str, ...], as_json: bool) -> None:
    """Make a channel.

    \b
    callboard channels add ops -t slack -s webhookUrl=@-
    callboard channels add on-call -t telegram -s 'botToken=${TELEGRAM_BOT_TOKEN}' -s chatId=-1001234567890
    callboard channels add mail -t email -s provider=resend -s apiKey=@key.txt -s from=… -s to=… -s to=…

    Others can read the arguments of a command: give a secret as @FILE, as @-, which asks for it or reads
    standard input, or as ${VARIABLE} of the server, which [secrets] env in config.toml must list.

    A key that is given twice is a list; headers.NAME=VALUE is one header; @@ stands for an @ at the beginning.
    """
    _print(invocation.send(api.add_channel(NewChannel(name, kind, settings_of(pairs)))), as_json)


@command.command()
@name_argument
@settings_option
@click.option("--unset", multiple=True, metavar="KEY", help="Leave this setting to its default.")
@json_option
@with_invocation
def edit(
    invocation: Invocation, name: str, pairs: tuple[str, ...], unset: tuple[str, ...], as_json: bool
) -> None:
    """Change settings of a channel; what is not named stays as it is, secrets too."""
    told = settings_of(pairs)
    if not told and not unset:
        raise click.UsageError("Say what to change: -s KEY=VALUE or --unset KEY.")
    before = invocation.send(api.channel(name)).settings or {}
    settings: dict[str, Setting] = {key: value for key, value in before.items() if key not in unset}
    for key, value in told.items():
        old = settings.get(key)
        settings[key] = {**old, **value} if isinstance(old, dict) and isinstance(value, dict) else value
    _print(invocation.send(api.change_channel(name, ChannelChange(settings))), as_json)


@command.command()
@name_argument
@yes_option
@with_invocation
def remove(invocation: Invocation, name: str, yes: bool) -> None:
    """Delete a channel that no rule names. What waits for it is never sent."""
    if not yes:
        found = invocation.send(api.channel(name))
        say(f"{found.name}  {found.type}  {found.pending} waiting")
        click.confirm("Delete this channel? What waits for it is never sent", abort=True)
    invocation.send(api.delete_channel(name))


@command.command()
@name_argument
@json_option
@with_invocation
def enable(invocation: Invocation, name: str, as_json: bool) -> None:
    """Let a channel send again: what waits for it goes out."""
    _print(invocation.send(api.change_channel(name, ChannelChange(UNSET, True))), as_json)


@command.command()
@name_argument
@json_option
@with_invocation
def disable(invocation: Invocation, name: str, as_json: bool) -> None:
    """Let a channel send nothing: what is for it waits, for a day at most."""
    _print(invocation.send(api.change_channel(name, ChannelChange(UNSET, False))), as_json)


@command.command()
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=a_channel)
@click.option("--send", is_flag=True, help="Send a test message over each.")
@json_option
@with_invocation
def test(invocation: Invocation, names: tuple[str, ...], send: bool, as_json: bool) -> int:
    """See whether channels can be reached and know us: all of them, or those named.

    Nothing is sent to anybody without --send. The exit code is 1 when one of them fails.
    """
    every = (
        invocation.every(lambda size, cursor: api.channels(limit=size, cursor=cursor), None) if not names else ()
    )
    tested = [_tested(invocation, name, send) for name in names or [each.name for each in every]]
    if as_json:
        print_json(tested)
    elif not tested:
        say("There are no channels: write one into config.toml, or use callboard channels add.")
    for each in () if as_json else tested:
        say(f"{'ok  ' if each.ok else 'fail'}  {each.channel}: {each.sentence}")
    return DONE if all(each.ok for each in tested) else FAILED


def _tested(invocation: Invocation, name: str, send: bool) -> ChannelTest:
    """What became of the test; one that could not be made does not keep the others from it."""
    try:
        return invocation.send(api.try_channel(name, send=send), f"Testing {name}")
    except UnreachableError:
        raise
    except CallboardError as error:
        return ChannelTest(name, False, error.sentence)


def _last(channel: Channel) -> Cell | str:
    if channel.last_state is None:
        return "-"
    return Cell(f"{channel.last_state} {local(channel.last_at)}", "" if channel.last_state == "sent" else "red")


def _print(channel: Channel, as_json: bool) -> None:
    if as_json:
        print_json(channel)
        return
    settings = channel.settings or {}
    print_parts(
        [
            ("Name", Cell(channel.name, "bold")),
            ("Type", channel.type),
            ("State", Cell(channel.state, _STYLES[channel.state])),
            ("Why", channel.reason),
            ("Until", local(channel.paused_until)),
            ("From", channel.place or "the API"),
            ("Waiting", str(channel.pending)),
            ("Last", _last(channel)),
            ("Last error", channel.last_error),
            ("Two weeks", _sums(channel)),
            *((f"  {key}", _said(value)) for key, value in settings.items()),
        ]
    )


def _sums(channel: Channel) -> str:
    sent, failed = sum(day.sent for day in channel.days), sum(day.failed for day in channel.days)
    return f"{sent} sent, {failed} failed, {sum(day.dropped for day in channel.days)} dropped"


def _said(value: Setting) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {entry}" for name, entry in value.items())
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(value) if isinstance(value, list) else str(value)
