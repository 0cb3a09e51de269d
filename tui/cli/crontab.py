"""`callboard automations import-crontab`: a user's crontab as recurring automations.

Each entry becomes a Chat with the provider `shell`: its script does what cron would, in a folder that is nobody's
work, and is done when it succeeds."""

import getpass
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import click

from core.api import automations as api
from core.api.automations import AutomationCreation
from core.automations.cron import zone
from core.automations.cron.crontab import Crontab, Entry, Refusal, read_crontab
from core.errors import CallboardError, InvalidError, UnavailableError
from core.text import excerpt
from tui.cli.commands import Command, json_option, with_invocation
from tui.cli.emit import the_workspace, workspace_option
from tui.cli.errors import DONE, FAILED
from tui.cli.invocation import Invocation
from tui.cli.output import Cell, Column, print_json, print_table, say

_LONGEST_NAME: Final = 60
_LARGEST: Final = 1_000_000


@click.command("import-crontab", cls=Command)
@click.argument("file", type=click.File("rb"))
@workspace_option
@click.option("--tz", metavar="ZONE", help="The zone where CRON_TZ names none; this machine's when not given.")
@click.option("--system", is_flag=True, help="The file has a column for the user, as /etc/crontab.")
@click.option("--disabled", is_flag=True, help="Make them switched off, so that not both run them.")
@click.option("--dry-run", is_flag=True, help="Say what would be made, and make nothing.")
@json_option
@with_invocation
def import_crontab(
    invocation: Invocation,
    file: Any,
    workspace: str | None,
    tz: str | None,
    system: bool,
    disabled: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Make an automation of each entry of a crontab FILE, or of standard input with -.

    \b
    crontab -l | callboard automations import-crontab - --disabled

    Comments above an entry become its name. What cannot be taken is said with its line.
    """
    crontab = _without_others(read_crontab(_text(file), user_column=system), system)
    standing = tz or _local_zone()
    try:
        zone(standing)
    except InvalidError as error:
        raise click.BadParameter(error.sentence, param_hint="--tz") from None
    refused = list(crontab.refusals)
    if dry_run:
        made: list[dict[str, Any]] = [_said(entry, standing, None) for entry in crontab.entries]
    else:
        made = _make(invocation, crontab, refused, the_workspace(invocation, workspace), standing, disabled)
    refused.sort(key=lambda refusal: refusal.line)
    if as_json:
        print_json({"made": made, "refused": [asdict(refusal) for refusal in refused]})
    else:
        _print(made, refused, dry_run)
    return DONE if made or not refused else FAILED


def _make(
    invocation: Invocation,
    crontab: Crontab,
    refused: list[Refusal],
    workspace: str,
    standing: str,
    disabled: bool,
) -> list[dict[str, Any]]:
    """Make them one by one. One that the server refuses is a line that cannot be taken."""
    made = []
    for entry in crontab.entries:
        creation = AutomationCreation(
            name=_name(entry),
            workspace=workspace,
            type="recurring",
            kind="chat",
            provider="shell",
            prompt=entry.script.replace("{{", "{{{{"),  # which is how a prompt says {{
            cron=entry.expression,
            tz=entry.zone or standing,
            auto_complete=True,
            enabled=not disabled,
        )
        try:
            automation = invocation.send(api.create(creation), "Making automations")
        except UnavailableError:
            raise
        except CallboardError as error:
            refused.append(Refusal(entry.line, error.sentence))
        else:
            made.append(_said(entry, standing, automation.id))
    return made


def _without_others(crontab: Crontab, system: bool) -> Crontab:
    """Only what runs as this account: the server runs nothing as anybody else."""
    if not system:
        return crontab
    me = getpass.getuser()
    others = [entry for entry in crontab.entries if entry.user != me]
    why = "It runs as {}, and Callboard runs everything as its own account."
    refused = [Refusal(entry.line, why.format(entry.user)) for entry in others]
    return Crontab([entry for entry in crontab.entries if entry.user == me], [*crontab.refusals, *refused])


def _text(file: Any) -> str:
    content: bytes = file.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise click.UsageError("This file is larger than a megabyte: it is no crontab.")
    return content.decode("utf-8", "surrogateescape")


def _name(entry: Entry) -> str:
    return excerpt(entry.name or entry.command, _LONGEST_NAME)


def _said(entry: Entry, standing: str, number: int | None) -> dict[str, Any]:
    return {
        "line": entry.line,
        "id": number,
        "name": _name(entry),
        "cron": entry.expression,
        "tz": entry.zone or standing,
    }


def _local_zone() -> str:
    """The zone of this machine, where its name can be found."""
    if named := os.environ.get("TZ", "").removeprefix(":"):
        return named
    _, found, name = str(Path("/etc/localtime").resolve()).partition("/zoneinfo/")
    return name.removeprefix("posix/") if found else "UTC"


def _print(made: list[dict[str, Any]], refused: list[Refusal], dry_run: bool) -> None:
    print_table(
        [
            Column("LINE", right=True),
            Column("ID", right=True),
            Column("NAME", gives=True),
            Column("CRON"),
            Column("ZONE"),
        ],
        [
            [str(each["line"]), str(each["id"] or "-"), Cell(each["name"], "bold"), each["cron"], each["tz"]]
            for each in made
        ],
        empty="There is nothing to run in this crontab.",
    )
    for refusal in refused:
        say(f"line {refusal.line}: {refusal.why}")
    if made:
        would = "would become" if dry_run else "became"
        say(f"{len(made)} of {len(made) + len(refused)} entries {would} automations with the provider shell.")
