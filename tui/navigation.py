"""Going from one screen to another: to a place by its key, and to a thing by its link.

A place stands right above My Work, a thing above whatever its link was on. Screens are loaded when somebody first
goes there: a start pays for none of them."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from tui.desk import Desk
from tui.screens.place import Place

if TYPE_CHECKING:
    from tui.app import CallboardApp

_LINK = re.compile(r"callboard:([a-z]+)/([1-9][0-9]{0,17})", re.ASCII)


def _automations(desk: Desk) -> Place:
    from tui.screens.automations import AutomationsScreen

    return AutomationsScreen(desk)


def _automation(desk: Desk, number: int) -> Place:
    from tui.screens.automation import AutomationScreen

    return AutomationScreen(desk, number)


def _sessions(desk: Desk) -> Place:
    from tui.screens.sessions import SessionsScreen

    return SessionsScreen(desk)


def _session(desk: Desk, number: int) -> Place:
    from tui.screens.session import SessionScreen

    return SessionScreen(desk, number)


def _approval(desk: Desk, number: int) -> Place:
    from tui.screens.approval import ApprovalScreen

    return ApprovalScreen(desk, number)


PLACES: dict[str, Callable[[Desk], Place]] = {"automations": _automations, "sessions": _sessions}
THINGS: dict[str, Callable[[Desk, int], Place]] = {
    "automation": _automation,
    "session": _session,
    "approval": _approval,
}


def go(app: "CallboardApp", name: str) -> None:
    """To one of the places; `inbox` is My Work, which is below all others."""
    here = app.screen
    if not isinstance(here, Place) or here.key != name:
        leave_all(app, lambda: _arrive(app, name))


def _arrive(app: "CallboardApp", name: str) -> None:
    while len(app.screen_stack) > 1:
        app.pop_screen()
    if name in PLACES:
        place = PLACES[name](app.desk)
        place.key = name
        app.push_screen(place)


def leave_all(app: "CallboardApp", leave: Callable[[], object]) -> None:
    """Leave all screens above My Work, once a person has said so where something unsaved would be lost."""
    asking = next((place for place in app.screen_stack if isinstance(place, Place) and place.unsaved), None)
    if asking is None:
        leave()
        return
    while app.screen is not asking:
        app.pop_screen()
    asking.ask_to_leave(leave)


async def open_link(app: "CallboardApp", link: str) -> bool:
    """Open what a link leads to; whether there is a screen for it."""
    found = _LINK.fullmatch(link)
    if found is None or found[1] not in THINGS:
        return False
    await app.push_screen(THINGS[found[1]](app.desk, int(found[2])))
    return True
