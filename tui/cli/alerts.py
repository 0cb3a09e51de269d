"""`callboard alerts`: by which way alerts reach this terminal, found out by trying."""

import asyncio
import os
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any, TextIO

import click

from core.alerts.choosing import Plan, choose, wrapper_of
from core.alerts.sequences import sequence
from core.alerts.terminals import Surroundings
from core.alerts.ways import CHOICES, NAMES, WAYS, Choice, Way
from core.alerts.words import Alert
from core.errors import InvalidError
from tui.alerts.chosen import ChosenWays
from tui.alerts.surroundings import surroundings
from tui.cache import folder_of
from tui.cli.commands import group, json_option, with_invocation
from tui.cli.errors import DONE, FAILED
from tui.cli.invocation import Invocation
from tui.cli.output import Cell, on_terminal, print_json, print_parts, say

_PAUSE = 3.0  # seconds between two tests: some terminals show no more than that
_FOCUS = "Put `set -g focus-events on` into tmux.conf: then tmux says whether you look at the app."


@group("alerts")
def command() -> None:
    """Find out which alerts reach this terminal, and choose.

    Whether you are alerted at all is in your profile: `callboard me set --desktop-alerts away`.
    """


@command.command()
@json_option
@with_invocation
def status(invocation: Invocation, as_json: bool) -> None:
    """Show by which way alerts reach you here, and why."""
    here = surroundings()
    plan = choose(here, _chosen(invocation).load())
    if as_json:
        print_json(_facts(here, plan))
        return
    print_parts(
        [
            ("Alerts by", Cell(NAMES[plan.way], "bold")),
            ("Because", plan.why),
            ("If that fails", NAMES[plan.fallback] if plan.desktop else None),
            ("Terminal", plan.terminal),
            ("tmux", _tmux(here)),
        ]
    )
    for advice in _advice(here, plan):
        say(advice)


@command.command()
@click.argument("way", type=click.Choice(CHOICES))
@with_invocation
def use(invocation: Invocation, way: Choice) -> None:
    """Use WAY for alerts at this terminal from now on; auto takes what is found out."""
    plan = choose(surroundings(), {})
    _remember(invocation, plan.key, None if way == "auto" else way)
    say(f"Alerts at {plan.terminal} come by {NAMES[plan.way if way == 'auto' else way]}.")


@command.command()
@click.option("--send", type=click.Choice(WAYS), help="Send by this way alone, and ask nothing.")
@click.option("--pause", type=click.FloatRange(0, 60), default=_PAUSE, hidden=True)
@json_option
@with_invocation
def test(invocation: Invocation, send: Way | None, pause: float, as_json: bool) -> int:
    """Send an alert by each way, ask which ones you saw, and remember the best.

    In a script it sends nothing, unless --send names a way.
    """
    here = surroundings()
    plan = choose(here, _chosen(invocation).load())
    if send is not None:
        return _sent_by(here, send, as_json)
    if as_json or not (on_terminal() and sys.stdin.isatty()):
        print_json(_facts(here, plan)) if as_json else say(f"{NAMES[plan.way]}: {plan.why}")
        return DONE
    return _tried(invocation, here, plan, pause)


def _tried(invocation: Invocation, here: Surroundings, plan: Plan, pause: float) -> int:
    ways = _possible(here, plan)
    say(f"{len(ways)} alerts come, one after the other. Some terminals show them only while another window")
    say("has the focus: look at another window now, and come back when it is quiet.")
    for number, way in enumerate(ways, 1):
        time.sleep(pause)
        trouble = _send(here, way, Alert(f"Test {number}", f"by {NAMES[way]}", "normal"), number)
        say(f"{number}  {NAMES[way]}{': ' + trouble if trouble else ''}")
    for advice in _advice(here, plan):
        say(advice)
    seen = _asked(ways)
    if not seen:
        say("Nothing is remembered. Alerts are in My Work all the same.")
        return DONE
    best = min(seen, key=WAYS.index)
    _remember(invocation, plan.key, best)
    say(f"From now on alerts at {plan.terminal} come by {NAMES[best]}.")
    return DONE


