"""`callboard rules`: when an event goes out, and to where."""

import json
import re
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import click
from msgspec import UNSET

from core.api import rules as api
from core.api.inbox import Severity
from core.api.rules import Explaining, Explanation, NewRule, Problem, Rule, RuleChange, RuleImported, RuleProblems
from core.clock import SystemClock, to_datetime
from core.text import clean
from tui.cli.commands import group, json_option, listing, with_invocation, yes_option
from tui.cli.completing import a_channel, a_rule, an_event
from tui.cli.emit import the_workspace, workspace_option
from tui.cli.errors import DONE, FAILED
from tui.cli.invocation import Invocation
from tui.cli.output import Cell, Column, local, print_json, print_parts, print_table, say, when
from tui.cli.rules_offline import check, name_of, replay_, text_of
from tui.cli.values import DURATION, data_of

_SEVERITIES = ("info", "warning", "critical")
_COMPARED = re.compile(
    r"(\S+)\s+(==|!=|>=|<=|>|<|includes|not_includes|exists|not_exists)(?:\s+(.*))?", re.DOTALL
)

_SENT = re.compile(r"rules\[(\d+)\](.*)", re.ASCII | re.DOTALL)

rule_argument = click.argument("id", shell_complete=a_rule)
when_option = click.option(
    "--when",
    "comparisons",
    multiple=True,
    metavar="COMPARISON",
    help="Only when it holds, such as 'to == failed' or 'task.retries >= 3'. Given again, all must hold.",
)
condition_option = click.option("--condition", metavar="JSON", help="Only when this condition holds.")
severity_option = click.option("--severity", type=click.Choice(_SEVERITIES), help="How grave it is.  [info]")
cooldown_option = click.option(
    "--cooldown", type=DURATION, help="For so long after it has sent, it sends nothing more: 30s, 5m, 1h."
)
title_option = click.option("--title", metavar="TEXT", help="The title; {{path}} is a value of the event.")
template_option = click.option("--template", metavar="TEXT", help="The text, likewise.")


@group("rules")
def command() -> None:
    """When an event goes out, and to where.

    Rules are in the home's files, or are added here. To add, change and remove them needs channels.manage.
    """


command.add_command(check)
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
        [_row(rule, now) for rule in found],
        empty="Nothing matches." if filter_ else "There are no rules: add one with callboard rules add.",
    )


@command.command()
@rule_argument
@json_option
@with_invocation
def show(invocation: Invocation, id: str, as_json: bool) -> None:
    """Show a rule, and what became of it."""
    _print(invocation.send(api.rule(id)), as_json)


@command.command()
@click.argument("events", nargs=-1, required=True, metavar="PATTERN...", shell_complete=an_event)
@click.option(
    "--to",
    "channels",
    multiple=True,
    required=True,
    metavar="CHANNEL",
    shell_complete=a_channel,
    help="Where it goes. Can be given again.",
)
@click.option("--id", help="Its own id; a made-up one otherwise.")
@click.option("--name", default="", metavar="NAME", help="What people call it.")
@when_option
@condition_option
@severity_option
@cooldown_option
@title_option
@template_option
@click.option("--off", is_flag=True, help="Switched off.")
@workspace_option
@json_option
@with_invocation
def add(
    invocation: Invocation,
    events: Sequence[str],
    channels: Sequence[str],
    id: str | None,
    name: str,
    comparisons: Sequence[str],
    condition: str | None,
    severity: Severity | None,
    cooldown: timedelta | None,
    title: str | None,
    template: str | None,
    off: bool,
    workspace: str | None,
    as_json: bool,
) -> None:
    """Send events that fit a PATTERN to channels, from the next one on.

    \b
    callboard rules add 'task:*' --to ops --when 'to == failed' --severity critical
    callboard rules add 'sla:**' --to ops --to mail --cooldown 5m -w shop

    In a pattern, * is a run without a colon, ** any run; * alone is every event. With --workspace it is for the
    events of that workspace alone.
    """
    asked = _condition(comparisons, condition)
    new = NewRule(
        list(events),
        list(channels),
        id=id,
        name=name,
        condition=None if asked is UNSET else asked,
        severity=severity or "info",
        cooldown_ms=_milliseconds(cooldown or timedelta()),
        title=title,
        template=template,
        enabled=not off,
        workspace=workspace,
    )
    _print(invocation.send(api.add_rule(new)), as_json)


