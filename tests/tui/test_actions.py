import pytest

from tui.actions import ACTIONS, BY_ID, CHAINS, GROUPS, Action, Scope, describe
from tui.app import CallboardApp
from tui.keymap import key_named
from tui.screens.approval import ApprovalScreen
from tui.screens.automation import AutomationScreen
from tui.screens.automations import AutomationsScreen
from tui.screens.channel import ChannelScreen
from tui.screens.channel_form import ChannelFormScreen
from tui.screens.channels import ChannelsScreen
from tui.screens.deliveries import DeliveriesScreen
from tui.screens.delivery import DeliveryScreen
from tui.screens.editor import EditorScreen
from tui.screens.event import EventScreen
from tui.screens.events import EventsScreen
from tui.screens.history import HistoryScreen
from tui.screens.place import Place
from tui.screens.profile import ProfileScreen
from tui.screens.rule import RuleScreen
from tui.screens.rule_form import RuleFormScreen
from tui.screens.rules import RulesScreen
from tui.screens.sending import SendingScreen
from tui.screens.session import SessionScreen
from tui.screens.sessions import SessionsScreen
from tui.screens.work import WorkScreen
from tui.screens.workbench import Workbench
from tui.widgets.detail import Detail
from tui.widgets.notification_list import NotificationList
from tui.widgets.output_view import OutputView
from tui.widgets.section_list import SectionList

HOMES: dict[Scope, tuple[type, ...]] = {
    "everywhere": (CallboardApp,),
    "place": (Place,),
    "work": (WorkScreen,),
    "board": (
        Workbench,
        WorkScreen,
        AutomationsScreen,
        HistoryScreen,
        SessionsScreen,
        ChannelsScreen,
        DeliveriesScreen,
        RulesScreen,
        EventsScreen,
    ),
    "workbench": (Workbench,),
    "automations": (AutomationsScreen,),
    "automation": (AutomationsScreen, AutomationScreen),
    "history": (HistoryScreen,),
    "channels": (ChannelsScreen,),
    "channel": (ChannelsScreen, ChannelScreen),
    "deliveries": (DeliveriesScreen,),
    "delivery": (DeliveriesScreen, DeliveryScreen),
    "rules": (RulesScreen,),
    "rule": (RulesScreen, RuleScreen),
    "events": (EventsScreen,),
    "event": (EventsScreen, EventScreen),
    "sessions": (SessionsScreen,),
    "session": (SessionsScreen, SessionScreen),
    "run": (SessionScreen,),
    "approval": (SessionScreen, ApprovalScreen),
    "form": (EditorScreen, ProfileScreen, ChannelFormScreen, SendingScreen, RuleFormScreen),
    "profile": (ProfileScreen,),
    "list": (NotificationList, SectionList),
    "detail": (Detail, OutputView),
}


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_every_action_can_be_done_where_its_scope_is(action: Action) -> None:
    assert [home for home in HOMES[action.scope] if not hasattr(home, f"action_{action.method}")] == []


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_every_action_says_what_it_does_and_has_a_key(action: Action) -> None:
    assert action.title
    assert action.help
    assert action.keys
    assert action.group in GROUPS
    assert [key_named(key) for key in action.keys] == list(action.keys)


def test_ids_are_told_apart() -> None:
    assert len(BY_ID) == len(ACTIONS)


@pytest.mark.parametrize("chain", CHAINS)
def test_no_two_actions_of_one_place_have_the_same_key(chain: tuple[Scope, ...]) -> None:
    keys = [key for action in ACTIONS if action.scope in chain for key in action.keys]
    assert len(keys) == len(set(keys))


def test_all_actions_are_described_for_the_reference_page() -> None:
    described = [row for _, rows in describe() for row in rows]
    assert len(described) == len(ACTIONS)
    assert ("s", "Star, or take the star away", "star") in described


MEANS: dict[str, str] = {
    "slash": "what is typed narrows what is shown",
    "question_mark": "help",
    "colon": "the commands",
    "comma": "the settings",
    "space": "marks, or a page of a text on",
    "v": "marks a range",
    "asterisk": "marks all",
    "z": "undoes",
    "u": "undoes",
    "enter": "opens",
    "escape": "clears, or goes back",
    "j": "down",
    "k": "up",
    "tab": "the next part of the screen",
    "right_square_bracket": "the next that needs the person; in a text, the next turn",
    "left_square_bracket": "the one before that needs the person; in a text, the turn before",
    "greater_than_sign": "the next view",
    "less_than_sign": "the view before",
    "o": "goes to what it belongs to",
    "p": "the text beside the list",
}
"""What a key means wherever it does something."""