def _asked(ways: Sequence[Way]) -> list[Way]:
    """The ways whose alerts the person saw."""
    while True:
        answer = click.prompt("Which ones reached you? Numbers, such as 1 3, or none", default="none", err=True)
        words = str(answer).replace(",", " ").split()
        if words == ["none"]:
            return []
        if words and all(word.isdecimal() and 1 <= int(word) <= len(ways) for word in words):
            return [ways[int(word) - 1] for word in words]
        say(f"Give numbers from 1 to {len(ways)}, or none.")


def _possible(here: Surroundings, plan: Plan) -> list[Way]:
    """Every way that is not known to lead nowhere."""
    through = not (here.environment.get("TMUX") and not (here.tmux and here.tmux.passthrough))
    left_out = [] if through else ["osc99", "osc777", "osc9"]
    return [way for way in WAYS if way not in left_out and (way != "desktop" or here.has_desktop)]


def _sent_by(here: Surroundings, way: Way, as_json: bool) -> int:
    trouble = _send(here, way, Alert("This is a test", "If you can read this, alerts reach you.", "normal"), 1)
    if as_json:
        print_json({"way": way, "sent": not trouble, "trouble": trouble})
    else:
        say(trouble or f"Sent by {NAMES[way]}.")
    return FAILED if trouble else DONE


def _send(here: Surroundings, way: Way, alert: Alert, number: int) -> str:
    """Send it; what went wrong, if something did."""
    if way == "desktop":
        return asyncio.run(_on_desktop(alert))
    text = sequence(alert, way, wrapper=wrapper_of(here), name=f"{os.getpid()}-{number}")
    with ExitStack() as stack:
        terminal = _terminal(stack)
        if terminal is None:
            return "There is no terminal to send it to."
        terminal.write(text)
        terminal.flush()
    return ""


async def _on_desktop(alert: Alert) -> str:
    from tui.alerts.desktop import DesktopAlerts

    desktop = DesktopAlerts()
    try:
        return "" if await desktop.tell(alert, lambda: None) else desktop.trouble
    finally:
        desktop.close()


def _terminal(stack: ExitStack) -> TextIO | None:
    for stream in (sys.stdout, sys.stderr):
        if stream.isatty():
            return stream
    try:
        return stack.enter_context(open("/dev/tty", "w", encoding="utf-8"))
    except OSError:
        return None


def _facts(here: Surroundings, plan: Plan) -> dict[str, Any]:
    return {
        "way": plan.way,
        "why": plan.why,
        "chosen": plan.chosen,
        "fallback": plan.fallback,
        "bell": plan.bell,
        "terminal": plan.terminal,
        "remote": here.remote,
        "tmux": None
        if here.tmux is None
        else {"allow_passthrough": here.tmux.passthrough, "focus_events": here.tmux.focus_events},
        "possible": _possible(here, plan),
        "advice": _advice(here, plan),
    }


def _tmux(here: Surroundings) -> str | None:
    if not here.environment.get("TMUX"):
        return None
    if here.tmux is None:
        return "does not answer"
    switches = (("allow-passthrough", here.tmux.passthrough), ("focus-events", here.tmux.focus_events))
    return ", ".join(f"{name} {'on' if on else 'off'}" for name, on in switches)


def _advice(here: Surroundings, plan: Plan) -> list[str]:
    focus = here.tmux is not None and not here.tmux.focus_events
    return [*([plan.advice] if plan.advice else []), *([_FOCUS] if focus else [])]


def _chosen(invocation: Invocation) -> ChosenWays:
    return ChosenWays(folder_of(invocation.home.path, invocation.socket))


def _remember(invocation: Invocation, key: str, way: Way | None) -> None:
    chosen = _chosen(invocation)
    try:
        chosen.choose(key, way)
    except OSError as error:
        raise InvalidError(f"The choice cannot be kept: {error.strerror}.", str(chosen.file)) from None