@command.command()
@rule_argument
@click.option(
    "--event",
    "events",
    multiple=True,
    metavar="PATTERN",
    shell_complete=an_event,
    help="These patterns instead of its own. Can be given again.",
)
@click.option(
    "--to",
    "channels",
    multiple=True,
    metavar="CHANNEL",
    shell_complete=a_channel,
    help="These channels instead of its own. Can be given again.",
)
@click.option("--name", metavar="NAME", help="What people call it.")
@when_option
@condition_option
@click.option("--no-condition", is_flag=True, help="Take its condition away.")
@severity_option
@cooldown_option
@title_option
@template_option
@click.option("--default-text", is_flag=True, help="Take its own title and text away.")
@click.option("--on/--off", "enabled", default=None, help="Switch it on or off.")
@json_option
@with_invocation
def edit(
    invocation: Invocation,
    id: str,
    events: Sequence[str],
    channels: Sequence[str],
    name: str | None,
    comparisons: Sequence[str],
    condition: str | None,
    no_condition: bool,
    severity: Severity | None,
    cooldown: timedelta | None,
    title: str | None,
    template: str | None,
    default_text: bool,
    enabled: bool | None,
    as_json: bool,
) -> None:
    """Change a rule that was added; what is not named stays as it is."""
    if no_condition and (comparisons or condition):
        raise click.UsageError("Give either a condition or --no-condition.")
    if default_text and (title or template):
        raise click.UsageError("Give either texts or --default-text.")
    change = RuleChange(
        events=list(events) or UNSET,
        channels=list(channels) or UNSET,
        name=UNSET if name is None else name,
        condition=None if no_condition else _condition(comparisons, condition),
        severity=severity or UNSET,
        cooldown_ms=UNSET if cooldown is None else _milliseconds(cooldown),
        title=None if default_text else UNSET if title is None else title,
        template=None if default_text else UNSET if template is None else template,
        enabled=UNSET if enabled is None else enabled,
    )
    _print(invocation.send(api.change_rule(id, change)), as_json)


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
        _print_explanation(found, listening)


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
    from core.routing.replaying import rules_as_written

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


def _condition(comparisons: Sequence[str], condition: str | None) -> Any:
    """The condition that was typed, in either way. The server says what is wrong in it."""
    if comparisons and condition is not None:
        raise click.UsageError("Give either --when or --condition.")
    if condition is not None:
        try:
            return json.loads(condition)
        except (ValueError, RecursionError):
            raise click.BadParameter("This is not JSON.", param_hint="--condition") from None
    parts = [_comparison(text) for text in comparisons]
    if not parts:
        return UNSET
    return parts[0] if len(parts) == 1 else {"and": parts}


def _comparison(text: str) -> dict[str, Any]:
    found = _COMPARED.fullmatch(text.strip())
    if found is None:
        raise click.BadParameter(
            f"{text!r} is no comparison: write it like 'to == failed' or 'task.result exists'.",
            param_hint="--when",
        )
    field, op, value = found.groups()
    if op in ("exists", "not_exists"):
        if value:
            raise click.BadParameter(f"Nothing follows {op}.", param_hint="--when")
        return {"field": field, "op": op}
    if value is None:
        raise click.BadParameter(f"What is {field} compared with?", param_hint="--when")
    return {"field": field, "op": op, "value": _value(value)}


def _value(text: str) -> object:
    """A number, true, false, null or a text in quotes as JSON has it; anything else as it stands."""
    try:
        value = json.loads(text, parse_constant=lambda _: text)
    except (ValueError, RecursionError):
        return text
    return text if isinstance(value, dict | list) else value


def _milliseconds(length: timedelta) -> int:
    return length // timedelta(milliseconds=1)


def _row(rule: Rule, now: datetime) -> list[str | Cell]:
    fired = rule.cooldown.last_fired_at
    return [
        Cell(rule.id, "bold" if rule.enabled else "dim"),
        ", ".join(rule.events),
        ", ".join(rule.channels),
        rule.severity if rule.enabled else "off",
        rule.place or rule.source,
        when(fired, now) if fired else "-",
        str(rule.cooldown.dropped),
        Cell(rule.problem or "-", "red" if rule.problem else ""),
    ]


def _print(rule: Rule, as_json: bool) -> None:
    if as_json:
        print_json(rule)
        return
    state = rule.cooldown
    print_parts(
        [
            ("Id", Cell(rule.id, "bold")),
            ("Name", rule.name),
            ("State", "on" if rule.enabled else "off"),
            ("Events", ", ".join(rule.events)),
            ("Condition", None if rule.condition is None else json.dumps(rule.condition, ensure_ascii=False)),
            ("Channels", ", ".join(rule.channels)),
            ("Severity", rule.severity),
            ("Cooldown", f"{rule.cooldown_ms / 1000:g} s" if rule.cooldown_ms else None),
            ("Title", rule.title),
            ("Text", rule.template),
            ("Workspace", rule.workspace),
            ("From", rule.place or rule.source),
            ("Problem", None if rule.problem is None else Cell(rule.problem, "red")),
            ("Last fired", local(state.last_fired_at)),
            ("Fired", str(state.fired)),
            ("Held back", f"{state.dropped}, of them {state.dropped_since} since it last fired"),
            ("Changed", local(rule.updated_at)),
        ]
    )


def _print_explanation(found: Explanation, listening: bool) -> None:
    heard = [verdict for verdict in found.verdicts if verdict.why != "pattern" or not listening]
    for verdict in heard:
        where = "" if verdict.scope == "global" else f" of the {verdict.scope}"
        say(f"{'+' if verdict.fires else '-'} {verdict.rule_id}{where}: {verdict.sentence}")
        for part in verdict.parts:
            say(f"    {'holds' if part.holds else 'does not hold'}: {part.text} (found {part.found})")
        if verdict.text is not None:
            for text in (verdict.text.title, *verdict.text.body.splitlines()):
                say(f"    | {text}")
    silent = len(found.verdicts) - len(heard)
    if silent:
        rules = "1 rule does" if silent == 1 else f"{silent} rules do"
        say(f"{rules} not listen to {found.event}.")
    if not found.verdicts:
        say("There are no rules.")
