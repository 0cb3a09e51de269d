"""`callboard tickets`: a team's board from the shell."""

from datetime import datetime
from typing import Any, cast, get_args

import click
from msgspec import UNSET

from core.api import tickets as api
from core.api.tickets import NewTicket, Ticket, TicketChange, TicketMove, TicketState
from core.clock import SystemClock, to_datetime
from core.errors import ConflictError
from core.planning.states import APPROVED
from tui.cli.commands import group, json_option, listing, with_invocation, yes_option
from tui.cli.completing import a_mission, a_person, a_ticket
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
from tui.cli.planned import alerts_shown, notifications_in, notify_option
from tui.cli.values import later, text_or_file

_STYLES: dict[str, Style] = {"completed": "green", "failed": "red", "merge-conflict": "red", "cancelled": "dim"}

ticket_argument = click.argument("ticket", shell_complete=a_ticket)
description_option = click.option(
    "-d", "--description", metavar="TEXT", help="What it is about; @FILE reads a file."
)
assign_option = click.option(
    "--assign",
    metavar="NAME",
    shell_complete=a_person,
    help="The developer; a name of nobody here is an agent's.",
)
qa_option = click.option("--qa", metavar="PERSON", shell_complete=a_person, help="The QA reviewer.")
mission_option = click.option(
    "--mission", metavar="ID", shell_complete=a_mission, help="The mission that it belongs to."
)
score_option = click.option("--score", type=click.FloatRange(1, 5), help="How good it is, from 1 to 5.")
weight_option = click.option("--weight", type=float, help="How much its score counts in its mission.  [1]")
deadline_option = click.option("--deadline", metavar="TIME", help="Until when: 3d, tomorrow, 2026-12-01T09:00.")
reason_option = click.option("-r", "--reason", default="", metavar="TEXT", help="Why.")


@group("tickets")
def command() -> None:
    """Make, assign, move and approve tickets.

    A filter is one line of terms, such as:  state:failed assignee:ann due:2d
    """


@command.command("list")
@listing
def list_(invocation: Invocation, filter_: str, limit: int, as_json: bool) -> None:
    """List the tickets of your workspaces, newest first."""
    found = list(
        invocation.every(lambda size, cursor: api.tickets(limit=size, cursor=cursor, filter=filter_), limit)
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
            Column("ASSIGNEE"),
            Column("MISSION"),
            Column("DUE"),
            Column("AGE", right=True) if on_terminal() else Column("CREATED"),
            Column("TITLE", gives=True),
        ],
        [_row(ticket, now) for ticket in found],
        empty="Nothing matches."
        if filter_
        else "There are no tickets: make one with callboard tickets add TITLE.",
    )


@command.command()
@ticket_argument
@workspace_option
@json_option
@with_invocation
def show(invocation: Invocation, ticket: str, workspace: str | None, as_json: bool) -> None:
    """Show one ticket, and what holds it."""
    _print(invocation.send(api.ticket(the_workspace(invocation, workspace), ticket)), as_json)


@command.command()
@click.argument("title")
@description_option
@click.option("--id", metavar="ID", help="Your own id: the same one twice makes it once.")
@assign_option
@qa_option
@mission_option
@weight_option
@deadline_option
@notify_option
@workspace_option
@json_option
@with_invocation
def add(
    invocation: Invocation,
    title: str,
    description: str | None,
    id: str | None,
    assign: str | None,
    qa: str | None,
    mission: str | None,
    weight: float | None,
    deadline: str | None,
    notify: Any,
    workspace: str | None,
    as_json: bool,
) -> None:
    """Make a ticket.

    \b
    callboard tickets add "Critical migration" --assign db-agent --deadline 2d
    callboard tickets add "Sign-in page" --id WEB-7 --assign ann --qa eva --notify-file web.json
    """
    new = NewTicket(
        title=title,
        description=text_or_file(description) or "",
        id=id,
        assign_to=assign,
        qa_reviewer=qa,
        mission_id=mission,
        weight=1.0 if weight is None else weight,
        deadline=None if deadline is None else later(invocation, deadline, "--deadline"),
        notifications=notifications_in(notify),
    )
    _print(invocation.send(api.create_ticket(the_workspace(invocation, workspace), new)), as_json)


@command.command()
@ticket_argument
@click.option("--title", metavar="TEXT", help="Another title.")
@description_option
@assign_option
@click.option("--nobody", is_flag=True, help="Take it from whoever has it.")
@qa_option
@click.option("--no-qa", is_flag=True, help="Leave QA out.")
@mission_option
@click.option("--no-mission", is_flag=True, help="Take it out of its mission.")
@score_option
@weight_option
@deadline_option
@click.option("--no-deadline", is_flag=True, help="Give it all the time.")
@notify_option
@click.option("--no-notify", is_flag=True, help="Let its events go where all others go.")
@workspace_option
@json_option
@with_invocation
def edit(
    invocation: Invocation,
    ticket: str,
    title: str | None,
    description: str | None,
    assign: str | None,
    nobody: bool,
    qa: str | None,
    no_qa: bool,
    mission: str | None,
    no_mission: bool,
    score: float | None,
    weight: float | None,
    deadline: str | None,
    no_deadline: bool,
    notify: Any,
    no_notify: bool,
    workspace: str | None,
    as_json: bool,
) -> None:
    """Change a ticket; what is not named stays as it is. Another deadline arms its warning again."""
    change = TicketChange(
        title=UNSET if title is None else title,
        description=UNSET if description is None else text_or_file(description) or "",
        assign_to=None if nobody else UNSET if assign is None else assign,
        qa_reviewer=None if no_qa else UNSET if qa is None else qa,
        mission_id=None if no_mission else UNSET if mission is None else mission,
        score=UNSET if score is None else score,
        weight=UNSET if weight is None else weight,
        deadline=None
        if no_deadline
        else UNSET
        if deadline is None
        else later(invocation, deadline, "--deadline"),
        notifications=None if no_notify else notifications_in(notify) or UNSET,
    )
    _print(invocation.send(api.change_ticket(the_workspace(invocation, workspace), ticket, change)), as_json)


