"""Rules as they are typed: `callboard rules add` and `edit`, with the condition said in either of two ways."""

import json
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, get_args

import click
from msgspec import UNSET

from core.api import rules as api
from core.api.inbox import Severity
from core.api.rules import NewRule, RuleChange
from tui.cli.commands import Command, json_option, with_invocation
from tui.cli.completing import a_channel, a_rule, an_event
from tui.cli.emit import workspace_option
from tui.cli.invocation import Invocation
from tui.cli.rules_shown import print_rule
from tui.cli.values import DURATION

_COMPARED = re.compile(
    r"(\S+)\s+(==|!=|>=|<=|>|<|includes|not_includes|exists|not_exists)(?:\s+(.*))?", re.DOTALL
)

rule_argument = click.argument("id", shell_complete=a_rule)
when_option = click.option(
    "--when",
    "comparisons",
    multiple=True,
    metavar="COMPARISON",
    help="Only when it holds, such as 'to == failed' or 'task.retries >= 3'. Given again, all must hold.",
)
condition_option = click.option("--condition", metavar="JSON", help="Only when this condition holds.")
severity_option = click.option(
    "--severity", type=click.Choice(get_args(Severity)), help="How grave it is.  [info]"
)
cooldown_option = click.option(
    "--cooldown", type=DURATION, help="For so long after it has sent, it sends nothing more: 30s, 5m, 1h."
)
title_option = click.option("--title", metavar="TEXT", help="The title; {{path}} is a value of the event.")
template_option = click.option("--template", metavar="TEXT", help="The text, likewise.")


@click.command("add", cls=Command)
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
    print_rule(invocation.send(api.add_rule(new)), as_json)


@click.command("edit", cls=Command)
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
    print_rule(invocation.send(api.change_rule(id, change)), as_json)


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
