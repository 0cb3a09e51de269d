"""The top of the command line: the table of all commands, each in the module that it names."""

import os
from collections.abc import Sequence

import click

from tui.cli.commands import SETTINGS, Entry, LazyGroup
from tui.cli.errors import DONE, INTERRUPTED, said_by_click
from tui.cli.invocation import Invocation

_WORK = "Your work"
_PEOPLE = "People and access"
_SERVER = "Server and home"

ENTRIES = {
    "work": Entry("tui.cli.work", "Show what needs you or is in progress, of all types; hide it.", _WORK),
    "inbox": Entry("tui.cli.inbox", "List, read, star, dismiss and snooze your notifications.", _WORK),
    "mutes": Entry("tui.cli.mutes", "Mute what notifications come from, for a time or for good.", _WORK),
    "filters": Entry("tui.cli.filters", "Give names to filters that you use again.", _WORK),
    "sessions": Entry("tui.cli.sessions", "Start, follow, answer and stop runs of agents.", _WORK),
    "approvals": Entry("tui.cli.approvals", "List and answer what waits for your word.", _WORK),
    "run": Entry("tui.cli.run", "Run a workflow as a session.", _WORK),
    "costs": Entry("tui.cli.costs", "What sessions have cost, by month, workspace, ticket and more.", _WORK),
    "exec": Entry("tui.cli.exec", "Run any command as a session; the inbox says how it ended.", _WORK),
    "workflows": Entry("tui.cli.workflows", "List workflows, and keep them in a workspace.", _WORK),
    "bots": Entry("tui.cli.bots", "List bots, make and change them.", _WORK),
    "pins": Entry("tui.cli.pins", "Pin automations and bots for a quick launch.", _WORK),
    "tickets": Entry("tui.cli.tickets", "Make, assign, move and approve tickets.", _WORK),
    "missions": Entry("tui.cli.missions", "Make, start and end missions, with their gates.", _WORK),
    "automations": Entry("tui.cli.automations", "Create, run, list and switch what runs by itself.", _WORK),
    "executions": Entry("tui.cli.executions", "What automations did, and why they did not.", _WORK),
    "emit": Entry("tui.cli.emit", "Record an event: whoever must know is told.", _WORK),
    "notify": Entry("tui.cli.notify", "Send a person a notification of your own words.", _WORK),
    "events": Entry("tui.cli.events", "List what was recorded in a workspace.", _WORK),
    "channels": Entry("tui.cli.channels", "List, make, change and test where alerts can go.", _WORK),
    "rules": Entry("tui.cli.rules", "List, add and check rules; say what they would send, and why.", _WORK),
    "deliveries": Entry("tui.cli.deliveries", "What went out to channels, what waits, and what failed.", _WORK),
    "send": Entry("tui.cli.send", "Send a message straight to a channel, now or later.", _WORK),
    "cron": Entry("tui.cli.cron", "Say when a cron expression runs, and what it means.", _WORK),
    "demo": Entry("tui.cli.demo", "Open the app on a throw-away home full of sample work.", _WORK),
    "me": Entry("tui.cli.me", "Show or change your own profile.", _PEOPLE),
    "alerts": Entry("tui.cli.alerts", "Find out which alerts reach this terminal, and choose.", _PEOPLE),
    "people": Entry("tui.cli.people", "List and add people, grant and revoke permissions.", _PEOPLE),
    "workspaces": Entry("tui.cli.workspaces", "List and create workspaces, and who belongs to them.", _PEOPLE),
    "keys": Entry("tui.cli.keys", "Create, list, rotate and revoke API keys.", _PEOPLE),
    "audit": Entry("tui.cli.audit", "Who did what to which thing, refused attempts included.", _PEOPLE),
    "providers": Entry("tui.cli.providers", "List and test the programs that run turns.", _SERVER),
    "serve": Entry("tui.cli.serve", "Run the server in front.", _SERVER),
    "up": Entry("tui.cli.background", "Start the server in the background.", _SERVER, "up"),
    "down": Entry("tui.cli.background", "Stop the server.", _SERVER, "down"),
    "status": Entry("tui.cli.status", "Say how the server is.", _SERVER),
    "config": Entry("tui.cli.config", "Check the configuration, or show where it is.", _SERVER),
    "doctor": Entry("tui.cli.doctor", "Look for what is wrong with the home, and say how to mend it.", _SERVER),
    "backup": Entry(
        "tui.cli.archive", "Write the home into one archive, also while it works.", _SERVER, "backup"
    ),
    "restore": Entry("tui.cli.archive", "Put an archive back into a home.", _SERVER, "restore"),
    "service": Entry("tui.cli.service", "Print the systemd units.", _SERVER),
    "completion": Entry("tui.cli.completion", "Print the completion of bash, zsh or fish.", _SERVER),
}


@click.group(
    "callboard",
    cls=LazyGroup,
    entries=ENTRIES,
    invoke_without_command=True,
    context_settings=SETTINGS,
    epilog="Exit codes: 0 done, 1 it failed, 2 wrong usage, 3 no server could be reached.",
)
@click.option("--version", is_flag=True, help="Print the version.")
@click.pass_context
def callboard(context: click.Context, version: bool) -> int | None:
    """What needs you, on one board: notifications, agents and automations, in the terminal.

    Without a command, callboard opens the app, and starts the home's server if none runs.
    """
    if context.invoked_subcommand is not None:
        return None
    if version:
        from core.version import VERSION

        click.echo(f"callboard {VERSION}")
        return DONE
    from tui.cli.opening import open_app

    invocation = context.ensure_object(Invocation)
    return open_app(invocation.home_option, invocation.socket_option)


def run(arguments: Sequence[str]) -> int:
    """Run one command, and answer with its exit code."""
    invocation = Invocation()
    if "_CALLBOARD_COMPLETE" in os.environ:
        callboard.main(prog_name="callboard", obj=invocation)
    try:  # not by `main`, which takes a closed pipe for a failure
        with callboard.make_context("callboard", list(arguments), obj=invocation) as context:
            code = callboard.invoke(context)
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return DONE
    except click.ClickException as error:
        return said_by_click(error)
    except click.Abort:
        return INTERRUPTED
    return code if isinstance(code, int) else DONE
