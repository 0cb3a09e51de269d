"""`callboard sessions`: what agents and commands are doing, and a word to them."""

import sys
from collections.abc import Sequence
from datetime import datetime

import click

from core.api import sessions as api
from core.api.sessions import (
    KINDS,
    MODES,
    Message,
    Mode,
    Resumption,
    Session,
    SessionCreation,
    SessionDetail,
    SessionKind,
    Turn,
)
from core.clock import SystemClock, to_datetime
from tui.cli.commands import group, json_option, listing, with_invocation
from tui.cli.completing import a_session
from tui.cli.emit import the_workspace, workspace_option
from tui.cli.errors import DONE, FAILED
from tui.cli.following import ended_quietly, follow, print_output
from tui.cli.invocation import Invocation
from tui.cli.merging import add_to
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
from tui.words.money import cost, short_cost

_STYLES: dict[str, Style] = {"running": "green", "asking": "yellow", "waiting": "cyan", "failed": "red"}

number_argument = click.argument("number", type=int, shell_complete=a_session)
wait_option = click.option(
    "--wait", is_flag=True, help="Show what it prints until its run is over; with --json, show how it ended."
)


@group("sessions")
def command() -> None:
    """Start, follow, answer and stop sessions: runs of agents, and of any command.

    A filter is one line of terms, such as:  is:active kind:develop state:failed since:7d
    """


@command.command("list")
@listing
def list_(invocation: Invocation, filter_: str, limit: int, as_json: bool) -> None:
    """List sessions, newest first."""
    found = list(
        invocation.every(lambda size, cursor: api.sessions(limit=size, cursor=cursor, filter=filter_), limit)
    )
    if as_json:
        print_json(found)
        return
    now = to_datetime(SystemClock().now())
    print_table(
        [
            Column("ID", right=True),
            Column("STATE"),
            Column("KIND"),
            Column("AGE", right=True) if on_terminal() else Column("CREATED"),
            Column("WORKSPACE"),
            Column("OWNER"),
            Column("PROVIDER"),
            Column("COST", right=True),
            Column("TITLE", gives=True),
        ],
        [_row(session, now) for session in found],
        empty="Nothing matches." if filter_ else "There are no sessions.",
    )


@command.command()
@number_argument
@json_option
@with_invocation
def show(invocation: Invocation, number: int, as_json: bool) -> None:
    """Show one session, with its stages and its answers."""
    _print(invocation.send(api.session(number)), as_json)


@command.command()
@click.argument("prompt", required=False)
@click.option("-k", "--kind", type=click.Choice(list(KINDS)), default="chat", show_default=True)
@click.option("--provider", help="What runs it; the configured default otherwise.")
@click.option("--model", help="A model of the provider.")
@click.option("--bot", help="The bot, for the kind bot.")
@click.option("--title", default="", help="What to call it; otherwise as the prompt begins.")
@click.option("--ticket", help="The ticket that it works on.")
@click.option(
    "-m", "--mode", "modes", multiple=True, type=click.Choice(list(MODES)), help="A phase. Can be given again."
)
@click.option("--auto-complete", is_flag=True, help="It is done when its run has succeeded.")
@click.option("--only-if-unchanged", is_flag=True, help="With --auto-complete: unless files have changed.")
@click.option("--notify", is_flag=True, help="Tell me in the inbox how it ended.")
@workspace_option
@wait_option
@json_option
@with_invocation
def start(
    invocation: Invocation,
    prompt: str | None,
    kind: SessionKind,
    provider: str | None,
    model: str | None,
    bot: str | None,
    title: str,
    ticket: str | None,
    modes: Sequence[Mode],
    auto_complete: bool,
    only_if_unchanged: bool,
    notify: bool,
    workspace: str | None,
    wait: bool,
    as_json: bool,
) -> int:
    """Start a session with PROMPT, or with what comes on standard input, and print its number."""
    creation = SessionCreation(
        the_workspace(invocation, workspace),
        kind=kind,
        prompt=_prompt(prompt),
        provider=provider,
        model=model,
        bot=bot,
        title=title,
        ticket=ticket,
        modes=list(modes),
        auto_complete=auto_complete,
        only_if_unchanged=only_if_unchanged,
        notify=notify,
    )
    return after_start(invocation, invocation.send(api.create_session(creation)), wait, as_json)


@command.command("say")
@number_argument
@click.argument("prompt", required=False)
@wait_option
@json_option
@with_invocation
def say_(invocation: Invocation, number: int, prompt: str | None, wait: bool, as_json: bool) -> int:
    """Say what is next: PROMPT, or what comes on standard input."""
    said = invocation.send(api.say(number, Message(_prompt(prompt))))
    return after_start(invocation, said, wait, as_json, said.turns[-1].number if said.turns else None)


