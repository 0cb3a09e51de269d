"""`callboard missions`: approved plans, with their tickets and quality gates."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

import click
from msgspec import UNSET

from core.api import tickets as api
from core.api.tickets import Gate, Mission, MissionChange, MissionMove, MissionState, NewMission
from core.clock import SystemClock, to_datetime
from tui.cli.commands import group, json_option, listing, with_invocation, yes_option
from tui.cli.completing import a_mission
from tui.cli.emit import the_workspace, workspace_option
from tui.cli.invocation import Invocation
from tui.cli.output import (
    Cell,
    Column,
    Style,
    local,
    on_terminal,
    print_json,
    print_parts,
    print_table,
    say,
    when,
)
from tui.cli.planned import alerts_shown, mission_in, notifications_in, notify_option
from tui.cli.tickets import deadline_option, deadline_shown, due, reason_option
from tui.cli.values import later, text_or_file

_STYLES: dict[str, Style] = {"completed": "green", "passed": "green", "failed": "red", "cancelled": "dim"}

mission_argument = click.argument("mission", shell_complete=a_mission)
threshold_option = click.option(
    "--threshold", type=click.FloatRange(1, 5), help="The mean score that its tickets must reach."
)


@group("missions")
def command() -> None:
    """Make, start and end missions, and look at their quality gates.

    A filter is one line of terms, such as:  is:open due:7d
    """


@command.command("list")
@listing
def list_(invocation: Invocation, filter_: str, limit: int, as_json: bool) -> None:
    """List the missions of your workspaces, newest first."""
    found = list(
        invocation.every(lambda size, cursor: api.missions(limit=size, cursor=cursor, filter=filter_), limit)
    )
    if as_json:
        print_json(found)
        return
    now = to_datetime(SystemClock().now())
    print_table(
        [
            Column("ID"),
            Column("STATE"),
            Column("WORKSPACE"),
            Column("TICKETS", right=True),
            Column("SCORE", right=True),
            Column("GATES"),
            Column("DUE"),
            Column("AGE", right=True) if on_terminal() else Column("CREATED"),
            Column("NAME", gives=True),
        ],
        [_row(mission, now) for mission in found],
        empty="Nothing matches."
        if filter_
        else "There are no missions: make one with callboard missions add NAME.",
    )


@command.command()
@mission_argument
@workspace_option
@json_option
@with_invocation
def show(invocation: Invocation, mission: str, workspace: str | None, as_json: bool) -> None:
    """Show one mission: how its tickets stand, its gates and its plan."""
    _print(invocation.send(api.mission(the_workspace(invocation, workspace), mission)), as_json)


@command.command()
@mission_argument
@workspace_option
@json_option
@with_invocation
def gates(invocation: Invocation, mission: str, workspace: str | None, as_json: bool) -> None:
    """List the quality gates of a mission, and say why one has not passed."""
    found = invocation.send(api.mission(the_workspace(invocation, workspace), mission)).gates
    if as_json:
        print_json(found)
        return
    print_table(
        [
            Column("GATE"),
            Column("STATE"),
            Column("SCORE", right=True),
            Column("AFTER", gives=True),
            Column("BEFORE", gives=True),
            Column("WHY", gives=True),
        ],
        [_gate_row(gate) for gate in found],
        empty="This mission has no quality gates.",
    )


@command.command()
@click.argument("name", required=False)
@click.option(
    "--file",
    type=click.File("rb"),
    metavar="FILE",
    help="A whole mission, as the API takes it: JSON or TOML with name, data, tasks, qualityGates, ...",
)
@click.option("--plan", metavar="TEXT", help="Its plan; @FILE reads a file.")
@click.option("--id", metavar="ID", help="Your own id: the same one twice makes it once.")
@deadline_option
@threshold_option
@notify_option
@workspace_option
@json_option
@with_invocation
def add(
    invocation: Invocation,
    name: str | None,
    file: Any,
    plan: str | None,
    id: str | None,
    deadline: str | None,
    threshold: float | None,
    notify: Any,
    workspace: str | None,
    as_json: bool,
) -> None:
    """Make a mission, as a draft: the first ticket that is begun starts it.

    \b
    callboard missions add "Release 2.0" --deadline 2026-12-01T18:00
    callboard missions add --file plan.json
    """
    if file is None and name is None:
        raise click.UsageError("Give the mission a NAME, or a --file that has one.")
    given = NewMission(name or "") if file is None else mission_in(file, name)
    new = NewMission(
        name=given.name,
        data=given.data if plan is None else text_or_file(plan),
        id=id or given.id,
        deadline=given.deadline if deadline is None else later(invocation, deadline, "--deadline"),
        quality_threshold=given.quality_threshold if threshold is None else threshold,
        quality_gates=given.quality_gates,
        notifications=notifications_in(notify) or given.notifications,
        tasks=given.tasks,
    )
    _print(invocation.send(api.create_mission(the_workspace(invocation, workspace), new)), as_json)


@command.command()
@mission_argument
@click.option("--name", metavar="TEXT", help="Another name.")
@click.option("--plan", metavar="TEXT", help="Another plan; @FILE reads a file.")
@deadline_option
@click.option("--no-deadline", is_flag=True, help="Give it all the time.")
@threshold_option
@click.option("--no-threshold", is_flag=True, help="Ask for no mean score.")
@click.option(
    "--gates",
    "gates_",
    type=click.File("rb"),
    metavar="FILE",
    help="Its quality gates from now on: a file with a name and qualityGates, as for `add --file`.",
)
@notify_option
@click.option("--no-notify", is_flag=True, help="Let its events go where all others go.")
@workspace_option
@json_option
@with_invocation
def edit(
    invocation: Invocation,
    mission: str,
    name: str | None,
    plan: str | None,
    deadline: str | None,
    no_deadline: bool,
    threshold: float | None,
    no_threshold: bool,
    gates_: Any,
    notify: Any,
    no_notify: bool,
    workspace: str | None,
    as_json: bool,
) -> None:
    """Change a mission; what is not named stays as it is. Another deadline arms its warning again."""
    change = MissionChange(
        name=UNSET if name is None else name,
        data=UNSET if plan is None else text_or_file(plan),
        deadline=None
        if no_deadline
        else UNSET
        if deadline is None
        else later(invocation, deadline, "--deadline"),
        quality_threshold=None if no_threshold else UNSET if threshold is None else threshold,
        quality_gates=UNSET if gates_ is None else mission_in(gates_, mission).quality_gates,
        notifications=None if no_notify else notifications_in(notify) or UNSET,
    )
    _print(invocation.send(api.change_mission(the_workspace(invocation, workspace), mission, change)), as_json)


def _moving(to: MissionState, about: str) -> Callable[..., None]:
    def moved(invocation: Invocation, mission: str, reason: str, workspace: str | None, as_json: bool) -> None:
        slug = the_workspace(invocation, workspace)
        _print(invocation.send(api.move_mission(slug, mission, MissionMove(to, reason))), as_json)

    moved.__doc__ = about
    return mission_argument(reason_option(workspace_option(json_option(with_invocation(moved)))))


_MOVES: dict[str, tuple[str, str]] = {
    "start": ("active", "Start a draft. The first ticket that is begun does so by itself."),
    "pause": ("paused", "Let no further ticket of it be begun."),
    "resume": ("active", "Go on with one that was paused or is over."),
    "complete": ("completed", "Complete it, now that all its tickets are over."),
    "fail": ("failed", "Give it up as failed."),
    "cancel": ("cancelled", "Cancel it. Its tickets stay as they are, and none is begun."),
}
for _name, (_to, _about) in _MOVES.items():
    command.command(_name)(_moving(cast(MissionState, _to), _about))


@command.command()
@mission_argument
@workspace_option
@yes_option
@json_option
@with_invocation
def remove(invocation: Invocation, mission: str, workspace: str | None, yes: bool, as_json: bool) -> None:
    """Delete a mission that you have made, and its tickets with it. To keep them, cancel it instead."""
    slug = the_workspace(invocation, workspace)
    if not yes:
        found = invocation.send(api.mission(slug, mission))
        say(f"{found.id}  {found.workspace}  {found.name}")
        click.confirm(f"Delete this mission and its {sum(found.tasks.values())} tickets?", abort=True)
    done = invocation.send(api.delete_mission(slug, mission))
    if as_json:
        print_json(done)


def _row(mission: Mission, now: datetime) -> list[str | Cell]:
    passed = sum(gate.state == "passed" for gate in mission.gates)
    over = sum(mission.tasks.get(state, 0) for state in ("completed", "failed", "cancelled"))
    return [
        mission.id,
        Cell(mission.status, _STYLES.get(mission.status, "")),
        mission.workspace,
        f"{over}/{sum(mission.tasks.values())}",
        "-" if mission.avg_score is None else f"{mission.avg_score:g}",
        f"{passed}/{len(mission.gates)}" if mission.gates else "-",
        due(mission.deadline, mission.deadline_state, now),
        when(mission.created_at, now),
        Cell(mission.name, "bold"),
    ]


def _gate_row(gate: Gate) -> list[str | Cell]:
    wanted = "" if gate.min_score is None else f" of {gate.min_score:g}"
    return [
        Cell(gate.name, "bold"),
        Cell(gate.state, _STYLES.get(gate.state, "")),
        "-" if gate.avg_score is None and not wanted else f"{_score(gate.avg_score)}{wanted}",
        ", ".join(gate.after_tasks),
        ", ".join(gate.blocks_tasks) or "-",
        gate.reason or "-",
    ]


def _score(score: float | None) -> str:
    return "none" if score is None else f"{score:g}"


def _print(mission: Mission, as_json: bool) -> None:
    if as_json:
        print_json(mission)
        return
    print_parts(
        [
            ("Id", mission.id),
            ("Name", Cell(mission.name, "bold")),
            ("State", Cell(mission.status, _STYLES.get(mission.status, ""))),
            ("Because", mission.reason or None),
            ("Workspace", mission.workspace),
            ("Tickets", ", ".join(f"{count} {state}" for state, count in mission.tasks.items()) or "none"),
            ("Mean score", None if mission.avg_score is None else f"{mission.avg_score:g}"),
            ("Threshold", None if mission.quality_threshold is None else f"{mission.quality_threshold:g}"),
            *((f"Gate {gate.name}", f"{gate.state}  {gate.reason}".rstrip()) for gate in mission.gates),
            ("Due", deadline_shown(mission.deadline, mission.deadline_state)),
            ("Alerts", alerts_shown(mission.notifications)),
            ("Made by", mission.creator),
            ("Made", local(mission.created_at)),
            ("Changed", local(mission.updated_at)),
        ]
    )
    if mission.data:
        say()
        say(mission.data, multiline=True)
