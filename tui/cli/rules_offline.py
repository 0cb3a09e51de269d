"""`callboard rules check` and `callboard rules replay`: what is wrong with rules, and what they would have sent.

No server is needed, unless recorded events are asked for."""

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click
import msgspec

from core.api import events as events_api
from core.api import rules as rules_api
from core.api.rules import Problem
from core.clock import from_datetime
from core.errors import InvalidError
from core.routing.cooldown import Remembered
from core.routing.given_rules import rules_in
from core.routing.replaying import Sent, replay
from core.routing.router import Dispatch, Event
from core.routing.rule_set import RuleSet
from core.text import clean, json_ascii
from tui.cli.commands import Command, json_option, with_invocation
from tui.cli.emit import the_workspace, workspace_option
from tui.cli.errors import DONE, FAILED
from tui.cli.invocation import Invocation
from tui.cli.output import Cell, Column, print_json, print_table, say

if TYPE_CHECKING:
    from core.api.rules import Rendered
    from core.routing.configuration import Configuration
    from core.routing.rule import Rule

_LARGEST = 50_000_000
_LINES_AT_ONCE = 512


@click.command("check", cls=Command)
@click.argument("file", type=click.File("rb"), required=False)
@json_option
@with_invocation
def check(invocation: Invocation, file: Any, as_json: bool) -> int:
    """Say what is wrong with the rules and channels of the home's files, or of FILE.

    Each line names the file and the place. The exit code is 1 when something is wrong.
    """
    configuration = _checked(invocation) if file is None else _file(file)
    problems, notices = configuration.problems, configuration.notices
    if as_json:
        print_json({"ok": not problems, "problems": problems, "notices": notices})
        return FAILED if problems else DONE
    for problem in problems:
        say(_line(problem))
    for notice in notices:
        say(f"note: {_line(notice)}")
    if not problems:
        say(f"Nothing is wrong: {len(configuration.rules)} rules, {len(configuration.channels)} channels.")
    return FAILED if problems else DONE


@click.command("replay", cls=Command)
@click.option(
    "--rules",
    "rules_file",
    type=click.File("rb"),
    metavar="FILE",
    help="JSON or TOML.  [the home's files; for recorded events, the server's rules]",
)
@click.option(
    "--events", "events_file", type=click.File("rb"), metavar="FILE", help="A JSON list, or JSON lines."
)
@click.option("--since", metavar="TIME", help="Of recorded events: those since then, such as 7d or 2026-03-01.")
@click.option("--until", metavar="TIME", help="Of recorded events: those before then.")
@workspace_option
@click.option("--no-cooldown", is_flag=True, help="Let no rule hold back what it has just sent.")
@click.option("--render", is_flag=True, help="Say what each message would say.")
@json_option
@with_invocation
def replay_(
    invocation: Invocation,
    rules_file: Any,
    events_file: Any,
    since: str | None,
    until: str | None,
    workspace: str | None,
    no_cooldown: bool,
    render: bool,
    as_json: bool,
) -> int:
    """Say what rules would have sent of events, and send nothing.

    \b
    callboard rules replay --rules rules.json --events events.jsonl --json
    callboard rules replay --since 7d

    An event is {"event": …, "data": {…}}, and for the cooldowns may have a "timestamp". A file may be -, for
    standard input. Each line of --json is a message: the event's index from 0, the rule and the channel.
    """
    if (events_file is None) == (since is None and until is None):
        raise click.UsageError("Say which events: --events FILE, or recorded ones with --since or --until.")
    if events_file is None:
        slug = the_workspace(invocation, workspace)
        rules, lost = _of_server(invocation, slug) if rules_file is None else _rules(invocation, rules_file)
        events: Iterable[Event] = _recorded(invocation, slug, since, until)
    else:
        rules, lost = _rules(invocation, rules_file)
        events = _given_events(events_file)
    sent = replay(events, rules, None if no_cooldown else Remembered())
    if as_json:
        _print_lines(sent, render)
    elif render:
        _print_texts(sent)
    else:
        _print_table(sent)
    return FAILED if lost else DONE


def _rules(invocation: Invocation, file: Any) -> tuple[RuleSet, bool]:
    """The rules, and whether one of them does not work. What is wrong is said apart from what is asked for."""
    if file is None:
        configuration = _home(invocation)
        _complain(configuration.problems)
        return RuleSet(configuration.rules), False
    given = rules_in(text_of(file), name_of(file))
    _complain(given.problems)
    return given.rules, given.lost > 0


def _of_server(invocation: Invocation, slug: str) -> tuple[RuleSet, bool]:
    """The rules by which the server sends what this workspace records, those that were added included."""
    from core.routing.reading import KEYS, read_rule

    served = invocation.every(
        lambda size, cursor: rules_api.rules(limit=size, cursor=cursor), None, "Reading rules"
    )
    rules: list[Rule] = []
    for rule in served:
        if rule.workspace in (None, slug):
            written: dict[str, object] = msgspec.to_builtins(rule)
            rules += read_rule({key: written[key] for key in KEYS if written[key] is not None}).rules
    return RuleSet(rules), False


