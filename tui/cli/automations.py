"""`callboard automations`: what runs by itself."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click

from core.api import automations as api
from core.api.automations import (
    Automation,
    AutomationChange,
    AutomationCreation,
    NewAutomation,
    RunRequest,
    SwitchRequest,
    SwitchResult,
)
from core.clock import SystemClock, to_datetime
from tui.cli.automation_options import automation_options, changed, given, type_option
from tui.cli.commands import complete_filter, group, json_option, limit_option, listing, with_invocation
from tui.cli.crontab import import_crontab
from tui.cli.emit import the_workspace, workspace_option
from tui.cli.executions import STYLES, print_execution, print_executions
from tui.cli.finding import automation_of
from tui.cli.invocation import Invocation
from tui.cli.output import Cell, Column, local, on_terminal, print_json, print_parts, print_table, say, when
from tui.cli.values import data_of

automation_argument = click.argument("automation", metavar="ID|NAME")
matching_option = click.option(
    "-f", "--filter", "filter_", metavar="FILTER", shell_complete=complete_filter, help="All that match."
)


@group("automations")
def command() -> None:
    """Create, run, list and switch what runs by itself."""


command.add_command(import_crontab)


@command.command("list")
@listing
def list_(invocation: Invocation, filter_: str, limit: int, as_json: bool) -> None:
    """List automations, with what is due next and how the last run ended.

    \b
    callboard automations list -f 'state:enabled due:2h'
    callboard automations list -f 'type:loop outcome:failed'
    """
    found = list(
        invocation.every(lambda size, cursor: api.automations(limit=size, cursor=cursor, filter=filter_), limit)
    )
    if as_json:
        print_json(found)
        return
    now = to_datetime(SystemClock().now())
    print_table(
        [
            Column("ID", right=True),
            Column("NAME", gives=True),
            Column("TYPE"),
            Column("KIND"),
            Column("WORKSPACE"),
            Column("STATE"),
            Column("NEXT"),
            Column("LAST"),
            Column("STREAK"),
            Column("SCHEDULE", gives=True),
        ],
        [_row(each, now) for each in found],
        empty="There are no automations.",
    )


@command.command()
@automation_argument
@json_option
@with_invocation
def show(invocation: Invocation, automation: str, as_json: bool) -> None:
    """Show one automation."""
    _print(automation_of(invocation, automation), as_json)


@command.command()
@click.option("--name", required=True, help="What it is called.")
@type_option(default="manual", show_default=True, help="What sets it off.")
@workspace_option
@automation_options
@click.option("--disabled", is_flag=True, help="Make it switched off.")
@json_option
@with_invocation
def create(
    invocation: Invocation, /, workspace: str | None, disabled: bool, as_json: bool, **options: Any
) -> None:
    """Create an automation. The token of a webhook is shown once, and never again.

    \b
    callboard automations create --name Audit --type recurring --cron '0 2 * * *' --tz Europe/Berlin \\
        --provider shell --prompt 'make audit'
    callboard automations create --name Deploy --type http --workflow deploy
    """
    creation = AutomationCreation(
        workspace=the_workspace(invocation, workspace), enabled=not disabled, **given(options)
    )
    _print_new(invocation.send(api.create(creation)), as_json)


@command.command()
@automation_argument
@click.option("--name", help="What it is called.")
@type_option(help="What sets it off.")
@automation_options
@click.option("--no-parameters", is_flag=True, help="Take away the parameters that it has.")
@click.option("--no-modes", is_flag=True, help="Take away the modes that it has.")
@json_option
@with_invocation
def edit(
    invocation: Invocation,
    /,
    automation: str,
    no_parameters: bool,
    no_modes: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Change what is named; an empty text takes away what there was. A new schedule takes effect at once."""
    fields = changed(options)
    before = automation_of(invocation, automation)
    if no_parameters or "parameters" in fields:
        kept = {} if no_parameters else before.parameters
        fields["parameters"] = {**kept, **fields.get("parameters", {})}
    if no_modes:
        fields.setdefault("modes", [])
    if not fields:
        raise click.UsageError("Say what is to change, such as --cron or --prompt.")
    change = AutomationChange(revision=before.revision, **fields)
    _print_new(invocation.send(api.change(before.id, change)), as_json)


@command.command()
@automation_argument
@click.option(
    "-p",
    "--parameter",
    "pairs",
    multiple=True,
    metavar="KEY=VALUE",
    help="A parameter over its own: key=text, or key:=json. Can be given again.",
)
@json_option
@with_invocation
def run(invocation: Invocation, automation: str, pairs: Sequence[str], as_json: bool) -> None:
    """Run it now, whatever its schedule says."""
    found = automation_of(invocation, automation)
    execution = invocation.send(api.run(found.id, RunRequest(data_of(pairs, "-p"))))
    if as_json:
        print_json(execution)
    else:
        print_execution(execution)


@command.command()
@automation_argument
@limit_option
@json_option
@with_invocation
def history(invocation: Invocation, automation: str, limit: int, as_json: bool) -> None:
    """Say of each time that it was due why it ran, or did not."""
    found = automation_of(invocation, automation)
    print_executions(invocation, f"automation:{found.id}", limit, as_json)


