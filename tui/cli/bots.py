"""`callboard bots`: the personas that sessions and automations can run as."""

import click
from msgspec import UNSET

from core.api import bots as api
from core.api.bots import Bot, BotChange, BotCreation
from tui.cli.commands import group, json_option, listing, with_invocation, yes_option
from tui.cli.emit import the_workspace, workspace_option
from tui.cli.finding import bot_of
from tui.cli.invocation import Invocation
from tui.cli.output import Cell, Column, local, print_json, print_parts, print_table, say
from tui.cli.values import text_or_file

bot_argument = click.argument("bot")
model_option = click.option("--model", metavar="MODEL", help="The model; otherwise the provider's own choice.")
instructions_option = click.option(
    "-i", "--instructions", metavar="TEXT", help="What it is told ahead of every prompt; @FILE reads a file."
)


@group("bots")
def command() -> None:
    """List bots, make and change them. BOT is a number or a name."""


@command.command("list")
@listing
def list_(invocation: Invocation, filter_: str, limit: int, as_json: bool) -> None:
    """List the bots of your workspaces."""
    found = list(
        invocation.every(lambda size, cursor: api.bots(limit=size, cursor=cursor, filter=filter_), limit)
    )
    if as_json:
        print_json(found)
        return
    print_table(
        [
            Column("ID", right=True),
            Column("NAME", gives=True),
            Column("WORKSPACE"),
            Column("PROVIDER"),
            Column("MODEL", gives=True),
            Column("INSTRUCTIONS", gives=True),
        ],
        [
            [
                str(each.id),
                Cell(each.name, "bold"),
                each.workspace,
                each.provider,
                each.model or "-",
                each.instructions or "-",
            ]
            for each in found
        ],
        empty="There are no bots: make one with callboard bots add NAME --provider PROVIDER.",
    )


@command.command()
@bot_argument
@json_option
@with_invocation
def show(invocation: Invocation, bot: str, as_json: bool) -> None:
    """Show one bot."""
    _print(bot_of(invocation, bot), as_json)


@command.command()
@click.argument("name")
@click.option("-p", "--provider", required=True, metavar="PROVIDER", help="The provider that it runs on.")
@model_option
@instructions_option
@workspace_option
@json_option
@with_invocation
def add(
    invocation: Invocation,
    name: str,
    provider: str,
    model: str | None,
    instructions: str | None,
    workspace: str | None,
    as_json: bool,
) -> None:
    """Make a bot."""
    told = text_or_file(instructions)
    creation = BotCreation(name, the_workspace(invocation, workspace), provider, model, told or "")
    _print(invocation.send(api.create_bot(creation)), as_json)


@command.command()
@bot_argument
@click.option("--name", metavar="NAME", help="Another name.")
@click.option("-p", "--provider", metavar="PROVIDER", help="Another provider.")
@model_option
@click.option("--no-model", is_flag=True, help="Leave the model to the provider.")
@instructions_option
@json_option
@with_invocation
def edit(
    invocation: Invocation,
    bot: str,
    name: str | None,
    provider: str | None,
    model: str | None,
    no_model: bool,
    instructions: str | None,
    as_json: bool,
) -> None:
    """Change a bot; what is not named stays as it is."""
    if model is not None and no_model:
        raise click.UsageError("Give either --model or --no-model.")
    told = text_or_file(instructions)
    change = BotChange(
        name=UNSET if name is None else name,
        provider=UNSET if provider is None else provider,
        model=None if no_model else UNSET if model is None else model,
        instructions=UNSET if told is None else told,
    )
    _print(invocation.send(api.change_bot(bot_of(invocation, bot).id, change)), as_json)


@command.command()
@bot_argument
@yes_option
@with_invocation
def delete(invocation: Invocation, bot: str, yes: bool) -> None:
    """Delete a bot. Automations that run as it are disabled."""
    found = bot_of(invocation, bot)
    if not yes:
        say(f"{found.id}  {found.name}  {found.workspace}")
        click.confirm("Delete this bot? Automations that run as it are disabled", abort=True)
    invocation.send(api.delete_bot(found.id))


def _print(bot: Bot, as_json: bool) -> None:
    if as_json:
        print_json(bot)
        return
    print_parts(
        [
            ("Id", str(bot.id)),
            ("Name", Cell(bot.name, "bold")),
            ("Workspace", bot.workspace),
            ("Provider", bot.provider),
            ("Model", bot.model or "the provider's choice"),
            ("Instructions", bot.instructions or None),
            ("Made by", bot.creator),
            ("Changed", local(bot.updated_at)),
        ]
    )
