"""The one registry of what a person can do in the app.

Key bindings, the footer, the help screen, the command palette, the check of a keymap and the reference page are
all made from this list; a widget only has the method that an action names."""

from textual.binding import Binding, BindingType

from tui.actions.automations import AUTOMATIONS
from tui.actions.channels import CHANNELS, DELIVERIES
from tui.actions.common import BOARDS, EVERYWHERE, LISTS, TEXTS
from tui.actions.inbox import INBOX
from tui.actions.kinds import Action, Scope
from tui.actions.profile import PROFILE
from tui.actions.rules import EVENTS, RULES
from tui.actions.sessions import APPROVALS, LAUNCHING, SESSIONS
from tui.actions.work import WORK

__all__ = ["ACTIONS", "BY_ID", "CHAINS", "GROUPS", "Action", "Scope", "bindings", "describe", "shown"]

# Where a key is looked for, nearest first: an action of a nearer scope hides the same key of a farther one.
CHAINS: tuple[tuple[Scope, ...], ...] = (
    ("list", "board", "workbench", "everywhere"),
    ("detail", "board", "workbench", "everywhere"),
    ("list", "board", "work", "place", "everywhere"),
    ("detail", "board", "work", "place", "everywhere"),
    ("list", "board", "automations", "automation", "place", "everywhere"),
    ("detail", "board", "automations", "automation", "place", "everywhere"),
    ("list", "board", "history", "place", "everywhere"),
    ("list", "board", "channels", "channel", "place", "everywhere"),
    ("detail", "board", "channels", "channel", "place", "everywhere"),
    ("list", "board", "deliveries", "delivery", "place", "everywhere"),
    ("detail", "board", "deliveries", "delivery", "place", "everywhere"),
    ("list", "board", "rules", "rule", "place", "everywhere"),
    ("detail", "board", "rules", "rule", "place", "everywhere"),
    ("list", "board", "events", "event", "place", "everywhere"),
    ("detail", "board", "events", "event", "place", "everywhere"),
    ("list", "board", "sessions", "session", "place", "everywhere"),
    ("detail", "board", "sessions", "session", "place", "everywhere"),
    ("list", "run", "session", "approval", "place", "everywhere"),
    ("detail", "run", "session", "approval", "place", "everywhere"),
    ("form", "profile", "everywhere"),
)

GROUPS = (
    "Notifications",
    "My Work",
    "Sessions",
    "Approvals",
    "Quick launch",
    "Automations",
    "Channels",
    "Deliveries",
    "Rules",
    "Events",
    "Forms",
    "Move",
    "Mark",
    "Text",
    "Views",
    "Go to",
    "Program",
)

# The places of the reference page: first what counts in the most of them.
PLACES: tuple[tuple[str, tuple[Scope, ...]], ...] = (
    ("Everywhere", ("everywhere", "place")),
    ("In every list", ("list", "board")),
    ("In every text", ("detail",)),
    ("The main screen", ("workbench",)),
    ("The page of My Work", ("work",)),
    ("Sessions", ("sessions", "session")),
    ("On the screen of a session", ("run",)),
    ("Where an agent asks", ("approval",)),
    ("Automations", ("automations", "automation")),
    ("The history of automations", ("history",)),
    ("Channels", ("channels", "channel")),
    ("What went out to them", ("deliveries", "delivery")),
    ("Rules", ("rules", "rule")),
    ("Events", ("events", "event")),
    ("Forms and settings", ("form", "profile")),
)

ACTIONS: tuple[Action, ...] = (
    *INBOX,
    *WORK,
    *SESSIONS,
    *APPROVALS,
    *LAUNCHING,
    *AUTOMATIONS,
    *CHANNELS,
    *DELIVERIES,
    *RULES,
    *EVENTS,
    *LISTS,
    *TEXTS,
    *BOARDS,
    *EVERYWHERE,
    *PROFILE,
)

BY_ID = {action.id: action for action in ACTIONS}


def bindings(scope: Scope) -> list[BindingType]:
    """The bindings of one scope, as its widget declares them."""
    return [
        Binding(
            key,
            action.method,
            action.title,
            show=False,
            tooltip=action.help,
            id=action.id,
            priority=key == "ctrl+q",
        )
        for action in ACTIONS
        if action.scope == scope
        for key in action.keys
    ]


_SHOWN = {
    "question_mark": "?",
    "slash": "/",
    "colon": ":",
    "asterisk": "*",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "escape": "esc",
    "pagedown": "pgdn",
    "pageup": "pgup",
    "delete": "del",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "enter": "⏎",
    "comma": ",",
    "full_stop": ".",
    "minus": "-",
    "plus": "+",
    "equals_sign": "=",
    "underscore": "_",
    "exclamation_mark": "!",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "number_sign": "#",
    "dollar_sign": "$",
    "percent_sign": "%",
    "ampersand": "&",
    "at": "@",
    "tilde": "~",
}


def shown(key: str) -> str:
    """A key as a person knows it."""
    *modifiers, name = key.split("+")
    return "+".join([*modifiers, _SHOWN.get(name, name)])


def describe() -> list[tuple[str, list[tuple[str, str, str]]]]:
    """For each place its actions, as the reference page has them: keys, help, name in a keymap."""
    return [
        (
            place,
            [
                (" ".join(shown(key) for key in action.keys), action.help, action.id)
                for action in ACTIONS
                if action.scope in scopes
            ],
        )
        for place, scopes in PLACES
    ]