@command.command()
@click.argument("automations", metavar="[ID|NAME]...", nargs=-1)
@matching_option
@json_option
@with_invocation
def enable(invocation: Invocation, automations: Sequence[str], filter_: str | None, as_json: bool) -> None:
    """Switch automations on. What they missed is not caught up."""
    request = _request(invocation, automations, filter_)
    _print_switched(invocation.send(api.enable(request)), "on", as_json)


@command.command()
@click.argument("automations", metavar="[ID|NAME]...", nargs=-1)
@matching_option
@json_option
@with_invocation
def disable(invocation: Invocation, automations: Sequence[str], filter_: str | None, as_json: bool) -> None:
    """Switch automations off. Those that a webhook triggers are passed over."""
    request = _request(invocation, automations, filter_)
    _print_switched(invocation.send(api.disable(request)), "off", as_json)


@command.command("rotate-token")
@automation_argument
@json_option
@with_invocation
def rotate_token(invocation: Invocation, automation: str, as_json: bool) -> None:
    """Put a new token in the place of a webhook's, and show it once. The old one stops working at once."""
    found = automation_of(invocation, automation)
    _print_new(invocation.send(api.rotate(found.id)), as_json)


@command.command()
@automation_argument
@json_option
@with_invocation
def delete(invocation: Invocation, automation: str, as_json: bool) -> None:
    """Delete an automation. Its history stays."""
    done = invocation.send(api.delete(automation_of(invocation, automation).id))
    if as_json:
        print_json(done)
    else:
        say("It is deleted.")


def _request(invocation: Invocation, automations: Sequence[str], filter_: str | None) -> SwitchRequest:
    if bool(automations) == (filter_ is not None):
        raise click.UsageError("Say which: by numbers or names, or with --filter.")
    return SwitchRequest([automation_of(invocation, each).id for each in automations], filter_)


def _row(automation: Automation, now: datetime) -> list[str | Cell]:
    outcome = automation.last_outcome or ("running" if automation.session else "-")
    return [
        str(automation.id),
        Cell(automation.name, "bold"),
        automation.type,
        automation.kind,
        automation.workspace,
        _state(automation),
        when(automation.next_run, now) or "-",
        Cell(outcome, STYLES.get(outcome, "")),
        _streak(automation),
        automation.schedule or "-",
    ]


def _state(automation: Automation) -> Cell:
    return Cell("enabled", "green") if automation.enabled else Cell("disabled", "yellow")


def _streak(automation: Automation) -> str:
    parts = [
        f"{number} {word}"
        for number, word in ((automation.failures, "failed"), (automation.skips, "skipped"))
        if number
    ]
    return ", ".join(parts) or "-"


def _print(automation: Automation, as_json: bool) -> None:
    if as_json:
        print_json(automation)
    else:
        print_parts(_parts(automation))


def _print_new(automation: NewAutomation, as_json: bool) -> None:
    if as_json:
        print_json(automation)
        return
    shown = _parts(automation)
    if automation.token is not None:
        shown.append(("Token", Cell(automation.token, "bold")))
    print_parts(shown)
    if automation.token is not None and on_terminal():
        say()
        say("Keep the token now: it is not shown again.")


def _parts(automation: Automation) -> list[tuple[str, str | Cell | None]]:
    return [
        ("Id", str(automation.id)),
        ("Name", Cell(automation.name, "bold")),
        ("Type", automation.type),
        ("Launches", automation.kind),
        ("Workspace", automation.workspace),
        ("Creator", automation.creator),
        ("State", _state(automation)),
        ("Why", automation.disabled_reason),
        ("Prompt", automation.prompt),
        ("Workflow", automation.workflow),
        ("Bot", automation.bot),
        ("Provider", automation.provider),
        ("Model", automation.model),
        ("Modes", " ".join(automation.modes) or None),
        ("Ticket", automation.ticket),
        ("Parameters", " ".join(automation.parameters) or None),
        ("Cron", automation.cron),
        ("Schedule", automation.schedule),
        ("Time zone", automation.tz),
        ("At", local(automation.at)),
        ("Next run", local(automation.next_run)),
        ("Auto-complete", _yes(automation.auto_complete)),
        ("Only if unchanged", _yes(automation.only_if_unchanged)),
        ("Missed runs", None if automation.run_missed is None else _caught_up(automation.run_missed)),
        ("In parallel", _yes(automation.parallel)),
        ("Last run", local(automation.last_run)),
        ("Last outcome", automation.last_outcome),
        ("Streak", None if _streak(automation) == "-" else _streak(automation)),
        ("Session", None if automation.session is None else str(automation.session)),
        ("Webhook", automation.url),
        ("Fingerprint", automation.fingerprint),
        ("Signature", automation.signature),
    ]


def _yes(value: bool | None) -> str | None:
    return None if value is None else "yes" if value else "no"


def _caught_up(value: bool) -> str:
    return "caught up once" if value else "noted"


def _print_switched(result: SwitchResult, way: str, as_json: bool) -> None:
    if as_json:
        print_json(result)
        return
    number = len(result.changed)
    say(f"{number} {'automation is' if number == 1 else 'automations are'} switched {way}.")
    if result.passed_over:
        say(f"Passed over: {', '.join(map(str, result.passed_over))}.")