@command.command()
@ticket_argument
@click.argument("state", type=click.Choice(get_args(TicketState)))
@reason_option
@score_option
@workspace_option
@json_option
@with_invocation
def move(
    invocation: Invocation,
    ticket: str,
    state: str,
    reason: str,
    score: float | None,
    workspace: str | None,
    as_json: bool,
) -> None:
    """Bring a ticket to another STATE. Whoever has to look at it then is told."""
    to = TicketMove(cast(TicketState, state), reason, score=score)
    _print(invocation.send(api.move_ticket(the_workspace(invocation, workspace), ticket, to)), as_json)


@command.command()
@ticket_argument
@reason_option
@score_option
@workspace_option
@json_option
@with_invocation
def approve(
    invocation: Invocation, ticket: str, reason: str, score: float | None, workspace: str | None, as_json: bool
) -> None:
    """Approve what waits for you: it goes on to QA, and from there to its pull request."""
    slug = the_workspace(invocation, workspace)
    found = _waiting(invocation, slug, ticket, "approved")
    to = APPROVED[found.status]
    if to == "qa-approval" and found.qa_reviewer is None:
        to = APPROVED[to]
    move_ = TicketMove(to, reason, score=score, from_=found.status)
    _print(invocation.send(api.move_ticket(slug, ticket, move_)), as_json)


@command.command()
@ticket_argument
@reason_option
@workspace_option
@json_option
@with_invocation
def reject(invocation: Invocation, ticket: str, reason: str, workspace: str | None, as_json: bool) -> None:
    """Send back to implementation what waits for you."""
    slug = the_workspace(invocation, workspace)
    found = _waiting(invocation, slug, ticket, "rejected")
    back = TicketMove("implementation", reason, from_=found.status)
    _print(invocation.send(api.move_ticket(slug, ticket, back)), as_json)


@command.command()
@ticket_argument
@workspace_option
@yes_option
@json_option
@with_invocation
def remove(invocation: Invocation, ticket: str, workspace: str | None, yes: bool, as_json: bool) -> None:
    """Delete a ticket that you have made. To keep it, cancel it instead."""
    slug = the_workspace(invocation, workspace)
    if not yes:
        found = invocation.send(api.ticket(slug, ticket))
        say(f"{found.id}  {found.workspace}  {found.title}")
        click.confirm("Delete this ticket?", abort=True)
    done = invocation.send(api.delete_ticket(slug, ticket))
    if as_json:
        print_json(done)


def deadline_shown(deadline: datetime | None, state: str) -> str | None:
    """When it is due, and what has become of that."""
    if deadline is None:
        return None
    words = {"warned": ", soon", "violated": ", missed", "met": ", kept"}
    return f"{local(deadline)}{words.get(state, '')}"


def due(deadline: datetime | None, state: str, now: datetime) -> str | Cell:
    """When it is due, in a table."""
    styles: dict[str, Style] = {"warned": "yellow", "violated": "red", "met": "green"}
    return "-" if deadline is None else Cell(when(deadline, now), styles.get(state, ""))


def _waiting(invocation: Invocation, slug: str, id: str, done: str) -> Ticket:
    found = invocation.send(api.ticket(slug, id))
    if found.status not in APPROVED:
        raise ConflictError(
            f"The ticket {found.id} is in {found.status}: only what waits for an approval can be {done}."
        )
    return found


def _row(ticket: Ticket, now: datetime) -> list[str | Cell]:
    return [
        ticket.id,
        Cell(ticket.status, _STYLES.get(ticket.status, "")),
        ticket.workspace,
        ticket.assign_to or "-",
        ticket.mission_id or "-",
        due(ticket.deadline, ticket.deadline_state, now),
        when(ticket.created_at, now),
        Cell(ticket.title, "bold"),
    ]


def _print(ticket: Ticket, as_json: bool) -> None:
    if as_json:
        print_json(ticket)
        return
    print_parts(
        [
            ("Id", ticket.id),
            ("Title", Cell(ticket.title, "bold")),
            ("State", Cell(ticket.status, _STYLES.get(ticket.status, ""))),
            ("Because", ticket.reason or None),
            ("Held by", ticket.blocked_by),
            ("Workspace", ticket.workspace),
            ("Mission", ticket.mission_id),
            ("Assigned to", ticket.assign_to or "nobody"),
            ("QA reviewer", ticket.qa_reviewer),
            ("Score", None if ticket.score is None else f"{ticket.score:g}"),
            ("Weight", None if ticket.weight == 1 else f"{ticket.weight:g}"),
            ("Due", deadline_shown(ticket.deadline, ticket.deadline_state)),
            ("Alerts", alerts_shown(ticket.notifications)),
            ("Made by", ticket.creator),
            ("Made", local(ticket.created_at)),
            ("Changed", local(ticket.updated_at)),
        ]
    )
    if ticket.description:
        say()
        say(ticket.description, multiline=True)
