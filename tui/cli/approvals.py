"""`callboard approvals`: what waits for your word."""

from datetime import datetime

import click

from core.api import approvals as api
from core.api.approvals import Approval
from core.clock import SystemClock, to_datetime
from tui.cli.commands import group, json_option, listing, with_invocation
from tui.cli.completing import an_approval
from tui.cli.invocation import Invocation
from tui.cli.output import Cell, Column, local, on_terminal, print_json, print_parts, print_table, say, when

number_argument = click.argument("number", type=int, shell_complete=an_approval)


@group("approvals")
def command() -> None:
    """List and answer what agents, workflows and plans may not do before you have said so.

    A filter is one line of terms, such as:  is:open session:12
    """


@command.command("list")
@listing
def list_(invocation: Invocation, filter_: str, limit: int, as_json: bool) -> None:
    """List approvals, newest first."""
    found = list(
        invocation.every(lambda size, cursor: api.approvals(limit=size, cursor=cursor, filter=filter_), limit)
    )
    if as_json:
        print_json(found)
        return
    now = to_datetime(SystemClock().now())
    print_table(
        [
            Column("ID", right=True),
            Column("STATE"),
            Column("AGE", right=True) if on_terminal() else Column("CREATED"),
            Column("EXPIRES"),
            Column("SESSION", right=True),
            Column("APPROVER"),
            Column("TITLE", gives=True),
        ],
        [_row(approval, now) for approval in found],
        empty="Nothing matches." if filter_ else "There are no approvals.",
    )


@command.command()
@number_argument
@json_option
@with_invocation
def show(invocation: Invocation, number: int, as_json: bool) -> None:
    """Show one approval, and what can be answered."""
    _print(invocation.send(api.approval(number)), as_json)


@command.command()
@number_argument
@click.argument("choice")
@json_option
@with_invocation
def answer(invocation: Invocation, number: int, choice: str, as_json: bool) -> None:
    """Answer with CHOICE: allow, refuse, or one of the choices that `show` lists."""
    _print(invocation.send(api.answer(number, choice)), as_json)


def _row(approval: Approval, now: datetime) -> list[str | Cell]:
    return [
        str(approval.id),
        Cell(approval.state, "yellow" if approval.state == "open" else ""),
        when(approval.created_at, now),
        when(approval.expires_at, now) if approval.state == "open" else "-",
        "-" if approval.session is None else str(approval.session),
        approval.approver,
        approval.title,
    ]


def _print(approval: Approval, as_json: bool) -> None:
    if as_json:
        print_json(approval)
        return
    print_parts(
        [
            ("Title", Cell(approval.title, "bold")),
            ("State", approval.state),
            ("Workspace", approval.workspace),
            ("Session", None if approval.session is None else str(approval.session)),
            ("Approver", approval.approver),
            ("Choices", ", ".join(f"{choice.id} ({choice.name})" for choice in approval.choices)),
            ("Answer", approval.answer),
            ("Answered by", approval.answered_by),
            ("Created", local(approval.created_at)),
            ("Expires", local(approval.expires_at) if approval.state == "open" else None),
            ("Answered", local(approval.answered_at)),
        ]
    )
    if approval.detail:
        say()
        say(approval.detail, multiline=True)