WAYS: dict[str, tuple[str, ...]] = {
    "slash": ("filter", "run-search"),
    "question_mark": ("help",),
    "colon": ("palette",),
    "comma": ("go-profile",),
    "space": ("mark", "text-page-down"),
    "v": ("range",),
    "asterisk": ("mark-all",),
    "z": ("undo", "work-undo"),
    "u": ("undo", "work-undo"),
    "enter": ("open",),
    "escape": ("clear", "back", "form-leave"),
    "j": ("down", "text-down"),
    "k": ("up", "text-up"),
    "tab": ("switch", "run-switch"),
    "right_square_bracket": ("unread-next", "work-needing", "sessions-needing", "run-next"),
    "left_square_bracket": ("unread-previous", "work-needing-before", "sessions-needing-before", "run-previous"),
    "greater_than_sign": ("view-next", "work-next", "sessions-next", "deliveries-next", "events-next"),
    "less_than_sign": (
        "view-previous",
        "work-previous",
        "sessions-previous",
        "deliveries-previous",
        "events-previous",
    ),
    "o": (
        "follow",
        "approval-session",
        "automation-session",
        "history-automation",
        "channel-deliveries",
        "delivery-channel",
        "rule-deliveries",
    ),
    "p": ("preview",),
}
"""The actions that are this meaning."""

DIFFER: dict[str, dict[str, str]] = {
    "n": {
        "next": "reading goes on to the next notification",
        "session-new": "where things are made, it makes one",
        "automation-new": "where things are made, it makes one",
        "channel-new": "where things are made, it makes one",
        "rule-new": "where things are made, it makes one",
        "approval-refuse": "a question takes y and n as every question does",
    },
    "N": {"previous": "n, backwards", "approval-never": "n, for good"},
    "y": {
        "copy": "copies the link",
        "work-copy": "copies the link",
        "automation-copy": "copies the link",
        "channel-copy": "copies the link",
        "delivery-copy": "copies the link",
        "rule-copy": "copies the link",
        "event-copy": "copies the link",
        "approval-allow": "a question takes y and n as every question does",
    },
    "x": {
        "select": "marks, as in other programs for mail",
        "work-select": "marks, as in other programs for mail",
        "session-stop": "stops what runs, after a question; space marks",
        "delivery-explain": "explains what the rules made of it; space marks",
        "rule-explain": "explains what it makes of the latest event; nothing is marked there",
        "event-explain": "explains what the rules make of it; nothing is marked there",
    },
    "d": {
        "dismiss": "out of the way, and undone",
        "work-hide": "out of the way, and undone",
        "channel-delete": "out of the way, after a question",
        "rule-delete": "out of the way, after a question",
    },
    "e": {
        "dismiss": "archives, as in other programs for mail",
        "work-hide": "archives, as in other programs for mail",
        "automation-edit": "an automation is edited, and nothing of it is archived",
        "channel-edit": "a channel is edited, and nothing of it is archived",
        "rule-edit": "a rule is edited, and nothing of it is archived",
    },
    "D": {
        "dismiss-all": "all of them, after a question",
        "work-hide-all": "all of them, after a question",
        "automation-delete": "deletes for good, after a question",
        "channel-delete": "deletes for good, after a question",
        "rule-delete": "deletes for good, after a question",
    },
    "s": {
        "star": "what counts for the person",
        "work-star": "what counts for the person",
        "automation-switch": "an automation has no star, and is switched on and off",
        "channel-switch": "a channel has no star, and is switched on and off",
        "rule-switch": "a rule has no star, and is switched on and off",
    },
    "S": {
        "view-starred": "the view of its key s",
        "work-sort": "a table is sorted",
        "channel-send": "sends a message by hand",
        "delivery-send": "sends a message by hand",
    },
    "r": {
        "read": "a notification is read",
        "session-resume": "what has ended runs again",
        "automation-run": "what runs by itself runs now",
        "delivery-retry": "what did not go out is sent again",
    },
    "R": {
        "restore": "brings back",
        "work-show": "brings back",
        "automation-rotate": "a token is renewed, after a question",
    },
    "m": {"mute": "a source is muted", "session-merge": "a branch is merged, after a question"},
    "t": {
        "group": "how the list is shown",
        "automation-day": "how the list is shown",
        "run-pane": "what of the session is shown",
        "channel-test": "tests, after a question",
    },
    "a": {"answer": "answers a question", "approval-always": "answers a question, for good"},
    "i": {"view-new": "goes to what is new", "run-say": "writes, as insert does in an editor"},
    "H": {"view-all": "the history", "automation-history": "the history"},
    "P": {
        "pins": "the pins",
        "automation-pin": "the pins",
        "session-request": "a session is not pinned, and has a pull request",
    },
    "Y": {
        "copy-whole": "copies more",
        "session-copy": "copies more",
        "delivery-copy-text": "copies more",
        "rule-copy-json": "copies more",
        "event-copy-json": "copies more",
    },
    "c": {"session-complete": "a session is called done", "delivery-cancel": "what waits is cancelled"},
    "L": {"history-all": "the long list of runs", "delivery-link": "goes where a link leads"},
}
"""The keys that do other things in other places, and why."""


@pytest.mark.parametrize("key", MEANS)
def test_a_key_means_the_same_wherever_it_does_something(key: str) -> None:
    assert sorted(action.id for action in ACTIONS if key in action.keys) == sorted(WAYS[key])


@pytest.mark.parametrize("key", sorted({key for action in ACTIONS for key in action.keys if len(key) == 1}))
def test_a_letter_that_does_several_things_has_a_reason_for_each(key: str) -> None:
    there = {action.id for action in ACTIONS if key in action.keys}
    if len(there) > 1 and key not in MEANS and not there <= _ENDS:
        assert set(DIFFER.get(key, {})) == there
        assert all(DIFFER[key].values())


_ENDS = {"first", "text-start", "last", "text-end"}
