"""`callboard pins`: what you have pinned for a quick launch, on the keys 1 to 9."""

from collections.abc import Sequence

import click

from core.api import bots as api
from core.api.bots import Pin, PinKind, PinnedThing, Pinning
from tui.cli.commands import group, json_option, with_invocation
from tui.cli.finding import automation_of, bot_of
from tui.cli.invocation import Invocation
from tui.cli.output import Cell, Column, print_json, print_table

kind_argument = click.argument("kind", type=click.Choice(["automation", "bot"]))
thing_argument = click.argument("thing")


@group("pins")
def command() -> None:
    """Pin automations and bots for a quick launch: one key each, 1 to 9."""


@command.command("list")
@json_option
@with_invocation
def list_(invocation: Invocation, as_json: bool) -> None:
    """List what you have pinned, in its order."""
    _print(invocation.send(api.pins()).pins, as_json)


@command.command("set")
@click.argument("things", nargs=-1, metavar="[KIND/THING]...")
@json_option
@with_invocation
def set_(invocation: Invocation, things: Sequence[str], as_json: bool) -> None:
    """Pin exactly these, in this order: automation/3, bot/Scribe; without any, nothing is pinned."""
    pinned = []
    for text in things:
        kind, slash, thing = text.removeprefix("callboard:").partition("/")
        if kind == "automation" and slash:
            pinned.append(_thing(invocation, "automation", thing))
        elif kind == "bot" and slash:
            pinned.append(_thing(invocation, "bot", thing))
        else:
            raise click.UsageError(f"{text!r} is not automation/… or bot/…, with a number or a name.")
    _print(invocation.send(api.pin(Pinning(pinned))).pins, as_json)


@command.command()
@kind_argument
@thing_argument
@click.option("--at", type=click.IntRange(1, 9), help="On this key; the others make room.")
@json_option
@with_invocation
def add(invocation: Invocation, kind: PinKind, thing: str, at: int | None, as_json: bool) -> None:
    """Pin an automation or a bot, by its number or name; what is pinned already moves."""
    wanted = _thing(invocation, kind, thing)
    others = [each for each in _pinned(invocation) if each != wanted]
    others.insert(len(others) if at is None else at - 1, wanted)
    _print(invocation.send(api.pin(Pinning(others))).pins, as_json)


@command.command()
@kind_argument
@thing_argument
@json_option
@with_invocation
def remove(invocation: Invocation, kind: PinKind, thing: str, as_json: bool) -> None:
    """Unpin an automation or a bot."""
    unwanted = _thing(invocation, kind, thing)
    left = [each for each in _pinned(invocation) if each != unwanted]
    _print(invocation.send(api.pin(Pinning(left))).pins, as_json)


def _pinned(invocation: Invocation) -> list[PinnedThing]:
    return [PinnedThing(pin.kind, pin.id) for pin in invocation.send(api.pins()).pins]


def _thing(invocation: Invocation, kind: PinKind, text: str) -> PinnedThing:
    found = bot_of(invocation, text) if kind == "bot" else automation_of(invocation, text)
    return PinnedThing(kind, found.id)


def _print(pins: Sequence[Pin], as_json: bool) -> None:
    if as_json:
        print_json(pins)
        return
    print_table(
        [
            Column("KEY", right=True),
            Column("KIND"),
            Column("ID", right=True),
            Column("NAME"),
            Column("WORKSPACE"),
        ],
        [
            [str(place), pin.kind, str(pin.id), Cell(pin.name, "bold"), pin.workspace]
            for place, pin in enumerate(pins, 1)
        ],
        empty="Nothing is pinned: pin something with callboard pins add bot NAME.",
    )
