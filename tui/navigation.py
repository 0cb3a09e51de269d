"""Going from one screen to another: to a place by its key, and to a thing by its link.

A place stands right above My Work, a thing above whatever its link was on. Screens are loaded when somebody first
goes there: a start pays for none of them."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from core.errors import InvalidError
from core.text import clean
from tui.desk import Desk
from tui.screens.place import Place

if TYPE_CHECKING:
    from tui.app import CallboardApp

_LINK = re.compile(r"callboard:([a-z]+)/([1-9][0-9]{0,17})", re.ASCII)
_NAMED = re.compile(r"callboard:([a-z]+)/([\w.~%-]{1,1600})", re.ASCII)
_WORK = "callboard:work"
_FILTER = re.compile(r"\?filter=((?:[^%&#\s]|%[0-9A-Fa-f]{2})*)", re.ASCII)
_LONGEST_FILTER = 2_000


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


def _work(desk: Desk, filter: str | None = None) -> Place:
    from tui.screens.work import WorkScreen

    place = WorkScreen(desk, filter)
    place.key = "work"
    return place


def _channels(desk: Desk) -> Place:
    from tui.screens.channels import ChannelsScreen

    return ChannelsScreen(desk)


def _channel(desk: Desk, name: str) -> Place:
    from tui.screens.channel import ChannelScreen

    return ChannelScreen(desk, name)


def _deliveries(desk: Desk) -> Place:
    from tui.screens.deliveries import DeliveriesScreen

    return DeliveriesScreen(desk)


def _delivery(desk: Desk, id: str) -> Place:
    from tui.screens.delivery import DeliveryScreen

    return DeliveryScreen(desk, id)


def _rules(desk: Desk) -> Place:
    from tui.screens.rules import RulesScreen

    return RulesScreen(desk)


def _rule(desk: Desk, id: str) -> Place:
    from tui.screens.rule import RuleScreen

    return RuleScreen(desk, id)


def _events(desk: Desk) -> Place:
    from tui.screens.events import EventsScreen

    return EventsScreen(desk)


def _event(desk: Desk, id: str) -> Place:
    from core.api.rules import Explaining
    from tui.screens.event import EventScreen

    return EventScreen(desk, Explaining(event_id=id))


PLACES: dict[str, Callable[[Desk], Place]] = {
    "automations": _automations,
    "sessions": _sessions,
    "work": _work,
    "channels": _channels,
    "deliveries": _deliveries,
    "rules": _rules,
    "events": _events,
}
THINGS: dict[str, Callable[[Desk, int], Place]] = {
    "automation": _automation,
    "session": _session,
    "approval": _approval,
}
NAMED: dict[str, Callable[[Desk, str], Place]] = {
    "channel": _channel,
    "delivery": _delivery,
    "rule": _rule,
    "event": _event,
}
"""What is known by a name, which is written in a link as in an address."""


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


def show_settings(app: "CallboardApp") -> None:
    """The settings, above whatever one is at."""
    from tui.screens.profile import ProfileScreen

    if not any(isinstance(screen, ProfileScreen) for screen in app.screen_stack):
        app.push_screen(ProfileScreen(app.desk, app.workbench.live.me, app.theme))


async def open_link(app: "CallboardApp", link: str) -> bool:
    """Open what a link leads to; whether there is a screen for it. What is wrong with it is said right here."""
    if link == _WORK or link.startswith(_WORK + "?"):
        await _open_work(app, link)
        return True
    named = _NAMED.fullmatch(link)
    if named is not None and named[1] in NAMED:
        await app.push_screen(NAMED[named[1]](app.desk, _unquoted(named[2])))
        return True
    found = _LINK.fullmatch(link)
    if found is not None and found[1] == "notification":
        leave_all(app, lambda: _show_notification(app, int(found[2])))
        return True
    if found is None or found[1] not in THINGS:
        return False
    await app.push_screen(THINGS[found[1]](app.desk, int(found[2])))
    return True


def _show_notification(app: "CallboardApp", number: int) -> None:
    _arrive(app, "inbox")
    app.workbench.show_notification(number)


def link_to(kind: str, name: str) -> str:
    """The link to something that is known by a name."""
    from urllib.parse import quote

    return f"callboard:{kind}/{quote(name, safe='')}"


def _unquoted(name: str) -> str:
    from urllib.parse import unquote

    return unquote(name)


def work_link(filter: str) -> str:
    """The link to the page of My Work with this filter."""
    from urllib.parse import quote

    return f"{_WORK}?filter={quote(filter)}"


async def _open_work(app: "CallboardApp", link: str) -> None:
    try:
        wanted = _filter_of(link)
    except InvalidError as error:
        if isinstance(app.screen, Place):
            app.screen.flash(error.sentence, "trouble")
        return
    await app.push_screen(_work(app.desk, wanted))


def _filter_of(link: str) -> str | None:
    """The filter in a link to the page of My Work, if there is one."""
    from urllib.parse import unquote

    if link == _WORK:
        return None
    found = _FILTER.fullmatch(link.removeprefix(_WORK))
    if found is None:
        raise InvalidError("This link to My Work cannot be read: write callboard:work?filter=type%3Asession.")
    try:
        wanted = unquote(found[1], errors="strict")
    except UnicodeDecodeError:
        raise InvalidError("The filter in this link is not UTF-8.") from None
    if len(wanted) > _LONGEST_FILTER:
        raise InvalidError(f"The filter in this link is longer than {_LONGEST_FILTER:,} characters.")
    return clean(wanted)
