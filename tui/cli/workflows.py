"""`callboard workflows`: named lists of steps, kept by a workspace and written as files."""

import sys
from pathlib import Path
from typing import Literal

import click

from core.api import workflows as api
from core.api.workflows import Parameter, Workflow, WorkflowWriting
from tui.cli.commands import group, json_option, listing, with_invocation, yes_option
from tui.cli.emit import the_workspace, workspace_option
from tui.cli.invocation import Invocation
from tui.cli.output import Cell, Column, local, print_json, print_parts, print_table, say

_LARGEST_FILE = 1_000_000

file_argument = click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))


@group("workflows")
def command() -> None:
    """List workflows, and keep them in a workspace.

    A command of a workflow runs as the account of the server, as an agent does: give the permission
    automations.manage only to people whom you trust with that account.
    """


@command.command("list")
@listing
def list_(invocation: Invocation, filter_: str, limit: int, as_json: bool) -> None:
    """List the workflows of your workspaces."""
    found = list(
        invocation.every(lambda size, cursor: api.workflows(limit=size, cursor=cursor, filter=filter_), limit)
    )
    if as_json:
        print_json(found)
        return
    print_table(
        [
            Column("NAME"),
            Column("WORKSPACE"),
            Column("STEPS", right=True),
            Column("PARAMETERS", gives=True),
            Column("DESCRIPTION", gives=True),
        ],
        [
            [
                Cell(each.name, "bold"),
                each.workspace,
                str(len(each.steps)),
                " ".join(map(_in_short, each.parameters)) or "-",
                each.description or "-",
            ]
            for each in found
        ],
        empty="There are no workflows: write one to a file, and add it with callboard workflows add FILE.",
    )


@command.command()
@click.argument("name")
@workspace_option
@click.option("--source", is_flag=True, help="Print it as it was written, and nothing else.")
@json_option
@with_invocation
def show(invocation: Invocation, name: str, workspace: str | None, source: bool, as_json: bool) -> None:
    """Show one workflow: its parameters and its steps."""
    found = invocation.send(api.workflow(the_workspace(invocation, workspace), name))
    if source and not as_json:
        say((found.source or "").rstrip("\n"), multiline=True)
        return
    _print(found, as_json)


@command.command()
@file_argument
@workspace_option
@json_option
@with_invocation
def add(invocation: Invocation, file: str, workspace: str | None, as_json: bool) -> None:
    """Add the workflow in FILE (.toml or .json, - for standard input) to a workspace."""
    writing, _ = _read(file)
    _print(invocation.send(api.add_workflow(the_workspace(invocation, workspace), writing)), as_json)


@command.command()
@file_argument
@workspace_option
@json_option
@with_invocation
def edit(invocation: Invocation, file: str, workspace: str | None, as_json: bool) -> None:
    """Write a workflow anew from FILE, which says its name. What runs already goes on as it was."""
    writing, name = _read(file)
    _print(invocation.send(api.change_workflow(the_workspace(invocation, workspace), name, writing)), as_json)


@command.command()
@click.argument("name")
@workspace_option
@yes_option
@with_invocation
def delete(invocation: Invocation, name: str, workspace: str | None, yes: bool) -> None:
    """Delete a workflow. Automations that name it are disabled."""
    slug = the_workspace(invocation, workspace)
    if not yes:
        click.confirm(f"Delete the workflow {name} of {slug}? Automations that name it are disabled", abort=True)
    invocation.send(api.delete_workflow(slug, name))


@command.command()
@file_argument
@json_option
def check(file: str, as_json: bool) -> None:
    """Say what is wrong with the workflow in FILE, and where. No server is needed."""
    writing, name = _read(file)
    if as_json:
        print_json({"ok": True, "name": name, "format": writing.format})
    else:
        say(f"The workflow {name} is in order.")


def _read(file: str) -> tuple[WorkflowWriting, str]:
    """The file and the name of the workflow in it, which is checked here, where its lines can be named."""
    from core.sessions.stages.reading import read

    source = _text(file)
    written: Literal["toml", "json"] = "json" if _is_json(file, source) else "toml"
    shown = "standard input" if file == "-" else file
    return WorkflowWriting(source, written), read(source, written, shown).name


def _is_json(file: str, source: str) -> bool:
    return source.lstrip().startswith("{") if file == "-" else Path(file).suffix.lower() == ".json"


def _text(file: str) -> str:
    try:
        if file == "-":
            return sys.stdin.buffer.read(_LARGEST_FILE).decode("utf-8")
        with Path(file).open("rb") as opened:
            return opened.read(_LARGEST_FILE).decode("utf-8")
    except UnicodeDecodeError:
        raise click.UsageError(f"{file} is not UTF-8 text.") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no file is called so"
        raise click.UsageError(f"{file} cannot be read: {reason}.") from None


def _in_short(parameter: Parameter) -> str:
    if parameter.required:
        return parameter.name
    return f"[{parameter.name}={parameter.default}]" if parameter.default else f"[{parameter.name}]"


def _print(workflow: Workflow, as_json: bool) -> None:
    if as_json:
        print_json(workflow)
        return
    print_parts(
        [
            ("Name", Cell(workflow.name, "bold")),
            ("Workspace", workflow.workspace),
            ("Description", workflow.description or None),
            ("Revision", str(workflow.revision)),
            ("Written by", workflow.creator),
            ("Changed", local(workflow.updated_at)),
            *((f"Parameter {each.name}", _described(each)) for each in workflow.parameters),
            *((f"Step {place} ({each.kind})", each.title) for place, each in enumerate(workflow.steps, 1)),
        ]
    )


def _described(parameter: Parameter) -> str:
    parts = [
        "required" if parameter.required else f"default {parameter.default}" if parameter.default else "optional",
        f"like {parameter.pattern}" if parameter.pattern else "",
        parameter.description,
    ]
    return ", ".join(part for part in parts if part)