@command.command()
@number_argument
@json_option
@with_invocation
def stop(invocation: Invocation, number: int, as_json: bool) -> None:
    """Stop a session, with all the processes that it began."""
    _done(invocation.send(api.stop(number)), "Stopping", as_json)


@command.command()
@number_argument
@click.option("--skip", is_flag=True, help="Leave out the stage in which it ended.")
@json_option
@with_invocation
def resume(invocation: Invocation, number: int, skip: bool, as_json: bool) -> None:
    """Go on where a session was interrupted, failed or was stopped."""
    _done(invocation.send(api.resume(number, Resumption(skip))), "Resumed", as_json)


@command.command()
@number_argument
@json_option
@with_invocation
def complete(invocation: Invocation, number: int, as_json: bool) -> None:
    """Call a session done."""
    _done(invocation.send(api.complete(number)), "Completed", as_json)


@command.command()
@number_argument
@click.option("--turn", type=click.IntRange(1), help="Of this turn; otherwise of the last one.")
@click.option("-f", "--follow", "following", is_flag=True, help="Go on until its run is over.")
@with_invocation
def output(invocation: Invocation, number: int, turn: int | None, following: bool) -> None:
    """Print what a session printed. A pipe gets it cleaned too: for the bytes, use the API."""
    if following:
        follow(invocation, number, turn)
    else:
        print_output(invocation, number, turn)


add_to(command)


def after_start(
    invocation: Invocation, session: SessionDetail, wait: bool, as_json: bool, turn: int | None = None
) -> int:
    """Say which session it is; or follow it, and exit as it went. JSON is of the session, as it is then."""
    if not wait:
        if as_json:
            print_json(session)
        else:
            say(str(session.id))
        return DONE
    if as_json:
        ended = ended_quietly(invocation, session.id)
        print_json(ended)
    else:
        ended = follow(invocation, session.id, turn)
    return DONE if ended.outcome == "succeeded" else FAILED


def _prompt(given: str | None) -> str:
    if given is not None and given != "-":
        return given
    if given is None and sys.stdin.isatty():
        raise click.UsageError("Say what is to be done: give a prompt, or write it to standard input.")
    return sys.stdin.read()


def _done(session: SessionDetail, verb: str, as_json: bool) -> None:
    if as_json:
        print_json(session)
    else:
        say(f"{verb}: session {session.id}, which is {session.state} now.")


def _row(session: Session, now: datetime) -> list[str | Cell]:
    return [
        str(session.id),
        Cell(session.state, _STYLES.get(session.state, "")),
        session.kind,
        when(session.created_at, now),
        session.workspace,
        session.owner,
        session.provider,
        short_cost(session),
        session.title,
    ]


def _print(session: SessionDetail, as_json: bool) -> None:
    if as_json:
        print_json(session)
        return
    print_parts(
        [
            ("Title", Cell(session.title, "bold")),
            ("State", Cell(session.state, _STYLES.get(session.state, ""))),
            ("Detail", session.detail or None),
            ("Outcome", session.outcome),
            ("Kind", session.kind),
            ("Workspace", session.workspace),
            ("Owner", session.owner),
            ("Provider", " ".join(filter(None, (session.provider, session.model)))),
            ("Bot", session.bot),
            ("Workflow", session.workflow),
            ("Ticket", session.ticket),
            ("Folder", session.workdir),
            ("Branch", session.branch),
            ("Changed files", None if session.changes is None else str(len(session.changes))),
            ("Pull request", session.pull_request),
            ("Cost", cost(session)),
            ("Denied tools", str(session.denied_tools) if session.denied_tools else None),
            ("Open approvals", str(session.approvals) if session.approvals else None),
            ("Can be resumed", "yes" if session.can_resume else None),
            ("Created", local(session.created_at)),
            ("Ended", local(session.ended_at)),
        ]
    )
    if session.stages:
        say()
        print_table(
            [Column("STAGE", right=True), Column("STATE"), Column("TITLE"), Column("DETAIL", gives=True)],
            [[str(stage.number), stage.state, stage.title, stage.detail] for stage in session.stages],
            empty="",
        )
    for turn in session.turns:
        _print_turn(turn)


def _print_turn(turn: Turn) -> None:
    say()
    how = turn.outcome or ("running" if turn.started_at else "waiting")
    exited = "" if turn.exit_code is None else f", exit code {turn.exit_code}"
    say(f"Turn {turn.number} ({turn.purpose}) {how}{exited}{f': {turn.detail}' if turn.detail else ''}")
    for text in (turn.prompt, turn.text):
        if text:
            say()
            say(text.rstrip("\n"), multiline=True)
