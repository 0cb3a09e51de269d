"""The one registry of what a person can do in the app.

Key bindings, the footer, the help screen, the command palette, the check of a keymap and the reference page are
all made from this list; a widget only has the method that an action names."""

from dataclasses import dataclass
from typing import Literal

from textual.binding import Binding, BindingType

Scope = Literal["everywhere", "workbench", "list", "detail"]

# Where a key is looked for, nearest first: an action of a nearer scope hides the same key of a farther one.
CHAINS: tuple[tuple[Scope, ...], ...] = (
    ("list", "workbench", "everywhere"),
    ("detail", "workbench", "everywhere"),
)

GROUPS = ("Notifications", "Move", "Mark", "Text", "Views", "Program")


@dataclass(frozen=True, slots=True)
class Action:
    """`footer` is its place there, 0 for none. `danger` marks what throws something away that undo cannot bring
    back: nothing of the inbox does."""

    id: str
    keys: tuple[str, ...]
    title: str
    help: str
    scope: Scope
    group: str
    footer: int = 0
    palette: bool = True
    danger: bool = False

    @property
    def method(self) -> str:
        """What Textual calls it: `action_` and this."""
        return self.id.replace("-", "_")


ACTIONS: tuple[Action, ...] = (
    Action("open", ("enter", "l", "right"), "Open", "Read it here, and mark it read", "list", "Notifications", 1),
    Action("back", ("escape", "h", "left"), "Back", "Go back to the list", "detail", "Text", 1, False),
    Action("star", ("s",), "Star", "Star, or take the star away", "workbench", "Notifications", 2),
    Action(
        "dismiss",
        ("d", "delete"),
        "Dismiss",
        "Move into the history",
        "workbench",
        "Notifications",
        3,
    ),
    Action("restore", ("r",), "Restore", "Bring back from the history", "workbench", "Notifications"),
    Action("read", ("m",), "Mark read", "Mark as read without opening", "workbench", "Notifications"),
    Action("unread", ("u",), "Unread", "Mark as unread", "workbench", "Notifications", 5),
    Action("snooze", ("b",), "Snooze", "Take away until later, or bring back", "workbench", "Notifications", 6),
    Action("undo", ("z",), "Undo", "Take the last action back", "workbench", "Notifications", 7),
    Action("follow", ("o",), "Link", "Copy the link", "workbench", "Notifications"),
    Action("copy", ("y",), "Copy", "Copy the notification's text", "workbench", "Notifications"),
    Action("down", ("j", "down"), "Down", "Next line", "list", "Move", palette=False),
    Action("up", ("k", "up"), "Up", "Previous line", "list", "Move", palette=False),
    Action("page-down", ("pagedown", "ctrl+f"), "Page down", "One page on", "list", "Move", palette=False),
    Action("page-up", ("pageup",), "Page up", "One page back", "list", "Move", palette=False),
    Action("half-down", ("ctrl+d",), "Half a page down", "Half a page on", "list", "Move", palette=False),
    Action("half-up", ("ctrl+u",), "Half a page up", "Half a page back", "list", "Move", palette=False),
    Action("first", ("g", "home"), "First", "To the first line", "list", "Move", palette=False),
    Action("last", ("G", "end"), "Last", "To the last line", "list", "Move", palette=False),
    Action("text-down", ("j", "down"), "Scroll down", "Next line of the text", "detail", "Text", palette=False),
    Action("text-up", ("k", "up"), "Scroll up", "Previous line of the text", "detail", "Text", palette=False),
    Action(
        "text-page-down",
        ("pagedown", "space", "ctrl+d"),
        "Page down",
        "One page on",
        "detail",
        "Text",
        palette=False,
    ),
    Action("text-page-up", ("pageup", "ctrl+u"), "Page up", "One page back", "detail", "Text", palette=False),
    Action("text-start", ("g", "home"), "Start", "To the start of the text", "detail", "Text", palette=False),
    Action("text-end", ("G", "end"), "End", "To the end of the text", "detail", "Text", palette=False),
    Action("next", ("n", "J"), "Next", "Open the next notification", "workbench", "Move", 4),
    Action("previous", ("N", "K"), "Previous", "Open the previous notification", "workbench", "Move"),
    Action("switch", ("tab", "shift+tab"), "Other side", "Between the list and the text", "workbench", "Move"),
    Action("mark", ("space",), "Mark", "Mark: actions take all marked", "list", "Mark", 8),
    Action("range", ("v",), "Mark a range", "Mark from here to where you go", "list", "Mark"),
    Action("mark-all", ("asterisk",), "Mark all", "Mark every line of this view", "list", "Mark"),
    Action("clear", ("escape",), "Clear", "Clear the marks, then the filter", "list", "Mark"),
    Action("filter", ("slash",), "Filter", "Show only what matches", "workbench", "Views", 9),
    Action("view-next", ("right_square_bracket",), "Next view", "To the next view", "workbench", "Views"),
    Action(
        "view-previous", ("left_square_bracket",), "Previous view", "To the view before", "workbench", "Views"
    ),
    Action("view-inbox", ("I",), "View: Inbox", "Everything in the inbox", "workbench", "Views"),
    Action("view-unread", ("U",), "View: Unread", "Only what you have not read", "workbench", "Views"),
    Action("view-starred", ("S",), "View: Starred", "Only what you starred", "workbench", "Views"),
    Action("view-snoozed", ("B",), "View: Snoozed", "What comes back later", "workbench", "Views"),
    Action("view-history", ("H",), "View: History", "What you dismissed", "workbench", "Views"),
    Action("fold", ("f",), "Fold", "Fold or unfold the section", "workbench", "Views"),
    Action("preview", ("p",), "Preview", "Show or hide the text at the side", "workbench", "Views"),
    Action("help", ("question_mark", "f1"), "Help", "All keys", "everywhere", "Program", 10),
    Action(
        "palette",
        ("ctrl+p", "colon"),
        "Commands",
        "Find an action by its name",
        "everywhere",
        "Program",
        11,
        False,
    ),
    Action("theme", ("T",), "Theme", "Choose the colours", "everywhere", "Program"),
    Action("redraw", ("ctrl+l",), "Redraw", "Paint the screen again", "everywhere", "Program"),
    Action("quit", ("q", "ctrl+q"), "Quit", "Leave; the server goes on", "everywhere", "Program", 12),
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
    """For each group its actions, as the reference page has them: name in a keymap, keys, help."""
    return [
        (
            group,
            [
                (action.id, " ".join(shown(key) for key in action.keys), action.help)
                for action in ACTIONS
                if action.group == group
            ],
        )
        for group in GROUPS
    ]
