"""What can be done to notifications, and with the list of them."""

from tui.actions.kinds import Action, Scope

_HERE: Scope = "workbench"
_ITEMS = "Notifications"

INBOX: tuple[Action, ...] = (
    Action("star", ("s",), "Star", "Star, or take the star away", _HERE, _ITEMS, 2),
    Action("dismiss", ("d", "e", "delete"), "Dismiss", "Out of the inbox: it stays in All", _HERE, _ITEMS, 3),
    Action("restore", ("R",), "Restore", "Bring back what was dismissed", _HERE, _ITEMS),
    Action("read", ("r",), "Read", "Mark as read without opening", _HERE, _ITEMS, 5),
    Action("unread", ("U",), "Unread", "Mark as unread", _HERE, _ITEMS),
    Action("snooze", ("b",), "Snooze", "Take away until later, or bring back", _HERE, _ITEMS, 6),
    Action("undo", ("z", "u"), "Undo", "Take the last action back", _HERE, _ITEMS, 7),
    Action("read-all", ("M",), "Read all", "Mark all in this filter read; asks", _HERE, _ITEMS),
    Action("dismiss-all", ("D",), "Dismiss all", "Dismiss all marked, or all in filter", _HERE, _ITEMS),
    Action("mute", ("m",), "Mute", "Mute what it comes from, for a time", _HERE, _ITEMS),
    Action("follow", ("o",), "Link", "Go where the link leads, or copy it", _HERE, _ITEMS),
    Action("copy", ("y",), "Copy link", "Copy where the link leads", _HERE, _ITEMS),
    Action("copy-whole", ("Y",), "Copy text", "Copy the notification's text", _HERE, _ITEMS),
    Action("explain", ("w",), "Explain", "What each rule makes of its event", _HERE, _ITEMS),
    Action("next", ("n", "J"), "Next", "Open the next notification", _HERE, "Move", 4),
    Action("previous", ("N", "K"), "Previous", "Open the previous notification", _HERE, "Move"),
    Action("unread-next", ("right_square_bracket",), "Next unread", "To the next unread one", _HERE, "Move"),
    Action(
        "unread-previous", ("left_square_bracket",), "Previous unread", "To the unread one before", _HERE, "Move"
    ),
    Action("select", ("x",), "Mark", "Mark: actions take all marked", _HERE, "Mark"),
    Action("view-next", ("greater_than_sign",), "Next view", "To the next view", _HERE, "Views"),
    Action("view-previous", ("less_than_sign",), "Previous view", "To the view before", _HERE, "Views"),
    Action("view-new", ("i",), "View: New", "What is unread or starred", _HERE, "Views"),
    Action("view-inbox", ("I",), "View: Inbox", "Everything in the inbox", _HERE, "Views"),
    Action("view-starred", ("S",), "View: Starred", "Only what you starred", _HERE, "Views"),
    Action("view-snoozed", ("B",), "View: Snoozed", "What comes back later", _HERE, "Views"),
    Action("view-all", ("H",), "View: All", "The history: what you dismissed, too", _HERE, "Views"),
    Action("view-failed", ("exclamation_mark",), "View: Failed", "What could not be delivered", _HERE, "Views"),
    Action("saved-filters", ("f",), "Saved filters", "Filters that have a name", _HERE, "Views"),
    Action("group", ("t",), "Group", "Group by day, source or severity", _HERE, "Views"),
    Action("ask-again", ("full_stop",), "Ask again", "Ask the server again", _HERE, "Views"),
    Action("fold", ("F",), "Fold", "Fold or unfold the section", _HERE, "Views"),
)
