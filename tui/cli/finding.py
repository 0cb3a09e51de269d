"""Bots and automations as people type them: by number, or by a name that only one of them has."""

from collections.abc import Callable, Sequence
from json import dumps
from typing import Protocol, TypeVar

import click

from core.api import automations as automations_api
from core.api import bots as bots_api
from core.api.automations import Automation
from core.api.bots import Bot
from core.api.wire import Call, Page
from tui.cli.invocation import Invocation

_MOST = 200


class Named(Protocol):
    @property
    def id(self) -> int: ...

    @property
    def name(self) -> str: ...

    @property
    def workspace(self) -> str: ...


N = TypeVar("N", bound=Named)


def bot_of(invocation: Invocation, text: str) -> Bot:
    return _found(invocation, "bot", text, bots_api.bot, lambda wanted: bots_api.bots(limit=_MOST, filter=wanted))


def automation_of(invocation: Invocation, text: str) -> Automation:
    return _found(
        invocation,
        "automation",
        text,
        automations_api.automation,
        lambda wanted: automations_api.automations(limit=_MOST, filter=wanted),
    )


def _found(
    invocation: Invocation,
    what: str,
    text: str,
    one: Callable[[int], Call[N]],
    some: Callable[[str], Call[Page[N]]],
) -> N:
    number = text.rpartition("/")[2] if text.startswith(f"callboard:{what}/") else text
    if number.isascii() and number.isdigit() and len(number) <= 18:
        return invocation.send(one(int(number)))
    called = [each for each in invocation.send(some(dumps(text, ensure_ascii=False))).items if each.name == text]
    if not called:
        raise click.UsageError(f"There is no {what} called {text!r}; callboard {what}s list shows what there is.")
    if len(called) > 1:
        raise click.UsageError(f"There are several: say which by its number, {_numbers(called)}.")
    return called[0]


def _numbers(found: Sequence[Named]) -> str:
    return ", ".join(f"{each.id} ({each.workspace})" for each in found)
