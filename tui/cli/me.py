"""`callboard me`: the profile of whoever asks."""

import re
from typing import get_args

import click
from msgspec import UNSET
from msgspec.structs import replace

from core.api import people as api
from core.api.people import AlertWords, DesktopAlerts, Me, ProfileChange
from tui.cli.commands import group, json_option, with_invocation
from tui.cli.invocation import Invocation
from tui.cli.output import Cell, print_json, print_parts

_QUIET = re.compile(r"(\d{1,2}:\d\d)-(\d{1,2}:\d\d)")

_WORDS: dict[AlertWords, str] = {
    "full": "the title and the text",
    "title": "the title alone",
    "count": "how many there are",
}


@group("me", invoke_without_command=True)
@json_option
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """Show or change your own profile."""
    if context.invoked_subcommand is None:
        _print(context.ensure_object(Invocation).send(api.me()), as_json)


@command.command()
@json_option
@with_invocation
def show(invocation: Invocation, as_json: bool) -> None:
    """Show who you are to the server, and what you may do."""
    _print(invocation.send(api.me()), as_json)


@command.command("set")
@click.option("--display-name", metavar="NAME", help="The name that others read.")
@click.option("--time-zone", metavar="ZONE", help="Such as Europe/Berlin.")
@click.option("--desktop-alerts", type=click.Choice(get_args(DesktopAlerts)), help="When the desktop alerts you.")
@click.option("--alert-words", type=click.Choice(get_args(AlertWords)), help="What an alert says.")
@click.option("--quiet", metavar="FROM-TO|off", help="Quiet hours, such as 22:00-07:00.")
@json_option
@with_invocation
def set_(
    invocation: Invocation,
    display_name: str | None,
    time_zone: str | None,
    desktop_alerts: DesktopAlerts | None,
    alert_words: AlertWords | None,
    quiet: str | None,
    as_json: bool,
) -> None:
    """Change your profile: what is not named stays."""
    if (display_name, time_zone, desktop_alerts, alert_words, quiet) == (None,) * 5:
        raise click.UsageError("Say what to change.")
    change = ProfileChange(
        display_name=UNSET if display_name is None else display_name,
        time_zone=UNSET if time_zone is None else time_zone,
        desktop_alerts=UNSET if desktop_alerts is None else desktop_alerts,
        alert_words=UNSET if alert_words is None else alert_words,
    )
    if quiet is not None:
        start, end = _quiet_hours(quiet)
        change = replace(change, quiet_from=start, quiet_to=end)
    _print(invocation.send(api.change_me(change)), as_json)


def _quiet_hours(text: str) -> tuple[str | None, str | None]:
    if text == "off":
        return None, None
    found = _QUIET.fullmatch(text)
    if found is None:
        raise click.BadParameter(f"{text!r} is not FROM-TO, such as 22:00-07:00, or off.", param_hint="--quiet")
    return found[1].zfill(5), found[2].zfill(5)


def _print(me: Me, as_json: bool) -> None:
    if as_json:
        print_json(me)
        return
    quiet = f"{me.quiet_from}-{me.quiet_to}" if me.quiet_from else "none"
    print_parts(
        [
            ("Name", Cell(me.name, "bold")),
            ("Display name", me.display_name or None),
            ("Role", "admin" if me.admin else "member"),
            ("Time zone", me.time_zone),
            ("Desktop alerts", me.desktop_alerts),
            ("Alerts say", _WORDS[me.alert_words]),
            ("Quiet hours", quiet),
            ("Workspaces", " ".join(me.workspaces) or "none"),
            ("Permissions", "all" if me.admin else " ".join(me.permissions) or "none"),
            ("Connected by", me.via),
        ]
    )
