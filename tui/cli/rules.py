"""`callboard rules`: when an event goes out, and to where."""

import re
import sys
from collections.abc import Sequence
from typing import Any

import click

from core.api import rules as api
from core.api.rules import Explaining, Problem, RuleImported, RuleProblems
from core.clock import SystemClock, to_datetime
from core.text import clean
from tui.cli.commands import group, json_option, listing, with_invocation, yes_option
from tui.cli.completing import an_event
from tui.cli.emit import the_workspace, workspace_option
from tui.cli.errors import DONE, FAILED
from tui.cli.invocation import Invocation
from tui.cli.output import Column, print_json, print_table, say
from tui.cli.rules_offline import check, name_of, replay_, text_of
from tui.cli.rules_shown import print_explanation, print_rule, rule_row
from tui.cli.rules_typed import add, edit, rule_argument
from tui.cli.values import data_of

_SENT = re.compile(r"rules\[(\d+)\](.*)", re.ASCII | re.DOTALL)


@group("rules")
def command() -> None:
    """When an event goes out, and to where.

    Rules are in the home's files, or are added here. To add, change and remove them needs channels.manage.
    """


command.add_command(add)
command.add_command(check)
command.add_command(edit)
command.add_command(replay_)


@command.command("list")
@listing
def list_(invocation: Invocation, filter_: str, limit: int, as_json: bool) -> None:
    """List rules, in the order in which they are asked."""
    found = list(
        invocation.every(lambda size, cursor: api.rules(limit=size, cursor=cursor, filter=filter_), limit)
    )
    if as_json:
        print_json(found)
        return
    now = to_datetime(SystemClock().now())
    print_table(
        [
            Column("ID", gives=True),
            Column("EVENTS", gives=True),
            Column("CHANNELS", gives=True),
            Column("SEVERITY"),
            Column("FROM"),
            Column("FIRED"),
            Column("HELD BACK", right=True),
            Column("PROBLEM", gives=True),
        ],
        [rule_row(rule, now) for rule in found],
        empty="Nothing matches." if filter_ else "There are no rules: add one with callboard rules add.",
    )


@command.command()
@rule_argument
@json_option
@with_invocation
def show(invocation: Invocation, id: str, as_json: bool) -> None:
    """Show a rule, and what became of it."""
    print_rule(invocation.send(api.rule(id)), as_json)


@command.command()
@rule_argument
@yes_option
@json_option
@with_invocation
def remove(invocation: Invocation, id: str, yes: bool, as_json: bool) -> None:
    """Remove a rule that was added."""
    if not yes:
        rule = invocation.send(api.rule(id))
        say(f"{rule.id}  {', '.join(rule.events)} to {', '.join(rule.channels)}")
        click.confirm("Remove this rule?", abort=True)
    done = invocation.send(api.delete_rule(id))
    if as_json:
        print_json(done)
    else:
        say("It is removed.")


@command.command()
@click.argument("event", shell_complete=an_event)
@click.option(
    "-d",
    "--data",
    "pairs",
    multiple=True,
    metavar="KEY=VALUE",
    help="A field of the event as it might be: key=text, or key:=json. Can be given again.",
)
@click.option("--ticket", "--task", "ticket", metavar="ID", help="The ticket that it would belong to.")
@click.option("--mission", metavar="ID", help="The mission that it would belong to.")
@workspace_option
@click.option("--listening", is_flag=True, help="Only rules that listen to it.")
@json_option
@with_invocation
def explain(
    invocation: Invocation,
    event: str,
    pairs: Sequence[str],
    ticket: str | None,
    mission: str | None,
    workspace: str | None,
    listening: bool,
    as_json: bool,
) -> None:
    """Say of each rule whether it fires on EVENT, and if not, why not.

    EVENT is the id of a recorded event, ev_…, or the name of one as it might be.

    \b
    callboard rules explain task:transition -d to=failed -w shop --ticket T-12
    """
    if event.startswith("ev_") and ":" not in event:
        if pairs or ticket or mission or workspace:
            raise click.UsageError("A recorded event has its own data: name it alone.")
        asked = Explaining(event_id=event)
    else:
        data = data_of(pairs)
        if ticket or mission:
            workspace = the_workspace(invocation, workspace)  # in which they are
        asked = Explaining(event=event, data=data, workspace=workspace, task_id=ticket, mission_id=mission)
    found = invocation.send(api.explain(asked))
    if as_json:
        print_json(found)
    else:
        print_explanation(found, listening)


@command.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--replace", is_flag=True, help="Put them in the place of rules of the same id.")
@click.option("--dry-run", is_flag=True, help="Say what would be added, and add nothing.")
@json_option
@with_invocation
def import_(invocation: Invocation, file: Any, replace: bool, dry_run: bool, as_json: bool) -> int:
    """Add the rules of a configuration in FILE, JSON or TOML, or of standard input with -.

    What cannot be added is said with its place, and keeps nothing else from being added.
    """
    from core.routing.given_rules import rules_as_written

    written = rules_as_written(text_of(file), name_of(file))
    imported = RuleImported([], [])
    if written.rules:
        imported = invocation.send(api.import_rules(written.rules, replace=replace, dry_run=dry_run))
    wrong = [*written.problems, *(_in_file(problem, written.places) for problem in imported.problems)]
    if as_json:
        print_json({"added": imported.added, "replaced": imported.replaced, "problems": wrong})
        return FAILED if wrong else DONE
    for what, names in (("added", imported.added), ("replaced", imported.replaced)):
        for name in names:
            say(f"{'would be ' if dry_run else ''}{what}: {name}")
    _complain(RuleProblems(wrong))
    return FAILED if wrong else DONE


@command.command()
@json_option
@with_invocation
def reload(invocation: Invocation, as_json: bool) -> int:
    """Let what the home's files say of channels and rules hold from now on."""
    found = invocation.send(api.reload())
    if as_json:
        print_json(found)
    else:
        _complain(found)
        say("The home's files were read again.")
    return FAILED if found.problems else DONE


def _in_file(problem: Problem, places: Sequence[str]) -> Problem:
    """What is wrong with a rule that was sent, at its place in the file."""
    found = _SENT.fullmatch(problem.place)
    return problem if found is None else Problem(f"{places[int(found[1])]}{found[2]}", problem.sentence)


def _complain(found: RuleProblems) -> None:
    for problem in found.problems:
        sys.stderr.write(f"callboard: {clean(f'{problem.place}: {problem.sentence}')}\n")