def _given_events(file: Any) -> Iterator[Event]:
    from core.routing.given_events import read_events

    return read_events(file, name_of(file))


def _recorded(invocation: Invocation, slug: str, since: str | None, until: str | None) -> list[Event]:
    """What the workspace recorded, in the order in which it happened."""
    terms = [f"{name}:{_quoted(value)}" for name, value in (("since", since), ("until", until)) if value]
    events = invocation.every(
        lambda size, cursor: events_api.page(slug, limit=size, cursor=cursor, filter=" ".join(terms)),
        None,
        "Reading events",
    )
    found = [Event(e.event, e.data, from_datetime(e.recorded_at), None, e.task_id, e.mission_id) for e in events]
    return found[::-1]


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _print_lines(sent: Iterable[Sent], render: bool) -> None:
    ends: dict[tuple[int, str], str] = {}
    lines: list[str] = []
    for number, event, dispatches in sent:
        for dispatch in dispatches:
            if dispatch.dropped_until is not None:
                continue
            rule, channel = dispatch.rule, dispatch.channel
            end = ends.get((id(rule), channel))
            if end is None:
                end = ends[id(rule), channel] = json_ascii({"rule": rule.id, "channel": channel})[1:-1]
            text = f", {json_ascii(_rendered(rule, event))[1:-1]}" if render else ""
            lines.append(f'{{"index": {number}, {end}{text}}}\n')
        if len(lines) >= _LINES_AT_ONCE:
            sys.stdout.write("".join(lines))
            lines.clear()
    sys.stdout.write("".join(lines))


def _print_texts(sent: Iterable[Sent]) -> None:
    for number, event, dispatches in sent:
        for dispatch in _going_out(dispatches):
            text = _rendered(dispatch.rule, event)
            say(f"#{number} {event.name}: {dispatch.rule.id} to {dispatch.channel}, {text.severity}")
            for line in (text.title, *text.body.splitlines()):
                say(f"    {line}")


def _print_table(sent: Iterable[Sent]) -> None:
    rows: list[list[str | Cell]] = []
    held_back = 0
    for number, event, dispatches in sent:
        going = _going_out(dispatches)
        held_back += len(dispatches) - len(going)
        rows += [[str(number), Cell(event.name, "bold"), one.rule.id, one.channel] for one in going]
    columns = [Column("INDEX", right=True), Column("EVENT"), Column("RULE", gives=True), Column("CHANNEL")]
    print_table(columns, rows, empty="Nothing would have been sent.")
    if held_back:
        sys.stderr.write(f"callboard: cooldowns would have held back {held_back} more.\n")


def _going_out(dispatches: Iterable[Dispatch]) -> list[Dispatch]:
    return [dispatch for dispatch in dispatches if dispatch.dropped_until is None]


def _rendered(rule: "Rule", event: Event) -> "Rendered":
    from core.routing.wording import worded

    return worded(rule, event)


def _home(invocation: Invocation) -> "Configuration":
    from core.routing.files import read_files
    from tui.cli.config import settings_of

    return read_files(invocation.home, settings_of(invocation.home))


def _checked(invocation: Invocation) -> "Configuration":
    from core.routing.checking import check_files
    from tui.cli.config import settings_of

    return check_files(invocation.home, settings_of(invocation.home))


def _file(file: Any) -> "Configuration":
    from dataclasses import replace

    from core.routing.configuration import configured
    from core.routing.given_rules import channels_of, notifications_in

    problems: list[Problem] = []
    found = notifications_in(text_of(file), name_of(file), problems)
    names = channels_of(found)
    only_names = isinstance(found.table.get("channels"), list)
    if only_names:
        found = replace(found, table={**found.table, "channels": {}})
    read = configured([found])
    unknown = () if names is None else read.unknown_channels(names)
    return replace(read, problems=(*problems, *read.problems, *unknown))


def name_of(file: Any) -> str:
    """What a file that was named is called."""
    name = str(getattr(file, "name", "<stdin>"))
    return "standard input" if name == "<stdin>" else name


def text_of(file: Any) -> str:
    """The text of a file that was named."""
    written = file.read(_LARGEST + 1)
    if len(written) > _LARGEST:
        raise InvalidError(f"The file is larger than {_LARGEST // 1_000_000} MB.", name_of(file))
    try:
        return str(written, "utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidError("The file is not UTF-8 text.", name_of(file)) from None


def _complain(problems: Iterable[Problem]) -> None:
    for problem in problems:
        sys.stderr.write(f"callboard: {clean(_line(problem))}\n")


def _line(problem: Problem) -> str:
    return f"{problem.place}: {problem.sentence}"
