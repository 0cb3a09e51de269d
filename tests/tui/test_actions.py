import pytest

from tui.actions import ACTIONS, BY_ID, CHAINS, GROUPS, Action, Scope, describe
from tui.app import CallboardApp
from tui.keymap import key_named
from tui.screens.approval import ApprovalScreen
from tui.screens.automation import AutomationScreen
from tui.screens.automations import AutomationsScreen
from tui.screens.editor import EditorScreen
from tui.screens.history import HistoryScreen
from tui.screens.place import Place
from tui.screens.profile import ProfileScreen
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
    "board": (Workbench, WorkScreen, AutomationsScreen, HistoryScreen, SessionsScreen),
    "workbench": (Workbench,),
    "automations": (AutomationsScreen,),
    "automation": (AutomationsScreen, AutomationScreen),
    "history": (HistoryScreen,),
    "sessions": (SessionsScreen,),
    "session": (SessionsScreen, SessionScreen),
    "run": (SessionScreen,),
    "approval": (SessionScreen, ApprovalScreen),
    "form": (EditorScreen, ProfileScreen),
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
