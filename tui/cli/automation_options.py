"""The options that say what an automation is, for `create` and `edit` alike."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args

import click

from core.api.automations import AutomationType, Signature
from core.api.sessions import Mode, SessionKind
from core.clock import SystemClock, to_datetime
from tui.cli.output import exact
from tui.cli.values import data_of, duration_of

Option = Callable[[Callable[..., Any]], Callable[..., Any]]

_CLEARED_BY_NOTHING = (
    "prompt",
    "workflow",
    "bot",
    "provider",
    "model",
    "ticket",
    "cron",
    "tz",
    "at",
    "signature_secret",
)
"""What an empty text takes away when an automation is edited."""

_OPTIONS: list[Option] = [
    click.option(
        "--kind", type=click.Choice(get_args(SessionKind)), help="What it launches; develop when not given."
    ),
    click.option("--prompt", metavar="TEXT", help="What to do, with {{name}} for parameters; - reads it."),
    click.option("--workflow", metavar="NAME", help="The workflow to run, instead of a prompt."),
    click.option("--bot", metavar="NAME", help="The bot whose persona it runs as."),
    click.option(
        "-p",
        "--parameter",
        "pairs",
        multiple=True,
        metavar="KEY=VALUE",
        help="A parameter: key=text, or key:=json. Can be given again.",
    ),
    click.option("--provider", metavar="NAME", help="The program that runs the turns."),
    click.option("--model", metavar="NAME", help="Its model."),
    click.option(
        "--mode",
        "modes",
        multiple=True,
        type=click.Choice(get_args(Mode)),
        help="A phase of a Develop session. Can be given again.",
    ),
    click.option("--ticket", metavar="ID", help="The ticket that it works on."),
    click.option("--cron", metavar="EXPR", help="When a recurring one runs, as in '30 2 * * 1-5'."),
    click.option("--tz", metavar="ZONE", help="The time zone of --cron or --at; yours when not given."),
    click.option("--at", metavar="TIME", help="When a one-time one runs: 2026-12-01T09:00, or 2h from now."),
    click.option(
        "--auto-complete/--no-auto-complete", default=None, help="Mark the session done when its run succeeds."
    ),
    click.option(
        "--only-if-unchanged/--not-only-if-unchanged",
        default=None,
        help="With --auto-complete: leave it open for review when files changed.",
    ),
    click.option(
        "--run-missed/--no-run-missed",
        default=None,
        help="Catch up once on runs that were missed while the server was off.",
    ),
    click.option("--parallel/--no-parallel", default=None, help="Let several sessions run at once."),
    click.option(
        "--signature", type=click.Choice(get_args(Signature)), help="How calls of the webhook are signed."
    ),
    click.option(
        "--signature-secret",
        metavar="TEXT",
        help="What they are signed with.  [env: CALLBOARD_SIGNATURE_SECRET]",
    ),
]


def type_option(**options: Any) -> Option:
    return click.option("--type", "type", type=click.Choice(get_args(AutomationType)), **options)


def automation_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """All but its name, its workspace and its type."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def given(options: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that the options give."""
    pairs: Sequence[str] = options["pairs"]
    fields = {name: value for name, value in options.items() if value not in (None, ()) and name != "pairs"}
    if pairs:
        fields["parameters"] = data_of(pairs, "-p")
    if "modes" in fields:
        fields["modes"] = list(fields["modes"])
    if fields.get("prompt") == "-":
        fields["prompt"] = sys.stdin.read()
    secret = os.environ.get("CALLBOARD_SIGNATURE_SECRET")
    if secret and "signature" in fields:
        fields.setdefault("signature_secret", secret)
    after = duration_of(str(fields.get("at", "")).strip())
    if after is not None:
        fields["at"] = exact(to_datetime(SystemClock().now()) + after)
    return fields


def changed(options: Mapping[str, Any]) -> dict[str, Any]:
    """The same for a change: an empty text takes the field away."""
    fields = given(options)
    return {
        name: None if name in _CLEARED_BY_NOTHING and value == "" else value for name, value in fields.items()
    }
